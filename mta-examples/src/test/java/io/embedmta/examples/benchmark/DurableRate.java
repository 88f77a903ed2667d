package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * How many messages a second are accepted into a queue on disk, and relayed through it: ours beside
 * Postfix, each with the syncs of its defaults, and GreenMail, which keeps them in memory. All are
 * there all the time and are measured in turn.
 */
final class DurableRate {
    private static final String MTA = "Embedded MTA, durable";
    private static final String POSTFIX = "Postfix";
    private static final String GREENMAIL = "GreenMail, in memory";

    private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 5);
    private static final Duration ROUND = Duration.ofMillis(1500);

    /** Not measured: the first messages of a kind are slower than the others. */
    private static final Duration FIRST_ROUND = Duration.ofMillis(300);

    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final byte[] SMALL = Client.message(4 << 10);
    private static final byte[] LARGE = Client.message(100 << 10);

    private final PrintStream out;
    private final Sink sink;
    private final ServerProcess ours;
    private final Map<String, Server> holding = new LinkedHashMap<>();
    private final Map<String, Server> relaying = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private DurableRate(PrintStream out, Sink sink, ServerProcess ours) {
        this.out = out;
        this.sink = sink;
        this.ours = ours;
    }

    static void measure(PrintStream out) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("durable");
        ServerProcess ours = ServerProcess.durable(directory.resolve("hold"), "hold");
        DurableRate rate = new DurableRate(out, new Sink(), ours);
        try {
            rate.start(directory);
            rate.measure();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("A round failed.", e);
        } finally {
            rate.threads.shutdownNow();
            rate.holding.values().forEach(Server::close);
            rate.relaying.values().forEach(Server::close);
            delete(directory);
        }
    }

    private void start(Path directory) throws IOException {
        String port = Integer.toString(sink.port());
        holding.put(MTA, ours);
        relaying.put(MTA, ServerProcess.durable(directory.resolve("relay"), port));
        if (PostfixProcess.whyMissing().isEmpty()) {
            letPostfixIn(directory);
            holding.put(POSTFIX, PostfixProcess.holding(directory.resolve("postfix-hold")));
            relaying.put(
                    POSTFIX,
                    PostfixProcess.relayingTo(sink.port(), directory.resolve("postfix-relay")));
        } else {
            out.printf("%nWithout Postfix: %s.%n", PostfixProcess.whyMissing().get());
        }
        holding.put(GREENMAIL, ServerProcess.start(Contender.GREENMAIL, 1000));
    }

    /** A temporary directory is its owner's alone, and Postfix's processes are not all root. */
    private static void letPostfixIn(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void measure()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Load kept = new KeptSessions(threads, SMALL);
        for (Server server : holding.values()) {
            kept.run(server, 10, WARM_UP);
            server.settle();
        }
        for (Server server : relaying.values()) {
            relayed(server, kept, 10, WARM_UP);
        }
        for (int sessions : new int[] {1, 10, 50}) {
            accept("accepted, " + sessions + " sessions", kept, sessions);
        }
        for (int sessions : new int[] {10, 50}) {
            relay("accepted and relayed, " + sessions + " sessions", kept, sessions);
        }
        accept("100 KiB accepted, 10 sessions", new KeptSessions(threads, LARGE), 10);
        accept("a connection for each, 10 sessions", new NewSessions(threads, SMALL), 10);
        if (PostfixProcess.whyMissing().isEmpty()) {
            for (int sessions : new int[] {10, 50}) {
                accept("accepted from smtp-source, " + sessions, new SmtpSource(), sessions);
            }
        }
        syncs(kept);
    }

    private void accept(String what, Load load, int sessions)
            throws IOException, InterruptedException, ExecutionException {
        Table table = new Table();
        for (Server server : holding.values()) {
            load.run(server, sessions, FIRST_ROUND);
            server.settle();
        }
        for (int i = 0; i < ROUNDS; i++) {
            for (Map.Entry<String, Server> entry : holding.entrySet()) {
                Server server = entry.getValue();
                Duration before = server.processorTime();
                long begin = System.nanoTime();
                long messages = load.run(server, sessions, ROUND);
                Duration time = Duration.ofNanos(System.nanoTime() - begin);
                table.add(entry.getKey(), messages, time, server.processorTime().minus(before));
                server.settle();
            }
        }
        table.print(out, what);
    }

    private void relay(String what, Load load, int sessions)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Table table = new Table();
        for (int i = 0; i < ROUNDS; i++) {
            for (Map.Entry<String, Server> entry : relaying.entrySet()) {
                Server server = entry.getValue();
                Duration before = server.processorTime();
                long begin = System.nanoTime();
                long messages = relayed(server, load, sessions, ROUND);
                Duration time = Duration.ofNanos(System.nanoTime() - begin);
                table.add(entry.getKey(), messages, time, server.processorTime().minus(before));
            }
        }
        table.print(out, what);
    }

    /** Until all have come to the sink and the queue is empty. */
    private long relayed(Server server, Load load, int sessions, Duration length)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        long before = sink.messages();
        long messages = load.run(server, sessions, length);
        sink.await(before + messages);
        return messages;
    }

    private void syncs(Load load) throws IOException, InterruptedException, ExecutionException {
        Figures figures = new Figures();
        for (int i = 0; i < ROUNDS; i++) {
            ours.countSyncs();
            long messages = load.run(ours, 50, ROUND);
            figures.add(ours.countedSyncs() / (double) messages);
            ours.settle();
        }
        out.printf("%nOur syncs for each message, 50 sessions: %s%n", figures.text(3));
    }

    private static void delete(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(files::add);
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }

    /** What one server came to. */
    private record Row(Figures rate, Figures micros) {}

    /** One comparison; ours was added first. */
    private static final class Table {
        private final Map<String, Row> rows = new LinkedHashMap<>();

        void add(String server, long messages, Duration time, Duration processorTime) {
            Row row = rows.computeIfAbsent(server, key -> new Row(new Figures(), new Figures()));
            row.rate.add(messages / (time.toNanos() / 1e9));
            row.micros.add(processorTime.toNanos() / 1e3 / messages);
        }

        void print(PrintStream out, String what) {
            out.printf("%nMessages %s, median (least-most) of %d rounds%n%n", what, ROUNDS);
            out.println(
                    "| server | messages a second | its µs of processor for each | ours, of its rate | of its processor time |");
            out.println("|---|---|---|---|---|");
            Row ours = rows.values().iterator().next();
            rows.forEach(
                    (server, row) ->
                            out.printf(
                                    "| %s | %s | %s | %.1f | %.2f |%n",
                                    server,
                                    row.rate.text(0),
                                    row.micros.text(0),
                                    ours.rate.median() / row.rate.median(),
                                    ours.micros.median() / row.micros.median()));
        }
    }
}
