package io.embedmta.queue;

import io.embedmta.message.Destination;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * A wish for work.
 *
 * @param owner who asks, for the log of a shared queue
 * @param now the time by which work must be due
 * @param until when the lease runs out unless it is extended; after {@code now}
 * @param wanted which destinations have room; must not call the queue
 */
public record LeaseRequest(
        String owner, Instant now, Instant until, Predicate<Destination> wanted) {

    /** Checks the times. */
    public LeaseRequest {
        if (!until.isAfter(now)) {
            throw new IllegalArgumentException("A lease runs out after it begins.");
        }
    }
}
