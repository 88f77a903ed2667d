package io.embedmta.internal.delivery;

import io.embedmta.message.Destination;
import java.util.HashMap;
import java.util.Map;

/**
 * How many deliveries are under way, in all and to each destination. Guarded by the scheduler's
 * lock.
 */
final class DestinationGate {
    private final int maxInAll;
    private final int maxPerDestination;
    private final Map<Destination, Integer> underWay = new HashMap<>();
    private int inAll;

    DestinationGate(int maxInAll, int maxPerDestination) {
        this.maxInAll = maxInAll;
        this.maxPerDestination = maxPerDestination;
    }

    boolean hasRoom() {
        return inAll < maxInAll;
    }

    boolean hasRoom(Destination destination) {
        return underWay.getOrDefault(destination, 0) < maxPerDestination;
    }

    void enter(Destination destination) {
        inAll++;
        underWay.merge(destination, 1, Integer::sum);
    }

    void leave(Destination destination) {
        inAll--;
        underWay.computeIfPresent(destination, (key, count) -> count > 1 ? count - 1 : null);
    }

    boolean isEmpty() {
        return inAll == 0;
    }
}
