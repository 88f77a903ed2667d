package io.embedmta.examples.benchmark;

import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.NewMail;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.Settlement;
import io.embedmta.smtp.Reply;
import io.embedmta.store.journal.JournalQueue;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Fills a spool with a million deferred messages, or opens it. Arguments: which, and the spool. */
final class MillionMain {
    private static final int MESSAGES = Integer.getInteger("benchmark.deferred", 1_000_000);
    private static final int DESTINATIONS = 10_000;
    private static final int THREADS = 64;
    private static final byte[] CONTENT = new byte[2 << 10];
    private static final Reply WHY =
            Reply.of(450, "4.2.0", "The mailbox is busy, come again later");

    private MillionMain() {}

    public static void main(String[] arguments)
            throws IOException, InterruptedException, ExecutionException {
        PrintStream out = System.out;
        long begin = System.nanoTime();
        try (JournalQueue queue = JournalQueue.open(Path.of(arguments[1]))) {
            if (arguments[0].equals("fill")) {
                fill(queue);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            out.printf(
                    "%s: %,d messages, %.1f s, %,d MiB of heap in use after a collection%n",
                    arguments[0], queue.size(), seconds, used >> 20);
        }
    }

    private static void fill(MailQueue queue)
            throws IOException, InterruptedException, ExecutionException {
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            tasks.add(() -> fill(queue, next));
        }
        for (Future<Boolean> filled : threads.invokeAll(tasks)) {
            filled.get();
        }
        threads.shutdown();
        while (defer(queue)) {
            // What another thread had put in and nobody had taken out yet.
        }
    }

    private static boolean fill(MailQueue queue, AtomicInteger next) throws IOException {
        int number;
        while ((number = next.getAndIncrement()) < MESSAGES) {
            String domain = "d" + number % DESTINATIONS + ".example";
            try (MailWriter writer = queue.begin(new QueueId("Q" + number))) {
                writer.body().write(CONTENT);
                writer.commit(
                        new NewMail(
                                Envelope.from("sender@example.com").to("recipient@" + domain),
                                List.of(new Destination(domain)),
                                HeaderEdits.NONE,
                                Instant.now()));
            }
            defer(queue);
        }
        return true;
    }

    /** Returns false if nothing was due. */
    private static boolean defer(MailQueue queue) throws IOException {
        Instant now = Instant.now();
        Optional<Lease> next =
                queue.lease(new LeaseRequest("benchmark", now, now.plusSeconds(600), line -> true));
        if (next.isEmpty()) {
            return false;
        }
        try (Lease lease = next.get()) {
            Instant again = now.plus(Duration.ofHours(5));
            List<Settlement> settlements = new ArrayList<>();
            for (PendingRecipient pending : lease.work()) {
                settlements.add(
                        new Settlement.Retry(pending.recipient().address(), again, WHY, false));
            }
            lease.settle(settlements);
        }
        return true;
    }
}
