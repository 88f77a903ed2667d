package io.embedmta.resolver;

import java.time.Duration;
import java.util.List;

/**
 * What became of a look-up. A failure is never an empty list, and an answer is never an exception.
 *
 * @param <T> the kind of record
 */
public sealed interface DnsAnswer<T> {

    /**
     * There are records.
     *
     * @param records one or more, in no particular order
     * @param ttl the shortest time to live among them, zero or more
     * @param authenticated whether DNSSEC vouches for them, as far as the resolver is trusted
     */
    record Found<T>(List<T> records, Duration ttl, boolean authenticated) implements DnsAnswer<T> {
        /** Checks that there are records. */
        public Found {
            records = List.copyOf(records);
            if (records.isEmpty()) {
                throw new IllegalArgumentException("An answer without records is NoData.");
            }
        }
    }

    /**
     * The name exists, but has no record of the kind.
     *
     * @param authenticated whether DNSSEC vouches for that
     */
    record NoData<T>(boolean authenticated) implements DnsAnswer<T> {}

    /**
     * There is no such name.
     *
     * @param authenticated whether DNSSEC vouches for that
     */
    record NoSuchName<T>(boolean authenticated) implements DnsAnswer<T> {}

    /**
     * Nobody knows now: a time-out, a server failure, a bogus signature.
     *
     * @param reason for the log and the sender, in one phrase
     */
    record TemporaryFailure<T>(String reason) implements DnsAnswer<T> {}

    /** Records without DNSSEC. */
    static <T> DnsAnswer<T> found(List<T> records, Duration ttl) {
        return new Found<>(records, ttl, false);
    }
}
