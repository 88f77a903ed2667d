package io.embedmta.testing;

import io.embedmta.Mta;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What a {@link FakeMail} is made from. For one thread; good for one server. */
public final class FakeMailBuilder {
    /** A wait of a test that cannot be interrupted would hold up a build. */
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

    /** A parallel test may have as many clients as it likes. */
    private static final int SESSIONS = 10_000;

    final Map<String, String> passwords = new LinkedHashMap<>();
    boolean implicitTls;
    Duration timeout = Duration.ofSeconds(10);

    private String hostname = "localhost";
    private boolean tls;
    private boolean anyUser;
    private int port;

    /** Below zero if there is to be no view. */
    private int viewPort = -1;

    private int keep = Integer.MAX_VALUE;
    private Clock clock = Clock.systemUTC();
    private SmtpLimits limits =
            SmtpLimits.defaults().withSessions(SESSIONS).withSessionsPerClient(SESSIONS);

    FakeMailBuilder() {}

    /**
     * Sets the port, where something insists on one.
     *
     * @param newPort 0 to 65535; 0, as without this, takes a free one
     */
    public FakeMailBuilder port(int newPort) {
        port = checked(newPort);
        return this;
    }

    private static int checked(int port) {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("A port is 0 to 65535.");
        }
        return port;
    }

    /**
     * Offers STARTTLS, by a certificate made for the occasion: for {@code localhost}, {@code
     * 127.0.0.1} and {@code ::1}, so that a client's checks stay on.
     */
    public FakeMailBuilder tls() {
        tls = true;
        implicitTls = false;
        return this;
    }

    /** Speaks TLS from the first octet, by such a certificate. */
    public FakeMailBuilder implicitTls() {
        tls = true;
        implicitTls = true;
        return this;
    }

    /**
     * Adds a user, and offers AUTH, without TLS too. Mail is taken without a log-in all the same.
     */
    public FakeMailBuilder user(String name, String password) {
        passwords.put(name, password);
        return this;
    }

    /** Offers AUTH, and takes any name with any password. */
    public FakeMailBuilder anyUser() {
        anyUser = true;
        return this;
    }

    /**
     * Sets how long a wait lasts; 10 seconds unless set.
     *
     * @param newTimeout above zero, up to an hour
     */
    public FakeMailBuilder timeout(Duration newTimeout) {
        if (newTimeout.isZero()
                || newTimeout.isNegative()
                || newTimeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("Give a timeout above zero, up to an hour.");
        }
        timeout = newTimeout;
        return this;
    }

    /** Sets the clock, such as a {@link ManualClock}; waits take real time all the same. */
    public FakeMailBuilder clock(Clock newClock) {
        clock = newClock;
        return this;
    }

    /** Sets the bounds, such as the size of a message. */
    public FakeMailBuilder limits(SmtpLimits newLimits) {
        limits = newLimits;
        return this;
    }

    /**
     * Shows what was taken over HTTP too, on a free port of loopback: {@link FakeMail#viewUri}.
     * Takes the module {@code jdk.httpserver}, which every full JDK has.
     */
    public FakeMailBuilder view() {
        return view(0);
    }

    /**
     * Shows what was taken over HTTP too.
     *
     * @param onPort 0 to 65535; 0 takes a free one
     */
    public FakeMailBuilder view(int onPort) {
        viewPort = checked(onPort);
        return this;
    }

    /**
     * Keeps so many messages, and forgets the oldest for one more; all unless set.
     *
     * @param messages 1 or more
     */
    public FakeMailBuilder keep(int messages) {
        if (messages < 1) {
            throw new IllegalArgumentException("Keep one message or more.");
        }
        keep = messages;
        return this;
    }

    /**
     * Makes it the world of a relay under test: such servers are the exchangers that the relay
     * sends to.
     *
     * @param name the relay's own, a domain name
     */
    public FakeRelayBuilder withRelay(String name) {
        return new FakeRelayBuilder(this, name);
    }

    /** Sets its name in greetings. */
    FakeMailBuilder named(String newName) {
        hostname = newName;
        return this;
    }

    /** Who sends, unless the client says so itself. */
    Optional<String> firstUser() {
        return passwords.keySet().stream().findFirst();
    }

    /**
     * Starts the server.
     *
     * @throws java.io.UncheckedIOException if the port is taken; the message names it
     */
    public FakeMail start() {
        FakeIdentity identity = tls ? FakeIdentity.make(clock.instant()) : null;
        KeptContents contents = new KeptContents();
        Mailroom room = new Mailroom(keep, contents);
        FaultRules rules = new FaultRules(clock, identity);
        Mta mta =
                Mta.builder(hostname)
                        .clock(clock)
                        // Names of messages need no secrets here, and those take time to set up.
                        .random(new Random())
                        .shutdownGrace(Duration.ZERO)
                        .queue(new CatchingQueue(room, contents))
                        .filter(new FaultFilter(rules))
                        .router(new AllOurs())
                        .listener(new FakeListener(listener(identity), port, room, rules))
                        .start();
        try {
            return new FakeMail(mta, room, contents, rules, this, identity, view(room));
        } catch (RuntimeException e) {
            mta.close();
            throw e;
        }
    }

    private @Nullable HttpView view(Mailroom room) {
        if (viewPort < 0) {
            return null;
        }
        try {
            return HttpView.start(viewPort, new MessageResource(room));
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "The view wants the module jdk.httpserver: run with --add-modules"
                            + " jdk.httpserver.",
                    e);
        }
    }

    private SmtpListener listener(@Nullable FakeIdentity identity) {
        SmtpListener listener = SmtpListener.on("127.0.0.1", port).limits(limits);
        if (identity != null) {
            listener =
                    implicitTls
                            ? listener.implicitTls(identity.tls())
                            : listener.tls(identity.tls());
        }
        return anyUser || !passwords.isEmpty()
                ? listener.allowAuthWithoutTls().authenticate(FakeUsers.of(passwords, anyUser))
                : listener;
    }
}
