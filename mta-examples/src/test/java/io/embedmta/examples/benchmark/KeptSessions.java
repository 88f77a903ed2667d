package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Message after message on the same connections, command by command. */
final class KeptSessions implements Load {
    private final ExecutorService threads;
    private final byte[] message;

    /**
     * @param message from {@link Client#message}
     */
    KeptSessions(ExecutorService threads, byte[] message) {
        this.threads = threads;
        this.message = message;
    }

    @Override
    public long run(Server server, int sessions, Duration length)
            throws IOException, InterruptedException, ExecutionException {
        List<Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < sessions; i++) {
                clients.add(new Client(1, server.port(), message));
            }
            long end = System.nanoTime() + length.toNanos();
            List<Callable<Long>> tasks = new ArrayList<>();
            for (Client client : clients) {
                tasks.add(() -> sendUntil(end, client));
            }
            long sum = 0;
            for (Future<Long> sent : threads.invokeAll(tasks)) {
                sum += sent.get();
            }
            return sum;
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }

    private static long sendUntil(long end, Client client) throws IOException {
        long sent = 0;
        while (System.nanoTime() - end < 0) {
            client.sendOneByOne();
            sent++;
        }
        return sent;
    }
}
