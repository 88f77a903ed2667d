package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** A connection for each message, from EHLO to QUIT. */
final class NewSessions implements Load {
    private final ExecutorService threads;
    private final byte[] message;

    /**
     * @param message from {@link Client#message}
     */
    NewSessions(ExecutorService threads, byte[] message) {
        this.threads = threads;
        this.message = message;
    }

    @Override
    public long run(Server server, int sessions, Duration length)
            throws IOException, InterruptedException, ExecutionException {
        long end = System.nanoTime() + length.toNanos();
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 1; i <= sessions; i++) {
            // Addresses of their own, so that none runs out of ports.
            int machine = i;
            tasks.add(() -> sendUntil(end, machine, server.port()));
        }
        long sum = 0;
        for (Future<Long> sent : threads.invokeAll(tasks)) {
            sum += sent.get();
        }
        return sum;
    }

    private long sendUntil(long end, int machine, int port) throws IOException {
        long sent = 0;
        while (System.nanoTime() - end < 0) {
            try (Client client = new Client(machine, port, message)) {
                client.sendOneByOne();
                client.quit();
            }
            sent++;
        }
        return sent;
    }
}
