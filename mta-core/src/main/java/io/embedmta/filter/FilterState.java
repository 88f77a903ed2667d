package io.embedmta.filter;

import java.util.function.Supplier;

/**
 * A filter's own state for each transaction, since one instance of the filter serves all of them.
 * The key is thread-safe if its supplier is; the state is seen by one thread at a time.
 *
 * <pre>{@code
 * private final FilterState<SpfResult> spf = FilterState.of(SpfResult::none);
 * … tx.state(spf) …
 * }</pre>
 *
 * @param <T> the kind of state
 */
public final class FilterState<T> {
    private final Supplier<T> initial;

    private FilterState(Supplier<T> initial) {
        this.initial = initial;
    }

    /** A new kind of state, each transaction's made by the supplier. */
    public static <T> FilterState<T> of(Supplier<T> initial) {
        return new FilterState<>(initial);
    }

    /** The state a transaction begins with. */
    public T initial() {
        return initial.get();
    }
}
