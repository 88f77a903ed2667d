package io.embedmta.dns.mtasts;

import io.embedmta.message.MailDomain;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The policies that were fetched, in memory and, where there is one, in a directory. Thread-safe.
 */
final class PolicyCache {
    /** A policy takes a kilobyte or less; whoever has more domains to send to loses the oldest. */
    private static final int MAX_POLICIES = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<MailDomain, KnownPolicy> policies = new LinkedHashMap<>(16, 0.75f, true);
    private final PolicyStore store;
    private boolean read;

    PolicyCache(PolicyStore store) {
        this.store = store;
    }

    /** The policy of a domain, unless it has expired. */
    Optional<KnownPolicy> find(MailDomain domain, Instant now) {
        lock.lock();
        try {
            readOnce(now);
            KnownPolicy known = policies.get(domain);
            if (known != null && known.isExpired(now)) {
                policies.remove(domain);
                store.delete(domain);
                return Optional.empty();
            }
            return Optional.ofNullable(known);
        } finally {
            lock.unlock();
        }
    }

    void put(KnownPolicy policy) {
        lock.lock();
        try {
            policies.put(policy.domain(), policy);
            store.write(policy);
            if (policies.size() > MAX_POLICIES) {
                MailDomain oldest = policies.keySet().iterator().next();
                policies.remove(oldest);
                store.delete(oldest);
            }
        } finally {
            lock.unlock();
        }
    }

    /** With the first question, as the directory may not be there before the queue is open. */
    private void readOnce(Instant now) {
        if (!read) {
            read = true;
            for (KnownPolicy policy : store.readAll(MAX_POLICIES)) {
                if (policy.isExpired(now)) {
                    store.delete(policy.domain());
                } else {
                    policies.put(policy.domain(), policy);
                }
            }
        }
    }
}
