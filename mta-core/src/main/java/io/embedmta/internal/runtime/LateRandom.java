package io.embedmta.internal.runtime;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Secure randomness that is set up when it is first asked for: the security providers would take a
 * good part of the time that an agent needs to start. Thread-safe.
 */
public final class LateRandom implements RandomGenerator {
    private volatile @Nullable SecureRandom random;

    /** Sets up nothing yet. */
    public LateRandom() {}

    @Override
    public long nextLong() {
        SecureRandom ready = random;
        if (ready == null) {
            // Two threads may each set one up; either is as good.
            ready = new SecureRandom();
            random = ready;
        }
        return ready.nextLong();
    }
}
