package io.embedmta.internal.intake;

import io.embedmta.filter.FilterState;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** What filters keep for one transaction. Made when the first of them asks. For one thread. */
public final class FilterStates {
    private @Nullable IdentityHashMap<FilterState<?>, Object> states;

    /** No state yet. */
    public FilterStates() {}

    /** The state of that kind. */
    @SuppressWarnings("unchecked") // A key maps to what it made itself.
    public <T> T get(FilterState<T> key) {
        if (states == null) {
            states = new IdentityHashMap<>();
        }
        return (T) states.computeIfAbsent(key, FilterState::initial);
    }
}
