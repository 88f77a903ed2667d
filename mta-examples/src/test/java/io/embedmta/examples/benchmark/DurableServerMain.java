package io.embedmta.examples.benchmark;

import io.embedmta.Mta;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.route.Route;
import io.embedmta.store.journal.JournalQueue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/**
 * Our relay with a durable queue in a JVM of its own; speaks with its parent as {@link ServerMain}
 * does, and answers {@code count} and {@code counted} to have its syncs counted in between.
 * Arguments: the spool, and {@code hold} or the port of the sink.
 */
final class DurableServerMain {
    private DurableServerMain() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        LoggerFactory.getLogger(DurableServerMain.class);
        long before = System.nanoTime();
        boolean holds = arguments[1].equals("hold");
        JournalQueue journal = JournalQueue.open(Path.of(arguments[0]));
        HoldingQueue held = new HoldingQueue(journal);
        SmtpLimits limits = SmtpLimits.defaults().withSessionsPerClient(1000);
        Mta mta =
                Mta.builder("mx.example.org")
                        .listener(
                                SmtpListener.on("127.0.0.1", 0)
                                        .relayFrom("127.0.0.0/8")
                                        .limits(limits))
                        .queue(holds ? held : journal)
                        .route(
                                Route.smartHost(
                                        "[127.0.0.1]", holds ? 25 : Integer.parseInt(arguments[1])))
                        .start();
        out.println(mta.addresses().get(0).getPort() + " " + (System.nanoTime() - before));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        SyncCount syncs = new SyncCount();
        String line;
        while ((line = in.readLine()) != null) {
            switch (line) {
                case "count" -> {
                    syncs.start();
                    out.println("counting");
                }
                case "counted" -> out.println(syncs.stop());
                default -> {
                    if (holds) {
                        held.empty();
                    }
                    while (mta.queueSize() > 0) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    System.gc();
                    out.println("settled");
                }
            }
        }
        // Nothing is measured any more.
        Runtime.getRuntime().halt(0);
    }
}
