package io.embedmta.listener;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A way for mail to come in. The engine starts each listener once, when all else runs, and closes
 * it first.
 */
public interface Listener {

    /**
     * Binds on the caller's thread, then serves on threads of the engine.
     *
     * @throws IOException if an address cannot be bound; the message names address and port
     */
    RunningListener start(Engine engine) throws IOException;

    /** A listener that was started. Thread-safe. */
    interface RunningListener {

        /** The addresses bound, with their real ports. */
        List<InetSocketAddress> addresses();

        /**
         * Takes no new session, ends the idle ones, and lets running transactions end within the
         * grace period; then cuts the rest. Returns when no session is left. Idempotent.
         */
        void close(Duration grace);
    }
}
