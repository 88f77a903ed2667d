package io.embedmta.internal.runtime;

import io.embedmta.event.MtaEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells observers, on one thread of their own and in order, so that they cannot slow down or break
 * the engine. If they fall too far behind, events are dropped and the log says how many;
 * completions of submissions are never dropped. The thread begins with the first of them, as most
 * fakes in tests never need it. Thread-safe.
 */
public final class Observers implements Consumer<MtaEvent>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);

    /** Events that wait to be told; each is a few hundred octets. */
    private static final int MAX_WAITING = 20_000;

    private static final long DRAIN_SECONDS = 2;

    private final List<Consumer<MtaEvent>> observers = new CopyOnWriteArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final NamedExecutor threads;
    private long dropped;
    private boolean closed;
    private boolean running;

    /** Nobody observes yet. */
    public Observers(NamedExecutor threads) {
        this.threads = threads;
    }

    /** Tells an observer of events of that kind from now on. */
    public <E extends MtaEvent> void add(Class<E> kind, Consumer<? super E> observer) {
        observers.add(
                event -> {
                    if (kind.isInstance(event)) {
                        observer.accept(kind.cast(event));
                    }
                });
    }

    /** Has the event told soon. Never blocks on an observer. */
    @Override
    public void accept(MtaEvent event) {
        if (observers.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            if (waiting.size() >= MAX_WAITING) {
                dropped++;
                return;
            }
            enqueue(() -> tell(event));
        } finally {
            lock.unlock();
        }
    }

    /** Has a completion run soon, in its place among the events. Never dropped. */
    public void complete(Runnable completion) {
        lock.lock();
        try {
            enqueue(completion);
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(Runnable task) {
        waiting.add(task);
        changed.signalAll();
        if (!running && !closed) {
            begin();
        }
    }

    /** Under the lock. Without a thread now, the next task may find one; what waits is not lost. */
    private void begin() {
        try {
            threads.execute("mta-observers", this::run);
            running = true;
        } catch (RejectedExecutionException e) {
            LOG.warn("There is no thread to tell observers on now.", e);
        }
    }

    private void tell(MtaEvent event) {
        for (Consumer<MtaEvent> observer : observers) {
            try {
                observer.accept(event);
            } catch (RuntimeException | Error e) {
                LOG.error("An observer failed on {}.", event, e);
            }
        }
    }

    private void run() {
        try {
            while (true) {
                Runnable next = take();
                if (next == null) {
                    return;
                }
                try {
                    next.run();
                } catch (RuntimeException | Error e) {
                    LOG.error("A completion of a submission failed.", e);
                }
            }
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

    /** The next task; null once closed and empty. */
    private @Nullable Runnable take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.await();
            }
            if (dropped > 0) {
                LOG.warn("{} events were dropped, as an observer is too slow.", dropped);
                dropped = 0;
            }
            return waiting.poll();
        } catch (InterruptedException e) {
            return null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells what waits, within a bound, and stops. Where there was never a thread to tell on, it is
     * told by the caller, without a bound.
     */
    @Override
    public void close() {
        if (endThread()) {
            run();
        }
    }

    /** Returns whether something waits that no thread tells. */
    private boolean endThread() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            long left = TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
            while (running && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !running && !waiting.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
