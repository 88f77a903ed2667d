package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** Clients that send as fast as they are answered. */
interface Load {
    /** Sends for about so long, and gives how many messages got a 250. */
    long run(Server server, int sessions, Duration length)
            throws IOException, InterruptedException, ExecutionException;
}
