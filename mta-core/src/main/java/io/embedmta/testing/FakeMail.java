package io.embedmta.testing;

import io.embedmta.Mta;
import jakarta.mail.Session;
import java.net.URI;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A mail server for tests: the engine of production on a free port of loopback, which takes any
 * mail, keeps it, and fails as it is told to. Thread-safe. A test closes it.
 *
 * <pre>{@code
 * try (FakeMail mail = FakeMail.start()) {
 *     app.configure(mail.smtpProperties());
 *     app.signUp("ann@example.org");
 *     Received welcome = mail.await(to("ann@example.org").and(subject("Welcome")));
 *     assertEquals(1, welcome.links().size());
 * }
 * }</pre>
 */
public final class FakeMail implements AutoCloseable {
    /** What of the transcripts a failed wait shows. */
    private static final int LAST_LINES = 20;

    /** How many messages a failed wait shows. */
    private static final int SHOWN = 20;

    private static final Duration NEVER = Duration.ofDays(1);

    /** How often a look is due at what time alone changes. */
    private static final Duration LOOK = Duration.ofMillis(20);

    private static final Duration SOON = Duration.ofMillis(1);

    private static final Duration SETTLED = Duration.ofSeconds(1);

    private final Mta mta;
    private final Mailroom room;
    private final KeptContents contents;
    private final FaultRules rules;
    private final FakeMailBuilder settings;
    private final @Nullable FakeIdentity identity;
    private final @Nullable HttpView view;
    private final AtomicBoolean closed = new AtomicBoolean();

    FakeMail(
            Mta mta,
            Mailroom room,
            KeptContents contents,
            FaultRules rules,
            FakeMailBuilder settings,
            @Nullable FakeIdentity identity,
            @Nullable HttpView view) {
        this.mta = mta;
        this.room = room;
        this.contents = contents;
        this.rules = rules;
        this.settings = settings;
        this.identity = identity;
        this.view = view;
    }

    /** A server in plain text on a free port. */
    public static FakeMail start() {
        return builder().start();
    }

    /** A server with TLS, users, or a port of its own. */
    public static FakeMailBuilder builder() {
        return new FakeMailBuilder();
    }

    /** The address of loopback that it listens on. */
    public String host() {
        return "127.0.0.1";
    }

    /** The port that it listens on. */
    public int port() {
        refuseIfClosed();
        return mta.addresses().get(0).getPort();
    }

    /** The agent behind it, for mail that is submitted without a socket: rules act on it too. */
    public Mta mta() {
        return mta;
    }

    /**
     * What Jakarta Mail is to be told; with TLS, the checks of the server's identity included. A
     * new object each time.
     */
    public Properties smtpProperties() {
        return clients().properties();
    }

    /**
     * What Spring Boot is to be told, such as by {@code DynamicPropertyRegistry}; with TLS, by an
     * SSL bundle, the checks of the server's identity included. A new object each time.
     */
    public Map<String, String> springProperties() {
        return clients().springProperties();
    }

    /** A Jakarta Mail session that sends here, as the first user if there are users. */
    public Session session() {
        return clients().session();
    }

    /** A class of its own, as no fake has to load Jakarta Mail to start. */
    private ClientProperties clients() {
        return new ClientProperties(host(), port(), settings, identity);
    }

    /** For clients that are to trust this server and no other. */
    public SSLContext sslContext() {
        return identity().clientContext();
    }

    /** The certificate of the authority that vouches for this server, in PEM. */
    public String caPem() {
        return identity().authorityPem();
    }

    /** That certificate alone. A new object each time. */
    public KeyStore trustStore() {
        return identity().trustStore();
    }

    /**
     * Where a browser sees what was taken, and a test in another language: {@code /messages} lists
     * it as JSON.
     *
     * @throws IllegalStateException if no view was asked for
     */
    public URI viewUri() {
        if (view == null) {
            throw new IllegalStateException(
                    "This server has no view: build it with FakeMail.builder().view().start().");
        }
        return view.uri();
    }

    private FakeIdentity identity() {
        if (identity == null) {
            throw new IllegalStateException(
                    "This server has no TLS: build it with FakeMail.builder().tls().start().");
        }
        return identity;
    }

    /** All that was taken so far, in the order in which it was. What has got its 250 is there. */
    public List<Received> received() {
        return room.mails();
    }

    /**
     * Waits, up to the server's timeout, for a message that fits. One that was taken before fits
     * too.
     *
     * @return the first that fits
     * @throws AssertionError if none comes; it tells what came, and why that does not fit
     */
    public Received await(MailMatcher matcher) {
        return await(matcher, settings.timeout);
    }

    /** Waits that long at most for a message that fits. */
    public Received await(MailMatcher matcher, Duration timeout) {
        return awaitAtLeast(1, matcher, timeout).get(0);
    }

