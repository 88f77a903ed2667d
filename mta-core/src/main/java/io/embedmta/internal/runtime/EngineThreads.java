package io.embedmta.internal.runtime;

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
public final class EngineThreads implements NamedExecutor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineThreads.class);

    /** Enough for a filter that parses; an idle session touches some 20 KiB of it. */
    private static final long STACK_OCTETS = 512 * 1024;

    /** The first version of Java that has virtual threads. */
    private static final int VIRTUAL = 21;

    private static final Duration KEEP_IDLE = Duration.ofSeconds(10);
    private static final Duration END = Duration.ofSeconds(5);

    private final ExecutorService executor;

    private EngineThreads(ExecutorService executor) {
        this.executor = executor;
    }

    /** The best kind of threads that this JVM has. */
    public static EngineThreads open() {
        // Not by trying: what is missing costs an exception for each engine.
        return new EngineThreads(
                Runtime.version().feature() >= VIRTUAL ? virtualThreads() : platformThreads());
    }

    private static ExecutorService virtualThreads() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            LOG.warn("Virtual threads cannot be had; platform threads it is.", e);
            return platformThreads();
        }
    }

    private static ExecutorService platformThreads() {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                KEEP_IDLE.toMillis(),
                TimeUnit.MILLISECONDS,
                new SynchronousQueue<>(),
                new PlatformThreads());
    }

    private static final class PlatformThreads implements ThreadFactory {
        private final AtomicLong numbers = new AtomicLong();

        @Override
        public Thread newThread(Runnable task) {
            Thread thread =
                    new Thread(null, task, "mta-" + numbers.incrementAndGet(), STACK_OCTETS);
            thread.setDaemon(true);
            return thread;
        }
    }

    /**
     * Runs a task on a thread that bears the name meanwhile.
     *
     * @throws RejectedExecutionException after {@link #close}, or if the system gives no more
     *     threads
     */
    @Override
    public void execute(String name, Runnable task) {
        try {
            executor.execute(new Named(name, task));
        } catch (OutOfMemoryError e) {
            // How the JVM says that it cannot start a thread. It must not end the thread that
            // asked: the one that accepts connections, or the scheduler (I8).
            throw new RejectedExecutionException("There is no thread for " + name + " now.", e);
        }
    }

    /** No lambda: the JVM would make code for it while an agent starts. */
    private record Named(String name, Runnable task) implements Runnable {
        @Override
        public void run() {
            Thread.currentThread().setName(name);
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.error("The task {} failed.", name, e);
            }
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
