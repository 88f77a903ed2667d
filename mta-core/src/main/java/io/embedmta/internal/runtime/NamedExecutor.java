package io.embedmta.internal.runtime;

/** Runs a task on a thread of that name. Thread-safe. */
@FunctionalInterface
public interface NamedExecutor {
    /**
     * Starts the task.
     *
     * @throws java.util.concurrent.RejectedExecutionException if there is no thread for it
     */
    void execute(String name, Runnable task);
}