    /**
     * Waits for so many messages that fit.
     *
     * @param count 1 or more; for none there is {@link #assertNone}
     * @throws AssertionError if fewer come, or more are there by then
     */
    public List<Received> awaitCount(int count, MailMatcher matcher) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "Wait for one message or more; that none came is told by assertNone(…).");
        }
        List<Received> fitting = awaitAtLeast(count, matcher, settings.timeout);
        if (fitting.size() > count) {
            throw new AssertionError(
                    "There are more messages than "
                            + count
                            + " with "
                            + matcher
                            + ": "
                            + describe(fitting, matcher));
        }
        return fitting;
    }

    private List<Received> awaitAtLeast(int count, MailMatcher matcher, Duration timeout) {
        refuseIfClosed();
        List<Received> fitting = new ArrayList<>();
        boolean came =
                room.await(
                        timeout,
                        NEVER,
                        () -> {
                            fitting.clear();
                            received().stream().filter(matcher::matches).forEach(fitting::add);
                            return fitting.size() >= count;
                        });
        if (came) {
            return List.copyOf(fitting);
        }
        String wanted = count == 1 ? "No message" : "Not " + count + " messages";
        throw new AssertionError(
                wanted + " with " + matcher + why(timeout) + describe(received(), matcher));
    }

    private String why(Duration timeout) {
        if (room.isClosed()) {
            return " until the server was closed. ";
        }
        return Thread.currentThread().isInterrupted()
                ? " until the test was interrupted. "
                : " within " + timeout.toMillis() + " ms. ";
    }

    /**
     * Makes sure that no message fits: neither now, nor when each session that has begun is at
     * rest, which it waits for. What the application has not begun to send, nobody can know of.
     *
     * @throws AssertionError if one fits, or a session does not come to rest
     */
    public void assertNone(MailMatcher matcher) {
        refuseIfClosed();
        boolean quiet = room.await(settings.timeout, LOOK, room::isQuiet);
        List<Received> fitting = received().stream().filter(matcher::matches).toList();
        if (!fitting.isEmpty()) {
            throw new AssertionError(
                    "There should be no message with "
                            + matcher
                            + ". "
                            + describe(fitting, matcher));
        }
        if (!quiet) {
            throw new AssertionError(
                    "A session is under way still, so nobody knows whether a message comes. "
                            + describe(received(), matcher));
        }
    }

    private String describe(List<Received> mails, MailMatcher matcher) {
        StringBuilder text = new StringBuilder();
        text.append(mails.isEmpty() ? "No message came." : mails.size() + " came:");
        mails.stream()
                .limit(SHOWN)
                .forEach(
                        mail ->
                                text.append("\n  ")
                                        .append(mail)
                                        .append("\n    ")
                                        .append(matcher.mismatch(mail)));
        if (mails.size() > SHOWN) {
            text.append("\n  and ").append(mails.size() - SHOWN).append(" more");
        }
        List<String> lines = room.lastLines(LAST_LINES);
        if (lines.isEmpty()) {
            return text.append("\nNo client has connected to port ")
                    .append(port())
                    .append('.')
                    .toString();
        }
        text.append("\nThe last that was said:");
        lines.forEach(line -> text.append("\n  ").append(line));
        return text.toString();
    }

    /** Forgets all messages so far, as between tests that share the server. */
    public void clear() {
        room.forget();
    }

    /**
     * Begins a fault: told what to do, it is in force.
     *
     * @param stage where in a session
     */
    public FaultRule on(Stage stage) {
        refuseIfClosed();
        return rules.on(stage);
    }

    private void refuseIfClosed() {
        if (closed.get()) {
            throw new IllegalStateException(
                    "This FakeMail is closed: start one for each test, and use it before the test"
                            + " ends.");
        }
    }

    /** A test begins that shares this server with those before: to it, nothing has happened. */
    void beginTest() {
        refuseIfClosed();
        clear();
    }

    /** Such a test is over; its rules go with it. */
    void endTest(boolean failed) {
        List<String> complaints = rules.clear();
        if (!failed) {
            failFor(complaints);
        }
    }

    private static void failFor(List<String> complaints) {
        if (!complaints.isEmpty()) {
            throw new AssertionError(String.join("\n", complaints));
        }
    }

    /**
     * Ends all sessions and forgets all messages. Idempotent.
     *
     * @throws AssertionError if a rule was never used, or not told what to do; all is closed then
     */
    @Override
    public void close() {
        end(false);
    }

    /** A test that has failed is not to fail for its rules too. */
    void end(boolean failed) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        // What was taken has its outcome in a moment, and who submitted it may wait for that.
        room.await(SETTLED, SOON, () -> mta.queueSize() == 0);
        room.close();
        if (view != null) {
            view.close();
        }
        mta.close();
        contents.close();
        endTest(failed);
    }
}
