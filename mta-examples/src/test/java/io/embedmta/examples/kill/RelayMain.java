package io.embedmta.examples.kill;

import io.embedmta.Mta;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.route.Route;
import io.embedmta.store.journal.JournalLimits;
import io.embedmta.store.journal.JournalQueue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The relay that is killed: a durable queue between two lines of work, one to each port of the
 * sink. Prints its port; for each line it is given, waits for its queue to be empty and says how
 * many are left; closes with its input. Arguments: its name, the spool, the ports of the sink.
 */
final class RelayMain {
    /** How many deliveries are under way at once, to both ports together. */
    static final int DELIVERIES = 8;

    /** So small that segments end, are compacted and deleted all the time. */
    private static final int SEGMENT_SIZE = 2 << 20;

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);

    private RelayMain() {}

    public static void main(String[] arguments) throws IOException {
        JournalLimits limits = JournalLimits.defaults().withSegmentSize(SEGMENT_SIZE);
        SmtpLimits sessions = SmtpLimits.defaults().withSessionsPerClient(1000);
        RetrySchedule soon =
                RetrySchedule.defaults().withDelays(Duration.ofMillis(100)).withJitter(0.5);
        PrintStream out = System.out;
        try (Mta mta =
                Mta.builder(arguments[0])
                        .listener(
                                SmtpListener.on("127.0.0.1", 0)
                                        .relayFrom("127.0.0.0/8")
                                        .limits(sessions))
                        .queue(JournalQueue.open(Path.of(arguments[1]), limits))
                        .route("one.example", smartHost(arguments[2]))
                        .route("two.example", smartHost(arguments[3]))
                        .retry(soon)
                        .deliveries(DELIVERIES, DELIVERIES / 2)
                        .start()) {
            out.println(mta.addresses().get(0).getPort());
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            while (in.readLine() != null) {
                long end = System.nanoTime() + DRAIN_LIMIT.toNanos();
                while (mta.queueSize() > 0 && System.nanoTime() - end < 0) {
                    LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                }
                out.println(mta.queueSize());
            }
        }
    }

    private static Route smartHost(String port) {
        return Route.smartHost("[127.0.0.1]", Integer.parseInt(port));
    }
}
