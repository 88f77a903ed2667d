package io.embedmta.dns.mtasts;

import io.embedmta.tls.StsPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Policies that were fetched and are valid still: a bounded number, and a bounded number of
 * characters in all. Of too many, the one that was asked for the longest time ago goes; of too many
 * characters, the longest, so that nobody drives out the others' with a few long ones. Its domain
 * is then as it was before its first mail. Thread-safe.
 */
final class PolicyCache {
    private static final long MAX_CHARACTERS = 16L << 20;

    private final int maxPolicies;
    private final @Nullable PolicyFiles files;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, KeptPolicy> policies = new LinkedHashMap<>(16, 0.75f, true);
    private long characters;
    private boolean loaded;

    /**
     * @param files null to keep them in memory alone
     */
    PolicyCache(int maxPolicies, @Nullable PolicyFiles files) {
        this.maxPolicies = maxPolicies;
        this.files = files;
    }

    Optional<KeptPolicy> get(String domain, Instant now) {
        lock.lock();
        try {
            load();
            return Optional.ofNullable(policies.get(domain)).filter(kept -> kept.isValid(now));
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a policy in place of an older one, and takes away what is no longer valid. */
    void put(KeptPolicy kept, Instant now) {
        List<String> gone = new ArrayList<>();
        lock.lock();
        try {
            load();
            KeptPolicy older = policies.put(kept.domain(), kept);
            characters += size(kept) - (older == null ? 0 : size(older));
            for (KeptPolicy each : List.copyOf(policies.values())) {
                if (!each.isValid(now)) {
                    remove(each, gone);
                }
            }
            if (policies.size() > maxPolicies) {
                remove(policies.values().iterator().next(), gone);
            }
            while (characters > MAX_CHARACTERS) {
                remove(longest(), gone);
            }
        } finally {
            lock.unlock();
        }
        if (files != null) {
            // Outside of the lock: a disk may take its time.
            gone.forEach(files::delete);
            if (!gone.contains(kept.domain())) {
                files.save(kept);
            }
        }
    }

    /** Of several, the one that was asked for the longest time ago. */
    private KeptPolicy longest() {
        return Collections.max(
                policies.values(), Comparator.comparingLong(each -> length(each.policy())));
    }

    private void remove(KeptPolicy kept, List<String> gone) {
        policies.remove(kept.domain());
        characters -= size(kept);
        gone.add(kept.domain());
    }

    private static long size(KeptPolicy kept) {
        return kept.domain().length() + length(kept.policy());
    }

    private static long length(StsPolicy policy) {
        return policy.lines().stream().mapToLong(String::length).sum();
    }

    /** Once, at the first question. */
    private void load() {
        if (files != null && !loaded) {
            for (KeptPolicy kept : files.load(maxPolicies)) {
                policies.put(kept.domain(), kept);
                characters += size(kept);
            }
        }
        loaded = true;
    }
}
