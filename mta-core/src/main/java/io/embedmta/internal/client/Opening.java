package io.embedmta.internal.client;

import io.embedmta.internal.client.TlsDemand.Level;
import io.embedmta.internal.sasl.ChannelBinding;
import io.embedmta.internal.sasl.TlsBinding;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.HopSecurity;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import io.embedmta.tls.TlsSession;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Makes a session of a connection that was just made: the greetings, TLS as far as it is demanded,
 * and the log-in. For one thread, once.
 */
final class Opening {
    private final Connection connection;
    private final Approach approach;
    private final ClientSettings settings;
    private final TlsClient tls;
    private final Clock clock;

    private HopSecurity security = new HopSecurity.PlainText("TLS is ruled out on this way");
    private @Nullable TlsFailure noted;
    private ChannelBinding channel = ChannelBinding.NONE;
    private boolean resumed;

    Opening(
            Connection connection,
            Approach approach,
            ClientSettings settings,
            TlsClient tls,
            Clock clock) {
        this.connection = connection;
        this.approach = approach;
        this.settings = settings;
        this.tls = tls;
        this.clock = clock;
    }

    Connection connection() {
        return connection;
    }

    /** What was wrong with TLS, though not so wrong that the session was given up. */
    Optional<TlsFailure> noted() {
        return Optional.ofNullable(noted);
    }

    /**
     * Opens the session.
     *
     * @throws SessionEndedException if the server does not take us, does not answer, or is not as
     *     is demanded; the connection is to be closed then
     */
    Session run() throws SessionEndedException {
        TlsDemand demand = approach.tls();
        if (demand.fromStart()) {
            secure(demand);
        }
        greet();
        Capabilities offered = hello();
        if (!demand.fromStart() && demand.level() != Level.NEVER) {
            offered = offered.offers("STARTTLS") ? startTls(demand) : withoutTls(demand, offered);
        }
        logIn(offered);
        return new Session(connection, approach, offered, security, settings.timeouts());
    }

    /**
     * Opens the session in plain text, in place of one whose TLS failed.
     *
     * @param why in one phrase
     */
    Session runInPlainText(String why) throws SessionEndedException {
        security = new HopSecurity.PlainText(why);
        greet();
        return new Session(connection, approach, hello(), security, settings.timeouts());
    }

    private void greet() throws SessionEndedException {
        Reply greeting = connection.reply("our connection", settings.timeouts().greeting());
        if (greeting.code() != 220) {
            throw refused("our connection", greeting);
        }
    }

    private Capabilities hello() throws SessionEndedException {
        Reply ehlo =
                connection.command("EHLO " + settings.heloName(), settings.timeouts().command());
        if (ehlo.isPositive()) {
            return Capabilities.of(ehlo);
        }
        if (!ehlo.isPermanent()) {
            throw refused("EHLO", ehlo);
        }
        // RFC 5321 §3.2: a server that does not know EHLO is asked with HELO.
        Reply helo =
                connection.command("HELO " + settings.heloName(), settings.timeouts().command());
        if (!helo.isPositive()) {
            throw refused("HELO", helo);
        }
        return Capabilities.NONE;
    }

    private Capabilities withoutTls(TlsDemand demand, Capabilities offered)
            throws SessionEndedException {
        noted =
                new TlsFailure(
                        Kind.STARTTLS_NOT_SUPPORTED, connection.server() + " offers no STARTTLS");
        if (demand.level() != Level.IF_OFFERED) {
            quit();
            throw SessionEndedException.because("4.7.4", noted.detail()).ofTls(noted);
        }
        security = new HopSecurity.PlainText("the server offers no STARTTLS");
        return offered;
    }

    /** Returns what the server offers now: what it said before is forgotten (RFC 3207 §4.2). */
    private Capabilities startTls(TlsDemand demand) throws SessionEndedException {
        try {
            Reply reply = connection.command("STARTTLS", settings.timeouts().command());
            if (reply.code() != 220) {
                throw refusedTls(reply);
            }
            if (connection.hasUnread()) {
                throw injected();
            }
            secure(demand);
            // An alert to our end of a handshake comes only now (RFC 8446 §4.4).
            return hello();
        } catch (SessionEndedException e) {
            if (e.isServersWord() || e.tlsFailure().isPresent()) {
                throw e;
            }
            throw e.ofTls(new TlsFailure(Kind.VALIDATION_FAILURE, e.reply().text()));
        }
    }

