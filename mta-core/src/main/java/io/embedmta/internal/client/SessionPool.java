package io.embedmta.internal.client;

import io.embedmta.smtp.Reply;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns every connection of a client: those in use, and the idle sessions that wait for another
 * message. Thread-safe; the lock is never held across I/O.
 */
final class SessionPool {
    private static final Logger log = LoggerFactory.getLogger(SessionPool.class);

    private final ClientSettings settings;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();

    /** All that are open, idle or not. */
    private final Set<Connection> connections = new HashSet<>();

    /** In the order in which they came to rest. */
    private final Deque<Session> idle = new ArrayDeque<>();

    private boolean closed;

    SessionPool(ClientSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Takes charge of a connection about to be made.
     *
     * @throws SessionEndedException if the pool is closed; the socket is, then, too
     */
    Connection adopt(RemoteServer server, Socket socket) throws SessionEndedException {
        Connection connection = new Connection(server, socket, settings.timeouts());
        lock.lock();
        try {
            if (!closed) {
                connections.add(connection);
                return connection;
            }
        } finally {
            lock.unlock();
        }
        connection.close();
        throw SessionEndedException.because("4.3.2", "the SMTP client is closed");
    }

    /** The idle session of that approach that rested the shortest, if there is one to use. */
    Optional<Session> take(Approach approach) {
        while (true) {
            Optional<Session> newest = removeNewest(approach);
            if (newest.isEmpty() || newest.get().connection().isQuiet()) {
                return newest;
            }
            // Closed, or the server spoke unasked: 421, most likely.
            drop(newest.get().connection());
        }
    }

    private Optional<Session> removeNewest(Approach approach) {
        lock.lock();
        try {
            for (Iterator<Session> all = idle.descendingIterator(); all.hasNext(); ) {
                Session session = all.next();
                if (session.approach().equals(approach) && !isExpired(session)) {
                    all.remove();
                    return Optional.of(session);
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private boolean isExpired(Session session) {
        Duration rested = Duration.between(session.idleSince(), clock.instant());
        return rested.compareTo(settings.idleKeep()) >= 0;
    }

    /** Keeps the session for the next message if it is good for one, else ends it. */
    void giveBack(Session session) {
        boolean reusable =
                session.connection().isQuiet()
                        && session.transactions() < settings.maxTransactions()
                        && !settings.idleKeep().isZero();
        quit(reusable ? keep(session) : List.of(session));
    }

    /** Returns those to be ended for it. */
    private List<Session> keep(Session session) {
        List<Session> surplus = new ArrayList<>();
        lock.lock();
        try {
            if (closed) {
                return List.of(session);
            }
            session.restFrom(clock.instant());
            idle.addLast(session);
            long same = idle.stream().filter(s -> s.server().equals(session.server())).count();
            Iterator<Session> oldestFirst = idle.iterator();
            while (same > settings.maxIdlePerServer() && oldestFirst.hasNext()) {
                Session old = oldestFirst.next();
                if (old.server().equals(session.server())) {
                    oldestFirst.remove();
                    surplus.add(old);
                    same--;
                }
            }
            while (idle.size() > settings.maxIdle()) {
                surplus.add(idle.removeFirst());
            }
            return surplus;
        } finally {
            lock.unlock();
        }
    }

    /** Closes and forgets a connection, without QUIT. */
    void drop(Connection connection) {
        connection.close();
        lock.lock();
        try {
            connections.remove(connection);
        } finally {
            lock.unlock();
        }
    }

    /** Ends sessions that have rested long enough, and connections whose peer takes no data. */
    void reap() {
        List<Session> expired = new ArrayList<>();
        List<Connection> open;
        lock.lock();
        try {
            for (Iterator<Session> all = idle.iterator(); all.hasNext(); ) {
                Session session = all.next();
                if (isExpired(session)) {
                    all.remove();
                    expired.add(session);
                }
            }
            open = List.copyOf(connections);
        } finally {
            lock.unlock();
        }
        open.forEach(Connection::closeIfStalled);
        quit(expired);
    }

    /** Ends all: those in use at once, the idle ones with QUIT. */
    void close() {
        List<Session> resting;
        List<Connection> inUse;
        lock.lock();
        try {
            closed = true;
            resting = List.copyOf(idle);
            idle.clear();
            Set<Connection> others = new HashSet<>(connections);
            resting.forEach(session -> others.remove(session.connection()));
            inUse = List.copyOf(others);
        } finally {
            lock.unlock();
        }
        inUse.forEach(this::drop);
        quit(resting);
    }

    /** Ends all at once, those too that are being ended. */
    void cutOff() {
        List<Connection> all;
        lock.lock();
        try {
            closed = true;
            idle.clear();
            all = List.copyOf(connections);
        } finally {
            lock.unlock();
        }
        all.forEach(this::drop);
    }

    int idleCount() {
        lock.lock();
        try {
            return idle.size();
        } finally {
            lock.unlock();
        }
    }

    int openCount() {
        lock.lock();
        try {
            return connections.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says goodbye on all of them before it waits for the first to answer, so that they share one
     * wait (RFC 5321 §4.1.1.10). Writing does not block: the peer has answered all it was sent, so
     * it has read all of it.
     */
    private void quit(List<Session> sessions) {
        for (Session session : sessions) {
            try {
                if (session.connection().isQuiet()) {
                    session.connection().write("QUIT");
                    session.connection().flush();
                }
            } catch (SessionEndedException e) {
                session.connection().close();
            }
        }
        long deadline = System.nanoTime() + settings.timeouts().quit().toNanos();
        for (Session session : sessions) {
            try {
                if (!session.connection().isClosed()) {
                    Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
                    Reply reply = session.connection().reply("QUIT", left);
                    session.connection().endTls();
                    log.debug("{} answered QUIT with {}", session.server(), reply);
                }
            } catch (SessionEndedException e) {
                log.debug("{} did not answer QUIT: {}", session.server(), e.getMessage());
            } finally {
                drop(session.connection());
            }
        }
    }
}
