package io.embedmta.testing;

import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What a fake server has taken, and the sessions that may bring more. Thread-safe. */
final class Mailroom {
    /** How many transcripts of sessions that are over are kept for the message of a failed wait. */
    private static final int LATE_SESSIONS = 5;

    private final int keep;
    private final KeptContents contents;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Received> mails = new ArrayList<>();
    private final Map<QueueId, SessionFacts> comingBy = new HashMap<>();
    private final Set<FakeSession> sessions = new HashSet<>();
    private final Deque<FakeSession> late = new ArrayDeque<>();
    private long changes;
    private boolean closed;

    /**
     * @param keep how many messages to keep; the oldest goes for one more
     * @param contents what they say, which goes with them
     */
    Mailroom(int keep, KeptContents contents) {
        this.keep = keep;
        this.contents = contents;
    }

    void began(FakeSession session) {
        locked(() -> sessions.add(session));
    }

    void ended(FakeSession session) {
        locked(
                () -> {
                    sessions.remove(session);
                    late.addLast(session);
                    if (late.size() > LATE_SESSIONS) {
                        late.removeFirst();
                    }
                });
    }

    /** A message is coming, and may be taken or not. */
    void comes(QueueId id, SessionFacts by) {
        locked(() -> comingBy.put(id, by));
    }

    void take(QueueId id, Instant at, Envelope envelope, Content content) {
        locked(
                () -> {
                    SessionFacts by = comingBy.remove(id);
                    if (mails.size() == keep) {
                        contents.drop(mails.remove(0).id());
                    }
                    mails.add(
                            new Received(
                                    id,
                                    at,
                                    envelope,
                                    content,
                                    by == null ? SessionFacts.NONE : by));
                });
    }

    /** What came before is not for the next test. */
    void forget() {
        locked(
                () -> {
                    mails.forEach(mail -> contents.drop(mail.id()));
                    mails.clear();
                    late.clear();
                });
    }

    void close() {
        locked(() -> closed = true);
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    List<Received> mails() {
        lock.lock();
        try {
            return List.copyOf(mails);
        } finally {
            lock.unlock();
        }
    }

    /** Whether all sessions are at rest. */
    boolean isQuiet() {
        lock.lock();
        try {
            return sessions.stream().allMatch(FakeSession::isAtRest);
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** The last lines of the sessions that were heard last. */
    List<String> lastLines(int lines) {
        lock.lock();
        try {
            List<String> all =
                    Stream.concat(late.stream(), sessions.stream())
                            .flatMap(session -> session.transcript().stream())
                            .toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for something, and looks whenever something happens.
     *
     * @param condition asked without the lock
     * @param look how often to look at least, for what time alone changes
     * @return false if the time is up, or the server closed
     */
    boolean await(Duration timeout, Duration look, BooleanSupplier condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        long seen;
        do {
            seen = changes();
            if (condition.getAsBoolean()) {
                return true;
            }
        } while (awaitChange(deadline, seen, look));
        return condition.getAsBoolean();
    }

    private long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /** False if the time is up, or it is closed, or the thread is interrupted. */
    private boolean awaitChange(long deadline, long seen, Duration look) {
        lock.lock();
        try {
            long left = Math.min(deadline - System.nanoTime(), look.toNanos());
            while (changes == seen && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !closed && deadline - System.nanoTime() > 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Lets real time pass, on a session's thread; ends early if the server closes. */
    void pause(Duration duration) {
        lock.lock();
        try {
            long left = duration.toNanos();
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
