package io.embedmta.internal.delivery;

import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseLostException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The leases whose deliveries are under way. Thread-safe. */
final class HeldLeases {
    private static final Logger LOG = LoggerFactory.getLogger(HeldLeases.class);

    private final Set<Lease> leases = ConcurrentHashMap.newKeySet();

    void add(Lease lease) {
        leases.add(lease);
    }

    void remove(Lease lease) {
        leases.remove(lease);
    }

    /** A delivery may take longer than a lease: each wait within it has its own limit. */
    void extend(Instant until) {
        for (Lease lease : leases) {
            try {
                lease.extend(until);
            } catch (LeaseLostException | RuntimeException e) {
                LOG.warn("{}: the lease could not be extended during its delivery", lease.id(), e);
            }
        }
    }
}
