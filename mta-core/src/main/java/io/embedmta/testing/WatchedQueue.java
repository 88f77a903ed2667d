package io.embedmta.testing;

import io.embedmta.message.Content;
import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseLostException;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.queue.Notice;
import io.embedmta.queue.Order;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.Settlement;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A queue in memory that knows when all that is due has been dealt with. Thread-safe. */
final class WatchedQueue implements MailQueue {
    /** How often to look at least: a clock that moves tells nobody here. */
    private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();

    private final MemoryQueue queue = MemoryQueue.create();
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int leases;

    WatchedQueue(Clock clock) {
        this.clock = clock;
    }

    /**
     * Waits until nothing is due and nothing is under way.
     *
     * @return false if the time is up, or the thread is interrupted
     */
    boolean awaitIdle(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (leases > 0 || isWorkDue()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                changed.awaitNanos(Math.min(left, LOOK_NANOS));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean isWorkDue() {
        return queue.nextDue().filter(due -> !due.isAfter(clock.instant())).isPresent();
    }

    @Override
    public void start(Runnable workAdded) {
        queue.start(workAdded);
    }

    @Override
    public MailWriter begin(QueueId id) throws IOException {
        return queue.begin(id);
    }

    @Override
    public Optional<Lease> lease(LeaseRequest request) throws IOException {
        // Counted before it is handed out, so that it never seems to be neither due nor under way.
        count(1);
        boolean given = false;
        try {
            Optional<Lease> lease = queue.lease(request);
            given = lease.isPresent();
            return lease.map(WatchedLease::new);
        } finally {
            if (!given) {
                count(-1);
            }
        }
    }

    private void count(int more) {
        lock.lock();
        try {
            leases += more;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Instant> nextDue() {
        return queue.nextDue();
    }

    @Override
    public long size() {
        return queue.size();
    }

    @Override
    public void close() {
        queue.close();
    }

    /** Tells of its end. For one thread, as any lease. */
    private final class WatchedLease implements Lease {
        private final Lease lease;
        private boolean over;

        WatchedLease(Lease lease) {
            this.lease = lease;
        }

        @Override
        public QueueId id() {
            return lease.id();
        }

        @Override
        public Destination destination() {
            return lease.destination();
        }

        @Override
        public Instant arrival() {
            return lease.arrival();
        }

        @Override
        public Envelope envelope() {
            return lease.envelope();
        }

        @Override
        public List<PendingRecipient> work() {
            return lease.work();
        }

        @Override
        public Optional<Order> order() {
            return lease.order();
        }

        @Override
        public Content content() throws IOException {
            return lease.content();
        }

        @Override
        public void extend(Instant until) throws LeaseLostException {
            lease.extend(until);
        }

        @Override
        public MailWriter notice(QueueId id) throws IOException {
            return lease.notice(id);
        }

        @Override
        public void settle(List<Settlement> settlements, List<Notice> notices) throws IOException {
            lease.settle(settlements, notices);
        }

        @Override
        public void close() {
            lease.close();
            if (!over) {
                over = true;
                count(-1);
            }
        }
    }
}
