package io.embedmta.internal.delivery;

import io.embedmta.internal.runtime.NamedExecutor;
import io.embedmta.queue.MailQueue;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The half of an engine that delivers. It begins at the start, or, where the queue is a {@link
 * SoleQueue}, with the first work: most fakes of tests have little to deliver, and start in half
 * the time without. Owns the scheduler. Thread-safe.
 */
public final class Delivery implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final DeliveryParts parts;
    private final MailQueue queue;
    private final NamedExecutor threads;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Scheduler scheduler;
    private boolean stopped;

    /** Does nothing yet. */
    public Delivery(DeliveryParts parts, MailQueue queue, NamedExecutor threads) {
        this.parts = parts;
        this.queue = queue;
        this.threads = threads;
    }

    /**
     * Begins to deliver.
     *
     * @throws RejectedExecutionException if there is no thread for it
     */
    public void start() {
        if (!(queue instanceof SoleQueue)) {
            scheduler();
        }
    }

    /**
     * There may be work that was not due before: a message came in, or the clock was moved. Returns
     * at once, and never throws.
     */
    @Override
    public void run() {
        try {
            Scheduler begun = scheduler();
            if (begun != null) {
                begun.wake();
            }
        } catch (RejectedExecutionException e) {
            LOG.warn("There is no thread to deliver on now; the next message asks again.", e);
        }
    }

    /** Null after the stop, if there was none before. */
    private @Nullable Scheduler scheduler() {
        lock.lock();
        try {
            if (scheduler == null && !stopped) {
                Scheduler made = new Scheduler(parts, queue, threads);
                made.start();
                scheduler = made;
            }
            return scheduler;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes no new work, lets the deliveries under way end within the grace period, then drops
     * their connections, so that they end and their work stays as it was.
     */
    public void stop(Duration grace) {
        Scheduler begun;
        lock.lock();
        try {
            stopped = true;
            begun = scheduler;
        } finally {
            lock.unlock();
        }
        if (begun != null) {
            begun.stop(grace);
        }
    }
}
