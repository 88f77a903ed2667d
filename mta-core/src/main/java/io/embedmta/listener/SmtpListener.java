package io.embedmta.listener;

import io.embedmta.auth.Authenticator;
import io.embedmta.internal.session.SmtpServer;
import io.embedmta.tls.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An SMTP server (RFC 5321). Immutable; each method returns a changed copy. Unless told otherwise
 * it relays for nobody, and refuses a message with a bare CR or LF.
 */
public final class SmtpListener implements Listener {
    /** Connections that wait to be accepted; the kernel's own limit applies too. */
    private static final int BACKLOG = 1024;

    private final InetSocketAddress address;
    private final List<Cidr> relayFrom;
    private final SmtpLimits limits;
    private final boolean repairLineEnds;
    private final @Nullable Tls tls;
    private final boolean implicitTls;
    private final @Nullable Authenticator authenticator;
    private final boolean authWithoutTls;
    private final boolean submission;
    private final List<Cidr> proxyFrom;

    /** A listener in the making: what is not set stays as it was. */
    private static final class Draft {
        private final InetSocketAddress address;
        private List<Cidr> relayFrom = List.of();
        private SmtpLimits limits = SmtpLimits.defaults();
        private boolean repairLineEnds;
        private @Nullable Tls tls;
        private boolean implicitTls;
        private @Nullable Authenticator authenticator;
        private boolean authWithoutTls;
        private boolean submission;
        private List<Cidr> proxyFrom = List.of();

        Draft(InetSocketAddress address) {
            this.address = address;
        }

        Draft(SmtpListener from) {
            address = from.address;
            relayFrom = from.relayFrom;
            limits = from.limits;
            repairLineEnds = from.repairLineEnds;
            tls = from.tls;
            implicitTls = from.implicitTls;
            authenticator = from.authenticator;
            authWithoutTls = from.authWithoutTls;
            submission = from.submission;
            proxyFrom = from.proxyFrom;
        }

        SmtpListener build() {
            return new SmtpListener(this);
        }
    }

    private SmtpListener(Draft draft) {
        address = draft.address;
        relayFrom = draft.relayFrom;
        limits = draft.limits;
        repairLineEnds = draft.repairLineEnds;
        tls = draft.tls;
        implicitTls = draft.implicitTls;
        authenticator = draft.authenticator;
        authWithoutTls = draft.authWithoutTls;
        submission = draft.submission;
        proxyFrom = draft.proxyFrom;
    }

    /**
     * On all addresses of this machine.
     *
     * @param port 0 to 65535; 0 takes a free one
     * @throws IllegalArgumentException if the port is outside that
     */
    public static SmtpListener on(int port) {
        return on(new InetSocketAddress(port));
    }

    /**
     * On one address.
     *
     * @param host a name or an address of this machine
     * @param port 0 to 65535; 0 takes a free one
     * @throws IllegalArgumentException if the port is outside that
     */
    public static SmtpListener on(String host, int port) {
        return on(new InetSocketAddress(host, port));
    }

    /** On one address. */
    public static SmtpListener on(InetSocketAddress address) {
        return new Draft(address).build();
    }

    /**
     * Lets these clients send to any domain, beside those they were let by before.
     *
     * @param blocks such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}
     * @throws IllegalArgumentException if one is malformed
     */
    public SmtpListener relayFrom(String... blocks) {
        Draft draft = new Draft(this);
        draft.relayFrom = with(relayFrom, blocks);
        return draft.build();
    }

    private static List<Cidr> with(List<Cidr> before, String... blocks) {
        List<Cidr> all = new ArrayList<>(before);
        for (String block : blocks) {
            all.add(Cidr.of(block));
        }
        return Collections.unmodifiableList(all);
    }

    /** Sets the bounds. */
    public SmtpListener limits(SmtpLimits newLimits) {
        Draft draft = new Draft(this);
        draft.limits = newLimits;
        return draft.build();
    }

    /**
     * Mends a bare CR or LF within a message to CRLF instead of refusing the message. It still ends
     * no message. The limit of size counts the octets as they were sent.
     */
    public SmtpListener repairLineEnds() {
        Draft draft = new Draft(this);
        draft.repairLineEnds = true;
        return draft.build();
    }

