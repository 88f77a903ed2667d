package io.embedmta.internal.runtime;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one engine: one for each session and each delivery. Virtual where the JVM has
 * them; else platform threads with a small stack, kept for the next task. How many there are is
 * bounded by those who ask for them: the limits on sessions and on deliveries. All of them are
 * daemons.
 */
public final class EngineThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineThreads.class);

    /** Enough for a filter that parses; an idle session touches some 20 KiB of it. */
    private static final long STACK_OCTETS = 512 * 1024;

    private static final Duration KEEP_IDLE = Duration.ofSeconds(10);
    private static final Duration END = Duration.ofSeconds(5);

    private final ExecutorService executor;

    private EngineThreads(ExecutorService executor) {
        this.executor = executor;
    }

    /** The best kind of threads that this JVM has. */
    public static EngineThreads open() {
        try {
            return new EngineThreads(
                    (ExecutorService)
                            Executors.class
                                    .getMethod("newVirtualThreadPerTaskExecutor")
                                    .invoke(null));
        } catch (NoSuchMethodException e) {
            LOG.debug("This JVM has no virtual threads; platform threads it is.");
        } catch (IllegalAccessException | InvocationTargetException e) {
            LOG.warn("Virtual threads cannot be had; platform threads it is.", e);
        }
        return new EngineThreads(platformThreads());
    }

    private static ExecutorService platformThreads() {
        AtomicLong numbers = new AtomicLong();
        ThreadFactory factory =
                task -> {
                    Thread thread =
                            new Thread(
                                    null, task, "mta-" + numbers.incrementAndGet(), STACK_OCTETS);
                    thread.setDaemon(true);
                    return thread;
                };
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                KEEP_IDLE.toMillis(),
                TimeUnit.MILLISECONDS,
                new SynchronousQueue<>(),
                factory);
    }

    /**
     * Runs a task on a thread that bears the name meanwhile.
     *
     * @throws RejectedExecutionException after {@link #close}, or if the system gives no more
     *     threads
     */
    public void execute(String name, Runnable task) {
        try {
            executor.execute(() -> run(name, task));
        } catch (OutOfMemoryError e) {
            // How the JVM says that it cannot start a thread. It must not end the thread that
            // asked: the one that accepts connections, or the scheduler (I8).
            throw new RejectedExecutionException("There is no thread for " + name + " now.", e);
        }
    }

    private static void run(String name, Runnable task) {
        Thread.currentThread().setName(name);
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("The task {} failed.", name, e);
        }
    }

    /** Interrupts what still runs, and waits for it to end. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.error("A thread of the engine did not end; a filter, store or queue may hang.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
