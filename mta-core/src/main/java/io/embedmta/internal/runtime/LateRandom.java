package io.embedmta.internal.runtime;

import java.security.SecureRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secure randomness that is set up when it is first asked for: the security providers would take a
 * good part of the time that an agent needs to start. Thread-safe.
 */
public final class LateRandom implements RandomGenerator {
    private static final Logger LOG = LoggerFactory.getLogger(LateRandom.class);

    /** Null for the system's. */
    private final @Nullable Supplier<RandomGenerator> source;

    private volatile @Nullable RandomGenerator random;

    /** Sets up nothing yet. */
    public LateRandom() {
        source = null;
    }

    /**
     * Sets up nothing yet.
     *
     * @param source makes a thread-safe generator; perhaps more than once
     */
    public LateRandom(Supplier<RandomGenerator> source) {
        this.source = source;
    }

    @Override
    public long nextLong() {
        RandomGenerator ready = random;
        if (ready == null) {
            // Two threads may each set one up; either is as good.
            ready = source == null ? new SecureRandom() : source.get();
            random = ready;
        }
        return ready.nextLong();
    }

    /**
     * Sets it up. The security providers read a file. If none can be opened when they are first
     * needed, as when clients have used up all descriptors, the JVM never tries to load them again,
     * and no message could be named until the process ends. Never throws.
     */
    public void prepare() {
        try {
            nextLong();
        } catch (RuntimeException | Error e) {
            LOG.error("Randomness cannot be had now; who needs it tries again.", e);
        }
    }
}
