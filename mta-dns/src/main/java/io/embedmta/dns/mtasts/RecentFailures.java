package io.embedmta.dns.mtasts;

import io.embedmta.tls.TlsFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Fetches that failed a short while ago, not to be tried again yet (RFC 8461 §3.3). Of a bounded
 * number of domains: beyond it, the oldest failure is forgotten. Thread-safe.
 */
final class RecentFailures {
    private static final Duration PAUSE = Duration.ofMinutes(5);
    private static final int MAX_DOMAINS = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Failed> failures = new LinkedHashMap<>();

    private record Failed(TlsFailure failure, Instant at) {}

    void add(String domain, TlsFailure failure, Instant now) {
        lock.lock();
        try {
            failures.remove(domain);
            failures.put(domain, new Failed(failure, now));
            if (failures.size() > MAX_DOMAINS) {
                failures.remove(failures.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    Optional<TlsFailure> get(String domain, Instant now) {
        lock.lock();
        try {
            Failed failed = failures.get(domain);
            if (failed != null && !now.isBefore(failed.at().plus(PAUSE))) {
                failures.remove(domain);
                failed = null;
            }
            return Optional.ofNullable(failed).map(Failed::failure);
        } finally {
            lock.unlock();
        }
    }
}
