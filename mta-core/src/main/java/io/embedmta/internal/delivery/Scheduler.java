package io.embedmta.internal.delivery;

import io.embedmta.internal.client.SmtpClient;
import io.embedmta.internal.runtime.LateRandom;
import io.embedmta.internal.runtime.NamedExecutor;
import io.embedmta.message.Destination;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes due work from the queue, as much as there is room for, and has it delivered, each lease on
 * a thread of its own. Owns the leases under way and the client. Thread-safe.
 */
final class Scheduler {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    /**
     * How long a lease runs before it is extended; long after a node dies, another takes its work.
     */
    private static final Duration LEASE = Duration.ofMinutes(30);

    /** How long to leave a failing queue alone. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** How often leases are extended and kept connections looked after, at least. */
    private static final Duration ROUND = Duration.ofSeconds(15);

    /** Some more than the client's timeout for QUIT. */
    private static final Duration GOODBYE = Duration.ofSeconds(3);

    private final DeliveryParts parts;
    private final MailQueue queue;
    private final NamedExecutor threads;
    private final Clock clock;
    private final String owner;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final DestinationGate gate;
    private final HeldLeases underWay = new HeldLeases();

    /** Made by the scheduler's thread, under the lock; null until there is something to deliver. */
    private @Nullable Deliverer deliverer;

    private boolean workMayBeDue = true;
    private boolean stopping;
    private boolean running;
    private Instant lastRound;

    /** By the scheduler's thread alone: up to when what is due was asked for. */
    private Instant lastAsked = Instant.MIN;

    private long lastReap = System.nanoTime();

    /** A scheduler that {@link #start} sets to work. */
    Scheduler(DeliveryParts parts, MailQueue queue, NamedExecutor threads) {
        DeliverySettings settings = parts.settings();
        this.parts = parts;
        this.queue = queue;
        this.threads = threads;
        this.clock = parts.clock();
        this.owner = settings.hostname().text();
        this.gate =
                new DestinationGate(
                        settings.maxDeliveries(),
                        settings.maxPerDestination(),
                        DestinationGate.pauseWithin(settings.schedule()));
        this.lastRound = clock.instant();
    }

    /**
     * Begins to deliver.
     *
     * @throws RejectedExecutionException if there is no thread for it
     */
    void start() {
        running = true;
        threads.execute("mta-scheduler", this::run);
    }