    private SessionEndedException refusedTls(Reply reply) throws SessionEndedException {
        // RFC 3207 §4: 454 says that it is for now.
        String status = reply.isTransient() ? "4.7.0" : "4.7.4";
        String text = connection.server() + " answered STARTTLS with " + reply;
        quit();
        return SessionEndedException.because(status, text)
                .ofTls(new TlsFailure(Kind.STARTTLS_NOT_SUPPORTED, text));
    }

    /**
     * Replies behind the one to STARTTLS, in plain text still: put there for us to take them for
     * the server's within TLS.
     */
    private SessionEndedException injected() {
        String text =
                connection.server()
                        + " sent more than its reply to STARTTLS in plain text, or somebody else"
                        + " did";
        return SessionEndedException.because("4.7.5", text)
                .ofTls(new TlsFailure(Kind.VALIDATION_FAILURE, text));
    }

    private void secure(TlsDemand demand) throws SessionEndedException {
        long begun = clockOfTls();
        SSLSession session = connection.secure(tls, demand.serverName());
        List<X509Certificate> chain = chain(session);
        TlsSession agreed = new TlsSession(session.getProtocol(), session.getCipherSuite(), chain);
        resumed = session.getCreationTime() < begun;
        Optional<TlsFailure> failure = demand.verifier().verify(chain, clock.instant());
        if (failure.isPresent() && demand.level() == Level.VERIFIED) {
            if (!demand.fromStart()) {
                quit();
            }
            // Last, as tickets for more sessions come with the reply: none is to be resumed, as
            // another handshake may show another certificate.
            tls.forget(connection.server());
            SessionEndedException ended =
                    SessionEndedException.because(
                                    "4.7.5",
                                    "the certificate of "
                                            + connection.server()
                                            + " will not do: "
                                            + failure.get().detail())
                            .ofTls(failure.get());
            throw resumed ? ended.ofOldSession() : ended;
        }
        noted = failure.orElse(null);
        channel = TlsBinding.ofClient(session);
        security =
                new HopSecurity.Encrypted(
                        agreed, noted == null ? demand.verifier().proof() : Proof.NONE);
    }

    /** Of which TLS takes the times of its sessions, whatever the engine's clock is. */
    private static long clockOfTls() {
        return System.currentTimeMillis();
    }

    private static List<X509Certificate> chain(SSLSession session) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate certificate : session.getPeerCertificates()) {
                chain.add((X509Certificate) certificate);
            }
        } catch (SSLPeerUnverifiedException e) {
            // It showed none, which every verifier but the one that takes all refuses.
            return List.of();
        }
        return chain;
    }

    /** By what the server offers now, after TLS. */
    private void logIn(Capabilities offered) throws SessionEndedException {
        boolean mayShow =
                security instanceof HopSecurity.Encrypted || approach.tls().level() == Level.NEVER;
        try {
            Login.run(
                    connection,
                    offered,
                    approach.credentials(),
                    mayShow,
                    channel,
                    settings.timeouts().command());
        } catch (SessionEndedException e) {
            if (resumed) {
                // It was bound, perhaps, to a certificate that the server has replaced since.
                tls.forget(connection.server());
            }
            throw e;
        }
    }

    private SessionEndedException refused(String what, Reply reply) {
        if (reply.isPositive() || reply.isIntermediate()) {
            return connection.outOfPlace(what, reply);
        }
        // RFC 5321 §3.1: a server that says 554 waits for QUIT.
        quit();
        return SessionEndedException.bySaying(reply, connection.server());
    }

    private void quit() {
        try {
            connection.command("QUIT", settings.timeouts().quit());
        } catch (SessionEndedException e) {
            // What was said before counts.
        }
    }
}
