package io.embedmta.testing;

import io.embedmta.internal.session.SessionScript.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** How much of a connection a client gets. For the session's thread. */
sealed interface Ration {

    /** How many octets may pass at once, one or more. */
    int most(int wanted);

    /** So many octets have passed. */
    void passed(int octets, boolean incoming) throws IOException;

    /** Octets in a second, both ways together. */
    record Rate(int octetsPerSecond, Consumer<Duration> pause) implements Ration {
        /** Parts small enough for a client to see them come. */
        private static final int PARTS = 20;

        @Override
        public int most(int wanted) {
            return Math.max(1, Math.min(wanted, octetsPerSecond / PARTS));
        }

        @Override
        public void passed(int octets, boolean incoming) {
            pause.accept(Duration.ofNanos(1_000_000_000L * octets / octetsPerSecond));
        }
    }

    /** So many octets of the client's, and then the end. */
    final class Limit implements Ration {
        private final Wire wire;
        private long left;

        Limit(long octets, Wire wire) {
            this.left = octets;
            this.wire = wire;
        }

        @Override
        public int most(int wanted) {
            return (int) Math.max(1, Math.min(wanted, left));
        }

        @Override
        public void passed(int octets, boolean incoming) throws IOException {
            if (!incoming) {
                return;
            }
            left -= octets;
            if (left <= 0) {
                wire.close();
                throw new EOFException("A rule closed the connection.");
            }
        }
    }
}
