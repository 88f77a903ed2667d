package io.embedmta.internal.session;

import io.embedmta.auth.Authenticator;
import io.embedmta.listener.Engine;
import io.embedmta.listener.Listener.RunningListener;
import io.embedmta.listener.SmtpListener;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections, counts them, and gives each a session on a thread of its own. Owns the
 * server socket and every socket it accepts.
 */
public final class SmtpServer implements RunningListener, SessionCount {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpServer.class);

    /** How long to leave a failing accept alone, as when the process is out of file descriptors. */
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(200);

    /** How often to look for sessions whose client does not read. */
    private static final Duration WATCH = Duration.ofSeconds(5);

    /** How long a session may take to notice that it was cut. */
    private static final Duration CUT = Duration.ofSeconds(2);

    private final SmtpListener settings;
    private final Engine engine;
    private final ServerSocket socket;
    private final SessionScript.Source scripts;
    private final AtomicLong sessionNumbers = new AtomicLong();
    private final Optional<LoginDesk> loginDesk;

    private final Duration watchEvery;
    private long lastWatch = System.nanoTime();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Session> sessions = new HashSet<>();

    /** Those of which a proxy has not yet said whose they are; they count for no client. */
    private final Set<Session> nameless = new HashSet<>();

    private final Map<ClientBlock, Integer> sessionsOf = new HashMap<>();
    private boolean closing;
    private boolean accepting = true;

    private SmtpServer(
            SmtpListener settings,
            Engine engine,
            ServerSocket socket,
            SessionScript.Source scripts) {
        this.scripts = scripts;
        this.settings = settings;
        this.engine = engine;
        this.socket = socket;
        Optional<Authenticator> users = settings.authenticator();
        this.loginDesk =
                users.isPresent()
                        ? Optional.of(LoginDesk.of(users.get(), engine))
                        : Optional.empty();
        Duration limit = settings.limits().commandTimeout();
        this.watchEvery = limit.compareTo(WATCH) < 0 ? limit : WATCH;
    }

    /** Serves on a bound socket. */
    public static SmtpServer start(SmtpListener settings, Engine engine, ServerSocket socket)
            throws IOException {
        return start(settings, engine, socket, SessionScript.Source.NONE);
    }

    /** Serves on a bound socket, each session with a script of its own. */
    public static SmtpServer start(
            SmtpListener settings, Engine engine, ServerSocket socket, SessionScript.Source scripts)
            throws IOException {
        SmtpServer server = new SmtpServer(settings, engine, socket, scripts);
        socket.setSoTimeout((int) server.watchEvery.toMillis() + 1);
        engine.fork("smtp-accept-" + socket.getLocalPort(), new Accepting(server));
        return server;
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return List.of((InetSocketAddress) socket.getLocalSocketAddress());
    }

    /** No lambda: the JVM would make code for it while the agent starts. */
    private record Accepting(SmtpServer server) implements Runnable {
        @Override
        public void run() {
            server.acceptAll();
        }
    }

    private void acceptAll() {
        try {
            while (!isClosing()) {
                acceptOne();
            }
        } finally {
            lock.lock();
            try {
                accepting = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void acceptOne() {
        watch();
        Socket client;
        try {
            client = socket.accept();
        } catch (SocketTimeoutException e) {
            return;
        } catch (IOException | RuntimeException | Error e) {
            if (!isClosing()) {
                LOG.warn("A connection could not be accepted; more will be tried.", e);
                pause();
            }
            return;
        }
        // A client that is gone already must not slow down the next one, so no pause here.
        try {
            admit(client);
        } catch (IOException e) {
            LOG.debug("A client was gone before it was greeted: {}", e.toString());
            closeQuietly(client);
        } catch (RuntimeException | Error e) {
            // I8: such as no memory for one more thread.
            LOG.error("A connection could not be served; the listener goes on.", e);
            closeQuietly(client);
        }
    }

    /** However busy or idle the listener is, it looks after its sessions now and then. */
    private void watch() {
        long now = System.nanoTime();
        if (now - lastWatch >= watchEvery.toNanos()) {
            lastWatch = now;
            openSessions().forEach(Session::dropIfStuck);
        }
    }

    private static void closeQuietly(Socket client) {
        try {
            client.close();
        } catch (IOException e) {
            LOG.debug("A refused connection did not close cleanly: {}", e.toString());
        }
    }

    private void pause() {
        lock.lock();
        try {
            long left = ACCEPT_PAUSE.toNanos();
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void admit(Socket client) throws IOException {
        client.setTcpNoDelay(true);
        Session session =
                new Session(
                        settings,
                        engine,
                        client,
                        "s" + sessionNumbers.incrementAndGet(),
                        this,
                        loginDesk,
                        scripts);
        Reply refusal = register(session, client.getInetAddress());
        if (refusal.isPositive()) {
            try {
                engine.fork("smtp-" + session.id(), session);
                return;
            } catch (RuntimeException | Error e) {
                // I8: the engine closes, or there is no memory for one more thread.
                LOG.error("No thread for a session of {}", client.getInetAddress(), e);
                ended(session);
                refusal = Replies.TOO_BUSY;
            }
        }
        // At once, so that the client goes elsewhere instead of waiting for a greeting.
        LOG.info("Refused a session of {}: {}", client.getInetAddress().getHostAddress(), refusal);
        if (!settings.hasImplicitTls()) {
            refusal.writeTo(client.getOutputStream());
        }
        client.close();
    }

    private Reply register(Session session, InetAddress address) {
        ClientBlock client = ClientBlock.of(address);
        lock.lock();
        try {
            if (closing) {
                return Replies.shuttingDown(engine.hostname());
            }
            if (sessions.size() >= settings.limits().sessions()) {
                return Replies.TOO_BUSY;
            }
            if (settings.isProxy(address)) {
                sessions.add(session);
                nameless.add(session);
                return Replies.OK;
            }
            return count(session, client);
        } finally {
            lock.unlock();
        }
    }

    private Reply count(Session session, ClientBlock client) {
        if (sessionsOf.getOrDefault(client, 0) >= settings.limits().sessionsPerClient()) {
            return Replies.TOO_MANY_OF_CLIENT;
        }
        sessions.add(session);
        sessionsOf.merge(client, 1, Integer::sum);
        return Replies.OK;
    }

    @Override
    public Reply named(Session session) {
        lock.lock();
        try {
            Reply reply = count(session, ClientBlock.of(session.clientAddress()));
            if (reply.isPositive()) {
                nameless.remove(session);
            }
            return reply;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ended(Session session) {
        lock.lock();
        try {
            if (sessions.remove(session) && !nameless.remove(session)) {
                sessionsOf.computeIfPresent(
                        ClientBlock.of(session.clientAddress()),
                        (client, count) -> count > 1 ? count - 1 : null);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close(Duration grace) {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            socket.close();
        } catch (IOException e) {
            LOG.warn("The listener's socket did not close cleanly.", e);
        }
        for (Session session : openSessions()) {
            session.wind();
        }
        if (awaitEnd(grace)) {
            return;
        }
        openSessions().forEach(Session::cut);
        if (awaitEnd(CUT)) {
            return;
        }
        openSessions().forEach(Session::drop);
        if (!awaitEnd(CUT)) {
            LOG.error("Sessions did not end, a filter may hang: {}", openSessions());
        }
    }

    private Set<Session> openSessions() {
        lock.lock();
        try {
            return new HashSet<>(sessions);
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitEnd(Duration limit) {
        lock.lock();
        try {
            long left = limit.toNanos();
            while ((!sessions.isEmpty() || accepting) && left > 0) {
                left = changed.awaitNanos(left);
            }
            return sessions.isEmpty() && !accepting;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
