package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How many messages of 4 KiB a second a server answers with 250, over kept connections. All servers
 * are there all the time and are measured in turn, so that whatever else the machine does hits all
 * of them. The processor time that a server spent for a message is given as well: it says the same
 * with less noise, and without the client's share.
 */
final class AcceptRate {
    private static final int[] SESSIONS = {1, 10, 50};
    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 9);

    private AcceptRate() {}

    /** How a client sends one message. */
    @FunctionalInterface
    private interface Sender {
        void send(Client client) throws IOException;
    }

    /** What one round came to. */
    private record Round(long messages, Duration time, Duration processorTime) {}

    private record Row(Figures rate, Figures micros) {}

    static void measure(PrintStream out) throws IOException, InterruptedException {
        Map<Contender, ServerProcess> servers = new EnumMap<>(Contender.class);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            for (Contender contender : Contender.inPlainText()) {
                servers.put(contender, ServerProcess.start(contender, 1000));
            }
            Map<Contender, ServerProcess> pipelining = new EnumMap<>(servers);
            pipelining.keySet().removeIf(contender -> !contender.pipelines());
            for (ServerProcess server : servers.values()) {
                run(server, threads, 10, Client::sendOneByOne, WARM_UP);
            }
            for (ServerProcess server : pipelining.values()) {
                run(server, threads, 10, Client::sendPipelined, WARM_UP);
            }
            for (int sessions : SESSIONS) {
                compare(out, servers, threads, sessions, "one by one", Client::sendOneByOne);
                compare(out, pipelining, threads, sessions, "pipelined", Client::sendPipelined);
            }
        } finally {
            threads.shutdownNow();
            servers.values().forEach(ServerProcess::close);
        }
    }

    private static void compare(
            PrintStream out,
            Map<Contender, ServerProcess> servers,
            ExecutorService threads,
            int sessions,
            String style,
            Sender sender)
            throws IOException, InterruptedException {
        Map<Contender, Row> rows = new EnumMap<>(Contender.class);
        for (int i = 0; i < ROUNDS; i++) {
            for (Map.Entry<Contender, ServerProcess> entry : servers.entrySet()) {
                Round round = run(entry.getValue(), threads, sessions, sender, ROUND);
                Row row =
                        rows.computeIfAbsent(
                                entry.getKey(), key -> new Row(new Figures(), new Figures()));
                row.rate.add(round.messages / (round.time.toNanos() / 1e9));
                row.micros.add(round.processorTime.toNanos() / 1e3 / round.messages);
            }
        }
        out.printf(
                "%nMessages a second, %d sessions, commands %s, median (least-most) of %d rounds%n%n",
                sessions, style, ROUNDS);
        out.println("| server | messages a second | server's µs of processor for each |");
        out.println("|---|---|---|");
        rows.forEach(
                (contender, row) ->
                        out.printf(
                                "| %s | %s | %s |%n",
                                contender.label(), row.rate.text(0), row.micros.text(0)));
    }

    private static Round run(
            ServerProcess server,
            ExecutorService threads,
            int sessions,
            Sender sender,
            Duration length)
            throws IOException, InterruptedException {
        List<Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < sessions; i++) {
                clients.add(new Client(1, server.port()));
            }
            Duration processorBefore = server.processorTime();
            long begin = System.nanoTime();
            long end = begin + length.toNanos();
            List<Callable<Long>> tasks = new ArrayList<>();
            for (Client client : clients) {
                tasks.add(() -> sendUntil(end, client, sender));
            }
            long messages = 0;
            for (Future<Long> sent : threads.invokeAll(tasks)) {
                messages += sent.get();
            }
            Duration time = Duration.ofNanos(System.nanoTime() - begin);
            Duration processorTime = server.processorTime().minus(processorBefore);
            server.settle();
            return new Round(messages, time, processorTime);
        } catch (ExecutionException e) {
            throw new IOException("A client failed.", e);
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }

    private static long sendUntil(long end, Client client, Sender sender) throws IOException {
        long sent = 0;
        while (System.nanoTime() - end < 0) {
            sender.send(client);
            sent++;
        }
        return sent;
    }
}