    /** Offers STARTTLS (RFC 3207). */
    public SmtpListener tls(Tls identity) {
        Draft draft = new Draft(this);
        draft.tls = identity;
        draft.implicitTls = false;
        return draft.build();
    }

    /** Speaks TLS from the first octet, as on port 465 (RFC 8314 §3.3). */
    public SmtpListener implicitTls(Tls identity) {
        Draft draft = new Draft(this);
        draft.tls = identity;
        draft.implicitTls = true;
        return draft.build();
    }

    /**
     * Offers AUTH (RFC 4954), over TLS alone. A client that has proved to be one of these users may
     * send to any domain.
     *
     * <p>A session that fails three times is ended. A name that has failed more than three times
     * from one address (of IPv6, its /64) is made to wait there: a second, then twice as long each
     * time, up to five minutes. So are all names of an address that has failed more than ten times,
     * where each name counts for three at most. What comes earlier is refused for now (454), right
     * or wrong. An hour without a failure forgets a name, and success does, too.
     */
    public SmtpListener authenticate(Authenticator users) {
        Draft draft = new Draft(this);
        draft.authenticator = users;
        return draft.build();
    }

    /** Offers AUTH in plain text too, where anybody on the way may read the password. */
    public SmtpListener allowAuthWithoutTls() {
        Draft draft = new Draft(this);
        draft.authWithoutTls = true;
        return draft.build();
    }

    /**
     * Takes new mail of users alone (RFC 6409): a client has to authenticate, its sender has to be
     * one of the user's addresses or the null sender, and Date and Message-ID are added where they
     * lack. It does not start without {@linkplain #authenticate users}.
     */
    public SmtpListener submission() {
        Draft draft = new Draft(this);
        draft.submission = true;
        return draft.build();
    }

    /**
     * Expects the PROXY header, version 1 or 2, of these clients, beside those it was told before:
     * the real client is the one that it names. Of others it is not understood. What a proxy says
     * for itself, as in a health check, is answered, but lets it relay for nobody.
     *
     * @param blocks such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}
     * @throws IllegalArgumentException if one is malformed
     */
    public SmtpListener proxyFrom(String... blocks) {
        Draft draft = new Draft(this);
        draft.proxyFrom = with(proxyFrom, blocks);
        return draft.build();
    }

    /** The bounds. */
    public SmtpLimits limits() {
        return limits;
    }

    /** Whether a bare CR or LF is mended rather than refused. */
    public boolean repairsLineEnds() {
        return repairLineEnds;
    }

    /** What it shows its clients; empty if it speaks plain text alone. */
    public Optional<Tls> tls() {
        return Optional.ofNullable(tls);
    }

    /** Whether TLS begins with the connection. */
    public boolean hasImplicitTls() {
        return implicitTls;
    }

    /** Its users; empty if it offers no AUTH. */
    public Optional<Authenticator> authenticator() {
        return Optional.ofNullable(authenticator);
    }

    /** Whether AUTH is offered in plain text too. */
    public boolean allowsAuthWithoutTls() {
        return authWithoutTls;
    }

    /** Whether it takes new mail of users alone. */
    public boolean isSubmission() {
        return submission;
    }

    /** Whether a client of this address is a proxy, which says who the real client is. */
    public boolean isProxy(InetAddress client) {
        return isIn(proxyFrom, client);
    }

    /** Whether a client of this address may send to any domain. */
    public boolean mayRelay(InetAddress client) {
        return isIn(relayFrom, client);
    }

    private static boolean isIn(List<Cidr> blocks, InetAddress client) {
        for (Cidr block : blocks) {
            if (block.contains(client)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public RunningListener start(Engine engine) throws IOException {
        if (submission && authenticator == null) {
            throw new IllegalStateException(
                    "Give a listener for submissions its users, with authenticate(...).");
        }
        ServerSocket socket = bind();
        try {
            return SmtpServer.start(this, engine, socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private ServerSocket bind() throws IOException {
        if (address.isUnresolved()) {
            throw new IOException(
                    "Cannot listen for SMTP on " + address.getHostString() + ": no such host.");
        }
        ServerSocket socket = new ServerSocket();
        try {
            // A relay that restarts must not wait for the connections of its former life.
            socket.setReuseAddress(true);
            socket.bind(address, BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException(
                    "Cannot listen for SMTP on "
                            + address.getAddress().getHostAddress()
                            + " port "
                            + address.getPort()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