    /** There may be work that was not due before: a message came in, or the clock was moved. */
    void wake() {
        lock.lock();
        try {
            callForWork();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. One call is enough until it is heard. */
    private void callForWork() {
        if (!workMayBeDue) {
            workMayBeDue = true;
            changed.signalAll();
        }
    }

    private void run() {
        try {
            if (parts.random() instanceof LateRandom late) {
                late.prepare();
            }
            while (awaitRoomAndWork()) {
                try {
                    startWhatIsDue();
                } catch (IOException | RuntimeException | Error e) {
                    // I8: whatever the queue or the system does, the next round may go better.
                    LOG.error("No work could be taken from the queue; it is asked again soon.", e);
                    pause();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The scheduler was interrupted to stop.");
        } finally {
            lock.lock();
            try {
                running = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Returns false once it is time to stop. */
    private boolean awaitRoomAndWork() throws InterruptedException {
        Duration untilDue = untilNextDue();
        lock.lock();
        try {
            long left = untilDue.toNanos();
            while (!stopping && left > 0 && !(workMayBeDue && gate.hasRoom())) {
                left = changed.awaitNanos(left);
            }
            workMayBeDue = false;
            return !stopping;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Until when to sleep without a call. Work that was due when the queue was last asked, but has
     * no room, waits for a delivery to end, which is such a call.
     */
    private Duration untilNextDue() {
        Instant now = clock.instant();
        Optional<Instant> due = nextDue();
        if (due.isEmpty()) {
            return ROUND;
        }
        Duration left = Duration.between(now, due.get());
        if (!left.isNegative() && !left.isZero()) {
            return left.compareTo(ROUND) < 0 ? left : ROUND;
        }
        boolean dueSinceAsked = due.get().isAfter(lastAsked);
        return dueSinceAsked && hasRoom() ? Duration.ZERO : ROUND;
    }

    /** A queue that cannot say is asked for work in the next round (I8). */
    private Optional<Instant> nextDue() {
        try {
            return Objects.requireNonNull(queue.nextDue(), "The queue gave no instant.");
        } catch (RuntimeException | Error e) {
            LOG.error("The queue did not say when work is due.", e);
            return Optional.empty();
        }
    }

    /**
     * Leases are extended and handed out by the same instant: a clock that jumps, or a machine that
     * wakes from sleep, must not make a lease run out whose delivery is under way.
     */
    private void startWhatIsDue() throws IOException, InterruptedException {
        while (true) {
            Instant now = clock.instant();
            if (!now.isBefore(lastRound.plus(ROUND))) {
                lastRound = now;
                underWay.extend(now.plus(LEASE));
                forgetPauses(now);
            }
            lookAfterConnections();
            if (!hasRoom()) {
                return;
            }
            lastAsked = now;
            Optional<Lease> lease =
                    queue.lease(
                            new LeaseRequest(
                                    owner,
                                    now,
                                    now.plus(LEASE),
                                    destination -> hasRoomFor(destination, now)));
            if (lease.isEmpty()) {
                return;
            }
            if (!begin(lease.get(), now)) {
                pause();
                return;
            }
        }
    }

    private boolean hasRoom() {
        lock.lock();
        try {
            return gate.hasRoom() && !stopping;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoomFor(Destination destination, Instant now) {
        lock.lock();
        try {
            return gate.hasRoom(destination, now);
        } finally {
            lock.unlock();
        }
    }

    private void forgetPauses(Instant now) {
        lock.lock();
        try {
            gate.forgetPauses(now);
        } finally {
            lock.unlock();
        }
    }

    /** Returns false if there is no thread for it now; the work is back in its line then. */
    private boolean begin(Lease lease, Instant now) {
        boolean begun = false;
        Optional<Reply> whyPutOff = enter(lease, now);
        try {
            Deliverer by = deliverer();
            if (by != null) {
                threads.execute("mta-delivery-" + lease.id(), () -> work(lease, by, whyPutOff));
                begun = true;
            }
        } catch (RejectedExecutionException e) {
            LOG.warn("{}: no thread for a delivery; it is tried again soon", lease.id(), e);
        } finally {
            if (!begun) {
                ended(lease);
                lease.close();
            }
        }
        return begun;
    }

    private Optional<Reply> enter(Lease lease, Instant now) {
        lock.lock();
        try {
            underWay.add(lease);
            return gate.enter(lease.destination(), now);
        } finally {
            lock.unlock();
        }
    }

    /** Null if there is none yet, once it is time to stop: it would never be cut off. */
    private @Nullable Deliverer deliverer() {
        lock.lock();
        try {
            if (deliverer == null && !stopping) {
                deliverer = new Deliverer(parts);
            }
            return deliverer;
        } finally {
            lock.unlock();
        }
    }

    private void work(Lease lease, Deliverer by, Optional<Reply> whyPutOff) {
        try {
            if (lease.order().isPresent()) {
                // What an operator has ordered needs no server, and tells nothing of one.
                by.deliver(lease);
            } else if (whyPutOff.isPresent()) {
                by.putOff(lease, whyPutOff.get());
            } else {
                learn(lease.destination(), by.deliver(lease));
            }
        } catch (RuntimeException | Error e) {
            // I8: the lease is left to run out, then the work is tried again.
            LOG.error("{}: the delivery failed", lease.id(), e);
        } finally {
            ended(lease);
        }
    }

    private void learn(Destination destination, Optional<Reply> silence) {
        Instant now = clock.instant();
        lock.lock();
        try {
            boolean wasFull = !gate.hasRoom(destination, now);
            if (silence.isPresent()) {
                gate.unanswered(destination, silence.get(), now);
            } else {
                gate.answered(destination);
            }
            if (wasFull) {
                callForWork();
            }
        } finally {
            lock.unlock();
        }
    }

    private void ended(Lease lease) {
        Instant now = clock.instant();
        lock.lock();
        try {
            boolean wasFull = !gate.hasRoom() || !gate.hasRoom(lease.destination(), now);
            gate.leave(lease.destination());
            underWay.remove(lease);
            if (wasFull) {
                // Work may have been passed over for want of room; nothing else is waiting for us.
                // A call that came while there was none has not been heard, so call again.
                workMayBeDue = true;
                changed.signalAll();
            }
            if (stopping) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * By real time, as peers stall in real time; and on a thread of its own, as a server may take
     * its time to answer QUIT.
     */
    private void lookAfterConnections() {
        long now = System.nanoTime();
        if (now - lastReap >= ROUND.toNanos()) {
            lastReap = now;
            Deliverer made = deliverer;
            if (made != null) {
                threads.execute("mta-reaper", made.client()::reap);
            }
        }
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            long left = PAUSE.toNanos();
            while (left > 0 && !stopping) {
                left = changed.awaitNanos(left);
            }
            // What was due before is due still.
            workMayBeDue = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes no new work, lets the deliveries under way end within the grace period, then drops
     * their connections, so that they end and their work stays as it was.
     */
    void stop(Duration grace) {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean ended = awaitEnd(grace);
        Deliverer made = deliverer();
        if (made != null) {
            made.cutOff();
            close(made.client());
        }
        if (!ended) {
            awaitEnd(Duration.ofSeconds(2));
        }
    }

    /** Nothing is lost by a QUIT cut short, and a server that takes no data must not hold us. */
    private void close(SmtpClient client) {
        CountDownLatch closed = new CountDownLatch(1);
        try {
            threads.execute(
                    "mta-goodbye",
                    () -> {
                        client.close();
                        closed.countDown();
                    });
            if (closed.await(GOODBYE.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("There is no thread to say goodbye to servers on.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.cutOff();
    }

    private boolean awaitEnd(Duration limit) {
        lock.lock();
        try {
            long left = limit.toNanos();
            while ((running || !gate.isEmpty()) && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !running && gate.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
