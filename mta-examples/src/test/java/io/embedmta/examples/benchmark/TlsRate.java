package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * What TLS costs a server: messages a second over kept connections, and connections a second with a
 * message each, in plain text, with a full handshake, and with a session that is resumed. The
 * certificate has an EC key on P-256. Client and server share the processors, and a handshake costs
 * the client as much again.
 */
final class TlsRate {
    private static final int[] SESSIONS = {1, 10, 50};
    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 9);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ServerProcess plain;
    private final ServerProcess encrypted;

    /** One for each task, as the JDK uses a ticket of TLS 1.3 once. */
    private final Map<Integer, SSLContext> contexts = new ConcurrentHashMap<>();

    private TlsRate(ServerProcess plain, ServerProcess encrypted) {
        this.plain = plain;
        this.encrypted = encrypted;
    }

    /** Makes a client that has been greeted; the number is of the task, from 1. */
    @FunctionalInterface
    private interface Opener {
        Client open(int task) throws IOException;
    }

    /** A way to come to a server. */
    private record Way(ServerProcess server, Opener opener) {}

    /** Messages a second, and the server's processor time for each. */
    private record Row(Figures rate, Figures micros) {
        Row() {
            this(new Figures(), new Figures());
        }
    }

    static void measure(PrintStream out) throws IOException, InterruptedException {
        try (ServerProcess plain = ServerProcess.start(Contender.MTA_DISCARD, 1000);
                ServerProcess encrypted = ServerProcess.start(Contender.MTA_TLS, 1000)) {
            TlsRate rate = new TlsRate(plain, encrypted);
            try {
                rate.compare(out);
            } finally {
                rate.threads.shutdownNow();
            }
        }
    }

    /** The server is our own, so nobody has to vouch for it. */
    private static SSLContext trustingAnybody() {
        TrustManager anybody =
                new X509TrustManager() {
                    @Override
                    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

                    @Override
                    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

                    @Override
                    public X509Certificate[] getAcceptedIssuers() {
                        return new X509Certificate[0];
                    }
                };
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {anybody}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void compare(PrintStream out) throws IOException, InterruptedException {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("plain text", new Way(plain, task -> new Client(task, plain.port())));
        ways.put("TLS, full handshake", new Way(encrypted, task -> encryptedClient(task, false)));
        ways.put("TLS, resumed", new Way(encrypted, task -> encryptedClient(task, true)));
        for (Way way : ways.values()) {
            run(way, 10, WARM_UP, false);
            run(way, 10, WARM_UP, true);
        }
        compare(out, ways, 10, true);
        ways.remove("TLS, resumed");
        for (int sessions : SESSIONS) {
            compare(out, ways, sessions, false);
        }
    }

    private Client encryptedClient(int task, boolean resume) throws IOException {
        SSLContext context = contexts.computeIfAbsent(task, t -> trustingAnybody());
        return Client.overTls(task, encrypted.port(), context, resume);
    }

    private void compare(PrintStream out, Map<String, Way> ways, int tasks, boolean each)
            throws IOException, InterruptedException {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (int i = 0; i < ROUNDS; i++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                measure(
                        way.getValue(),
                        tasks,
                        each,
                        rows.computeIfAbsent(way.getKey(), k -> new Row()));
            }
        }
        out.printf(
                "%nMessages a second, %d at once, %s, median (least-most) of %d rounds%n%n",
                tasks, each ? "a connection for each" : "over kept connections", ROUNDS);
        out.println("| way | messages a second | server's µs of processor for each |");
        out.println("|---|---|---|");
        rows.forEach(
                (way, row) ->
                        out.printf(
                                "| %s | %s | %s |%n", way, row.rate.text(0), row.micros.text(0)));
    }

    private void measure(Way way, int tasks, boolean each, Row row)
            throws IOException, InterruptedException {
        Duration processorBefore = way.server.processorTime();
        long begin = System.nanoTime();
        long messages = run(way, tasks, ROUND, each);
        row.rate.add(messages / ((System.nanoTime() - begin) / 1e9));
        Duration processorTime = way.server.processorTime().minus(processorBefore);
        row.micros.add(processorTime.toNanos() / 1e3 / messages);
        way.server.settle();
    }

    private long run(Way way, int tasks, Duration length, boolean each)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        List<Callable<Long>> all = new ArrayList<>();
        for (int i = 1; i <= tasks; i++) {
            int task = i;
            all.add(() -> each ? oneForEach(way, task, end) : kept(way, task, end));
        }
        try {
            long messages = 0;
            for (Future<Long> sent : threads.invokeAll(all)) {
                messages += sent.get();
            }
            return messages;
        } catch (ExecutionException e) {
            throw new IOException("A client failed.", e);
        }
    }

    private static long kept(Way way, int task, long end) throws IOException {
        long sent = 0;
        try (Client client = way.opener.open(task)) {
            while (System.nanoTime() - end < 0) {
                client.sendOneByOne();
                sent++;
            }
        }
        return sent;
    }

    private static long oneForEach(Way way, int task, long end) throws IOException {
        long sent = 0;
        while (System.nanoTime() - end < 0) {
            try (Client client = way.opener.open(task)) {
                client.sendOneByOne();
                client.quit();
            }
            sent++;
        }
        return sent;
    }
}
