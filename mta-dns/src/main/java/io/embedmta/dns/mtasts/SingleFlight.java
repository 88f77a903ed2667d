package io.embedmta.dns.mtasts;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Has work done once for all who want it at the same time, by the first of them and on its thread.
 * Work under different keys does not wait for each other. Thread-safe.
 *
 * @param <T> what the work results in
 */
final class SingleFlight<T> {
    private static final long MAX_WAIT_MINUTES = 15;

    private final Map<String, CompletableFuture<T>> flights = new ConcurrentHashMap<>();

    /** Whether someone does that work now. */
    boolean isUnderWay(String key) {
        return flights.containsKey(key);
    }

    /**
     * The result of that work, done here or by another.
     *
     * @throws IllegalStateException if the other failed, or takes too long
     */
    T get(String key, Supplier<T> work) {
        CompletableFuture<T> mine = new CompletableFuture<>();
        CompletableFuture<T> other = flights.putIfAbsent(key, mine);
        return other != null ? await(other) : fly(key, work, mine);
    }

    private T fly(String key, Supplier<T> work, CompletableFuture<T> flight) {
        try {
            T result = work.get();
            flight.complete(result);
            return result;
        } catch (RuntimeException | Error e) {
            flight.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(key);
        }
    }

    private static <T> T await(CompletableFuture<T> flight) {
        try {
            return flight.get(MAX_WAIT_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("another thread could not find it out", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
