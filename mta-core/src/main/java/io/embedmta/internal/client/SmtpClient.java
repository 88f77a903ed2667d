package io.embedmta.internal.client;

import io.embedmta.internal.client.TlsDemand.Level;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Recipient;
import io.embedmta.tls.TlsFailure;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.SocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages to SMTP servers and keeps connections for the next message. Thread-safe: each send
 * occupies the calling thread and one connection, and sends do not wait for one another.
 *
 * <p>Someone must call {@link #reap} every few seconds. It ends connections that have been idle for
 * too long, and gives up those whose peer has stopped taking data, a wait that a socket does not
 * limit by itself.
 */
public final class SmtpClient implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SmtpClient.class);

    private final ClientSettings settings;
    private final SocketFactory sockets;
    private final Clock clock;
    private final SessionPool pool;
    private final TlsClient tls = new TlsClient();

    /**
     * @param sockets makes the sockets, unconnected; the default one is {@link
     *     SocketFactory#getDefault}
     * @param clock tells how long a connection has been idle, and whether a certificate is valid
     */
    public SmtpClient(ClientSettings settings, SocketFactory sockets, Clock clock) {
        this.settings = settings;
        this.sockets = sockets;
        this.clock = clock;
        this.pool = new SessionPool(settings, clock);
    }

    /**
     * Sends a message to a server for all recipients of the envelope. Blocks, each step for no
     * longer than its timeout. Never throws for anything a server, the network or the content does.
     *
     * @param approach the server, and what the connection must be; one in plain text where TLS was
     *     only wished for serves at once if TLS fails
     * @param envelope with one recipient or more, no address twice
     * @param observer hears of new connections
     * @throws IllegalArgumentException if there is no recipient
     */
    public Transmission send(
            Approach approach, Envelope envelope, Content content, TlsObserver observer) {
        if (envelope.recipients().isEmpty()) {
            throw new IllegalArgumentException("Give the envelope a recipient.");
        }
        Optional<Session> kept = pool.take(approach);
        if (kept.isPresent()) {
            Transmission transmission = deliver(kept.get(), envelope, content);
            if (!(transmission instanceof Transmission.NoSession none)) {
                return transmission;
            }
            // Servers hang up on idle clients as they like; a fresh connection tells more.
            log.debug("The kept session with {} was over: {}", approach.server(), none.reply());
        }
        try {
            return deliver(open(approach, observer), envelope, content);
        } catch (SessionEndedException e) {
            return new Transmission.NoSession(e.reply(), e.remoteMta());
        }
    }

    private Session open(Approach approach, TlsObserver observer) throws SessionEndedException {
        try {
            return openAsDemanded(approach, observer);
        } catch (SessionEndedException e) {
            if (e.isOfOldSession()) {
                // What was resumed may show a certificate that the server has replaced since.
                return openAsDemanded(approach, observer);
            }
            if (e.tlsFailure().isEmpty() || approach.tls().level() != Level.IF_OFFERED) {
                throw e;
            }
            // RFC 7435 §3: better in plain text than not at all. MAIL has not been sent yet.
            String why = "TLS failed: " + e.tlsFailure().get().detail();
            log.info("A message goes to {} in plain text: {}", approach.server(), why);
            return open(approach, opening -> opening.runInPlainText(why));
        }
    }

    private Session openAsDemanded(Approach approach, TlsObserver observer)
            throws SessionEndedException {
        return open(
                approach,
                opening -> {
                    try {
                        Session session = opening.run();
                        tell(observer, approach, session.connection(), opening.noted());
                        return session;
                    } catch (SessionEndedException e) {
                        if (e.tlsFailure().isPresent() && !e.isOfOldSession()) {
                            tell(observer, approach, opening.connection(), e.tlsFailure());
                        }
                        throw e;
                    }
                });
    }

    private static void tell(
            TlsObserver observer,
            Approach approach,
            Connection connection,
            Optional<TlsFailure> failure) {
        if (failure.isPresent()) {
            observer.unsecured(connection.localAddress(), failure.get());
        } else if (approach.tls().level() != Level.NEVER) {
            observer.secured(connection.localAddress());
        }
    }

    /** How a session is made of a connection. */
    @FunctionalInterface
    private interface Way {
        Session open(Opening opening) throws SessionEndedException;
    }

    private Session open(Approach approach, Way way) throws SessionEndedException {
        Connection connection = connection(approach.server());
        boolean opened = false;
        try {
            connection.connect(settings.localAddressFor(approach.server().address()));
            Session session = way.open(new Opening(connection, approach, settings, tls, clock));
            opened = true;
            return session;
        } finally {
            if (!opened) {
                pool.drop(connection);
            }
        }
    }

    private Connection connection(RemoteServer server) throws SessionEndedException {
        try {
            return pool.adopt(server, sockets.createSocket());
        } catch (SessionEndedException e) {
            throw e;
        } catch (IOException e) {
            throw SessionEndedException.because(
                    "4.4.1", "no socket to connect to " + server + ": " + e.getMessage(), e);
        }
    }

    private Transmission deliver(Session session, Envelope envelope, Content content) {
        Delivery delivery = new Delivery(session, envelope, content);
        try {
            return delivery.run();
        } catch (RuntimeException | Error e) {
            // I8: a fault of ours is temporary, and what was decided before it stands. Nobody knows
            // where in the dialogue it struck, so the connection must not carry another message.
            session.connection().close();
            log.error(
                    "Sending a message from <{}> to {} failed.",
                    envelope.from(),
                    session.server(),
                    e);
            Map<MailAddress, DeliveryResult> results = new LinkedHashMap<>(delivery.results());
            for (Recipient recipient : envelope.recipients()) {
                results.putIfAbsent(
                        recipient.address(),
                        DeliveryResult.deferred("4.3.0", "an internal error while sending"));
            }
            return new Transmission.Answered(results);
        } finally {
            pool.giveBack(session);
        }
    }

    /**
     * Ends connections that have been idle for too long or whose peer has stopped taking data. Call
     * it every few seconds; it may take as long as the timeout for QUIT.
     */
    public void reap() {
        pool.reap();
    }

    /** How many connections are idle. */
    public int idleConnections() {
        return pool.idleCount();
    }

    /** How many connections are open, idle ones included. */
    public int openConnections() {
        return pool.openCount();
    }

    /**
     * Closes all connections, the idle ones with QUIT. Sends under way fail at once as temporary,
     * so let them end first: one that has sent its message and waits for the reply does not learn
     * what became of it. Takes no longer than the timeout for QUIT, but where a server takes no
     * more data: {@link #cutOff} ends that. Idempotent.
     */
    @Override
    public void close() {
        pool.close();
    }

    /** Closes all connections at once, without QUIT, and ends what other threads wait for. */
    public void cutOff() {
        pool.cutOff();
    }
}
