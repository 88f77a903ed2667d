package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.time.Duration;

/** A server that is measured, in processes of its own. For one thread. */
interface Server extends AutoCloseable {
    int port();

    /** Waits until the server has got rid of what it has taken. */
    void settle() throws IOException;

    /** The time that all its threads and processes have run so far. */
    Duration processorTime() throws IOException;

    /** Ends it. */
    @Override
    void close();
}
