package io.embedmta.internal.session;

import io.embedmta.auth.Identity;
import io.embedmta.filter.Filter;
import io.embedmta.filter.SessionView;
import io.embedmta.filter.Verdict;
import io.embedmta.internal.sasl.ChannelBinding;
import io.embedmta.internal.session.SessionScript.Stage;
import io.embedmta.internal.wire.Characters;
import io.embedmta.internal.wire.CommandLine;
import io.embedmta.internal.wire.WireInput.Line;
import io.embedmta.internal.wire.WireInput.LineEnd;
import io.embedmta.listener.Engine;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.Verb;
import io.embedmta.tls.TlsSession;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's session: reads a command, finds it in the {@link CommandTable}, says its handler's
 * reply. Holds at most one {@link Transaction}. Runs on one thread; {@link #wind}, {@link #cut} and
 * {@link #drop} are for others.
 */
final class Session implements Runnable, SessionView {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final SmtpListener settings;
    private final Engine engine;
    private final Socket socket;
    private final String id;
    private final SessionCount count;
    private final SessionScript script;

    /** Whoever connected; once a proxy has said so, the client behind it. */
    private InetSocketAddress client;

    private boolean mayRelay;
    private final Optional<LoginDesk> loginDesk;

    private volatile @Nullable Connection connection;
    private @Nullable String helo;
    private boolean extended;
    private @Nullable TlsSession tls;
    private boolean startTlsNext;
    private @Nullable Identity user;
    private int loginFailures;
    private @Nullable Transaction transaction;
    private final Patience patience;
    private final HeardLine heard = new HeardLine();
    private boolean over;

    /** Set by the thread that shuts down, read by ours; see {@link #wind}. */
    private volatile boolean winding;

    private volatile boolean idle = true;

    Session(
            SmtpListener settings,
            Engine engine,
            Socket socket,
            String id,
            SessionCount count,
            Optional<LoginDesk> loginDesk,
            SessionScript.Source scripts) {
        this.settings = settings;
        this.engine = engine;
        this.socket = socket;
        this.id = id;
        this.count = count;
        this.client = (InetSocketAddress) socket.getRemoteSocketAddress();
        this.mayRelay = settings.mayRelay(client.getAddress());
        this.loginDesk = loginDesk;
        this.patience = new Patience(settings.limits());
        this.script = scripts.begin(this);
    }

    @Override
    public void run() {
        try (socket) {
            connection = new Connection(socket, script);
            if (open()) {
                converse();
            }
        } catch (SSLException e) {
            LOG.info("{}: the TLS with {} is broken: {}", id, client, e.getMessage());
        } catch (IOException e) {
            // The client is gone; nobody is left to be told.
            LOG.debug("{}: connection of {} ended: {}", id, client, e.toString());
        } catch (RuntimeException | Error e) {
            // I8; before the session could say anything.
            LOG.error("{}: a session of {} failed", id, client, e);
        } finally {
            try {
                endTransaction();
                script.ended();
            } finally {
                count.ended(this);
            }
        }
    }

    /** What comes before the first word; false if the session ends there. */
    private boolean open() throws IOException {
        connection().allow(limits().commandTimeout(), limits().commandTimeout());
        Optional<Reply> refusal = script.at(Stage.CONNECT, "", connection());
        if (refusal.isPresent()) {
            if (!settings.hasImplicitTls()) {
                hangUp(refusal.get());
            }
            return false;
        }
        return (!settings.isProxy(clientAddress()) || readProxyHeader())
                && (!settings.hasImplicitTls() || startTls());
    }

    /** The client is who the proxy says it is; of its own the proxy may do little. */
    private boolean readProxyHeader() throws IOException {
        // I6: what a proxy passes on is not its own, whatever rule names its address.
        mayRelay = false;
        try {
            Optional<InetSocketAddress> named = ProxyHeader.read(connection().wire());
            if (named.isPresent()) {
                client = named.get();
                mayRelay = settings.mayRelay(clientAddress());
            }
        } catch (ProxyHeader.MalformedException e) {
            LOG.warn("{}: the PROXY header of {} is malformed: {}", id, client, e.getMessage());
            return false;
        } catch (SocketTimeoutException e) {
            LOG.info("{}: {} sent no PROXY header in time", id, client);
            return false;
        }
        Reply reply = count.named(this);
        if (!reply.isPositive()) {
            LOG.info("Refused a session of {}: {}", client, reply);
            if (!settings.hasImplicitTls()) {
                hangUp(reply);
            }
        }
        return reply.isPositive();
    }

    /**
     * Goes on over TLS; false if that fails. RFC 3207 §4.2: what the client has said before is
     * forgotten, as somebody else may have said it; but not its errors.
     */
    private boolean startTls() throws IOException {
        endTransaction();
        helo = null;
        extended = false;
        user = null;
        connection().allow(limits().commandTimeout(), limits().commandTimeout());
        try {
            tls =
                    connection()
                            .startTls(
                                    script.identity(settings.tls().orElseThrow())
                                            .newServerEngine());
            script.secured(this);
            return true;
        } catch (IOException e) {
            if (!winding) {
                LOG.info("{}: no TLS with {}: {}", id, client, e.getMessage());
            }
        } catch (RuntimeException e) {
            // I8.
            LOG.error("{}: the TLS with {} failed", id, client, e);
        }
        connection().drain();
        return false;
    }

    private void converse() throws IOException {
        try {
            greet();
            while (!over) {
                next();
            }
            connection().flush();
        } catch (EOFException e) {
            if (winding) {
                hangUp(Replies.shuttingDown(engine.hostname()));
            } else {
                LOG.debug("{}: {} closed the connection", id, client);
            }
        } catch (SocketTimeoutException e) {
            LOG.info("{}: {} took too long", id, client);
            hangUp(Replies.TIME_OUT);
        } catch (RuntimeException | Error e) {
            // I8: whatever it was, the client may try again, and the engine goes on.
            LOG.error("{}: a session of {} failed", id, client, e);
            hangUp(Replies.INTERNAL_ERROR_GOODBYE);
        }
    }

    private void greet() throws IOException {
        connection().allow(limits().commandTimeout(), limits().commandTimeout());
        Optional<Reply> refusal = refusal(filter().connect(this));
        if (refusal.isPresent()) {
            hangUp(withStatus(inPlaceOfGreeting(refusal.get())));
            over = true;
            return;
        }
        Reply greeting =
                script.at(Stage.BANNER, "", connection())
                        .orElseGet(() -> Reply.plain(220, engine.hostname() + " ESMTP ready"));
        if (!greeting.isPositive()) {
            hangUp(greeting);
            over = true;
            return;
        }
        connection().say(greeting);
    }

    /** RFC 5321 §4.3.2: only 421 may say "not now" before the greeting. */
    private static Reply inPlaceOfGreeting(Reply refusal) {
        return refusal.isTransient() && refusal.code() != 421
                ? Reply.of(421, refusal.status(), refusal.lines().toArray(String[]::new))
                : refusal;
    }

    private void next() throws IOException {
        idle = transaction == null;
        if (winding && idle) {
            hangUp(Replies.shuttingDown(engine.hostname()));
            over = true;
            return;
        }
        connection().allow(limits().commandTimeout(), limits().commandTimeout());
        script.awaitsCommand(idle && !connection().input().hasBuffered());
        Line line = connection().input().readLine(longestLine());
        script.heard(shown(line));
        Reply reply = withStatus(answer(line));
        patience.take(reply);
        if (patience.isOver() && !over) {
            LOG.info("{}: too many errors of {}, last {}", id, client, reply);
            connection().say(reply);
            reply = Replies.TOO_MANY_ERRORS;
        }
        if (reply.code() == 421) {
            over = true;
        }
        if (over) {
            hangUp(reply);
            return;
        }
        connection().say(reply);
        if (startTlsNext) {
            startTlsNext = false;
            over = !startTls();
        }
    }

    private Reply answer(Line line) throws IOException {
        if (line.end() != LineEnd.CRLF) {
            return switch (line.end()) {
                case BARE_LF -> Replies.BARE_LINE_FEED;
                case TOO_LONG -> Replies.LINE_TOO_LONG;
                default -> Replies.NOT_TEXT;
            };
        }
        if (isTooLong(line.text())) {
            return Replies.LINE_TOO_LONG;
        }
        String text = CommandLine.withoutTrailingBlanks(line.text());
        if (Characters.hasControls(text)) {
            return Replies.NOT_TEXT;
        }
        CommandLine command = CommandLine.parse(text);
        if (command.verb().isEmpty()) {
            if (command.isHttp()) {
                // A browser that was made to post to us sends a stranger's commands in the body,
                // and from an address that may be allowed to relay (I6).
                LOG.info("{}: {} speaks HTTP", id, client);
                endAfterReply();
            }
            return Replies.UNKNOWN_COMMAND;
        }
        Verb verb = command.verb().get();
        if (CommandTable.isIdle(verb)) {
            patience.takeIdleCommand();
        }
        return CommandTable.handle(verb, this, command.argument());
    }

    private String shown(Line line) {
        if (line.end() != LineEnd.CRLF) {
            heard.unreadable();
            return line.text();
        }
        return heard.of(line.text());
    }

    /** AUTH may be longer than the others, as it carries a token (RFC 4954 §4). */
    private int longestLine() {
        return mayAuthenticate()
                ? Math.max(limits().commandLine(), AuthExchange.MAX_LINE)
                : limits().commandLine();
    }

    private boolean isTooLong(String line) {
        // A character takes three octets of UTF-8 at most, a pair of surrogates four.
        boolean surelyFits = 3 * line.length() + 2 <= limits().commandLine();
        return !surelyFits
                && !line.regionMatches(true, 0, "AUTH ", 0, 5)
                && line.getBytes(StandardCharsets.UTF_8).length + 2 > limits().commandLine();
    }

    /** Says the last words and closes in a way that lets the client read them. */
    private void hangUp(Reply lastWords) throws IOException {
        connection().say(lastWords);
        connection().hangUp();
    }

    // What the handlers need.

    Engine engine() {
        return engine;
    }

    SmtpListener settings() {
        return settings;
    }

    SmtpLimits limits() {
        return settings.limits();
    }

    SessionScript script() {
        return script;
    }

    Filter filter() {
        return engine.filter();
    }

    Connection connection() {
        Connection current = connection;
        if (current == null) {
            throw new IllegalStateException("The session has not begun.");
        }
        return current;
    }

    Phase phase() {
        if (helo == null) {
            return Phase.CONNECTED;
        }
        if (transaction == null) {
            return Phase.GREETED;
        }
        if (transaction.message() != null || transaction.failure() != null) {
            return Phase.CHUNKS;
        }
        return transaction.taken() == 0 ? Phase.MAIL : Phase.RECIPIENTS;
    }

    /** A session begins anew with each HELO or EHLO (RFC 5321 §4.1.4). */
    void greeted(String name, boolean withExtensions) {
        endTransaction();
        helo = name;
        extended = withExtensions;
    }

    boolean isExtended() {
        return extended;
    }

    /** Empty if there is nobody to log in as. */
    Optional<LoginDesk> loginDesk() {
        return loginDesk;
    }

    /** Whether AUTH is offered now: over TLS, unless allowed without by name (RFC 4954 §4). */
    boolean mayAuthenticate() {
        return loginDesk.isPresent()
                && user == null
                && (tls().isPresent() || settings.allowsAuthWithoutTls());
    }

    /** Whether AUTH is an extension of this session, be it done already. */
    boolean offersAuth() {
        return user != null || mayAuthenticate();
    }

    /** What AUTH offers now, the best first. */
    List<String> mechanismNames() {
        return mayAuthenticate()
                ? loginDesk.orElseThrow().mechanisms().names(channelBinding())
                : List.of();
    }

    /** What an exchange may be bound to. */
    ChannelBinding channelBinding() {
        return connection().channelBinding();
    }

    void authenticated(Identity identity) {
        user = identity;
        heard.authenticated();
    }

    /** Returns how many there were. */
    int countLoginFailure() {
        return ++loginFailures;
    }

    void begin(Transaction newTransaction) {
        transaction = newTransaction;
    }

    /** The transaction; the command table sees to it that there is one. */
    Transaction transaction() {
        if (transaction == null) {
            throw new IllegalStateException("No transaction is open.");
        }
        return transaction;
    }

    void endTransaction() {
        Transaction ended = transaction;
        transaction = null;
        if (ended != null) {
            ended.drop();
        }
    }

    /** A message was accepted: a client that sends mail is forgiven its errors. */
    void forgive() {
        patience.forgive();
    }

    /** TLS begins once the reply to this command is sent. */
    void startTlsAfterReply() {
        startTlsNext = true;
    }

    /** The reply to this command is the last one. */
    void endAfterReply() {
        over = true;
    }

    /** The reply that a verdict asks for; empty if it lets the command pass. */
    Optional<Reply> refusal(Verdict verdict) {
        if (verdict instanceof Verdict.Reject reject) {
            return Optional.of(reject.reply());
        }
        if (verdict instanceof Verdict.Defer defer) {
            return Optional.of(defer.reply());
        }
        if (verdict instanceof Verdict.Disconnect disconnect) {
            endAfterReply();
            return Optional.of(disconnect.reply());
        }
        return Optional.empty();
    }

    /**
     * RFC 2034 §4: each refusal carries a status, be it the undefined one of its class. What an
     * application's filters and routes say may have none.
     */
    private static Reply withStatus(Reply reply) {
        return reply.enhanced().isPresent() || reply.code() < 400
                ? reply
                : Reply.of(reply.code(), reply.status(), reply.lines().toArray(String[]::new));
    }

    // What others see.

    @Override
    public String id() {
        return id;
    }

    @Override
    public Optional<InetSocketAddress> client() {
        return Optional.of(client);
    }

    InetAddress clientAddress() {
        return client.getAddress();
    }

    @Override
    public Optional<String> helo() {
        return Optional.ofNullable(helo);
    }

    @Override
    public Optional<TlsSession> tls() {
        return Optional.ofNullable(tls);
    }

    @Override
    public Optional<Identity> user() {
        return Optional.ofNullable(user);
    }

    @Override
    public String protocol() {
        // RFC 3848: only ESMTP has names for what protects it.
        return extended
                ? "ESMTP" + (tls().isPresent() ? "S" : "") + (user().isPresent() ? "A" : "")
                : "SMTP";
    }

    @Override
    public boolean mayRelay() {
        return mayRelay || user != null;
    }

    @Override
    public boolean isSubmission() {
        return settings.isSubmission();
    }

    /**
     * Ends the session as soon as no transaction is open. An idle session is woken from its wait:
     * to it the client seems to have closed. Either this sees that the session is idle, or the
     * session sees that it is to end before it waits again.
     */
    void wind() {
        winding = true;
        if (idle) {
            cut();
        }
    }

    /** Ends the session whatever it is doing, as soon as it waits for the client. */
    void cut() {
        winding = true;
        try {
            socket.shutdownInput();
        } catch (IOException e) {
            LOG.debug("{}: already gone: {}", id, e.toString());
        }
    }

    /**
     * Drops the session if it has been trying for too long to make the client read our replies: no
     * time-out of a socket limits a write.
     */
    void dropIfStuck() {
        Connection current = connection;
        if (current != null && current.isWritingFor(limits().commandTimeout())) {
            LOG.info("{}: {} does not read our replies", id, client);
            drop();
        }
    }

    /** Takes the socket away from a session that did not end when it was cut. */
    void drop() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("{}: already gone: {}", id, e.toString());
        }
    }
}
