package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.tls.StsPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much is kept. */
class PolicyCacheTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static KeptPolicy policy(int number, String line) {
        return new KeptPolicy(
                "d" + number + ".example",
                "1",
                NOW,
                new StsPolicy(
                        StsPolicy.Mode.ENFORCE,
                        List.of("mx.example"),
                        Duration.ofDays(7),
                        List.of(line)));
    }

    private static boolean has(PolicyCache cache, int number) {
        return cache.get("d" + number + ".example", NOW).isPresent();
    }

    @Test
    void manyPolicies_theOneNotAskedForForLongestGoes_I9() {
        PolicyCache cache = new PolicyCache(2, null);
        cache.put(policy(1, "a"), NOW);
        cache.put(policy(2, "a"), NOW);
        assertTrue(has(cache, 1));
        cache.put(policy(3, "a"), NOW);
        assertTrue(has(cache, 1) && has(cache, 3));
        assertFalse(has(cache, 2));
    }

    @Test
    void largePolicies_areBoundedByTheirTextInAll_I9() {
        PolicyCache cache = new PolicyCache(10_000, null);
        // One text for all of them: 64 KiB each, as they count, and 16 MiB is the bound.
        String line = "x".repeat(64 << 10);
        for (int i = 0; i < 300; i++) {
            cache.put(policy(i, line), NOW);
        }
        assertFalse(has(cache, 0) || has(cache, 40));
        assertTrue(has(cache, 60) && has(cache, 299));
    }

    /** A policy that is gone protects nobody from whoever has made it go. */
    @Test
    void largePolicies_driveOutNoSmallOnes_I9() {
        PolicyCache cache = new PolicyCache(10_000, null);
        cache.put(policy(1000, "mode: enforce"), NOW);
        String line = "x".repeat(64 << 10);
        for (int i = 0; i < 600; i++) {
            cache.put(policy(i, line), NOW);
        }
        assertTrue(has(cache, 1000));
    }
}
