package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.TEXT;
import static io.embedmta.queue.QueueDriver.done;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static io.embedmta.queue.QueueDriver.read;
import static io.embedmta.queue.QueueDriver.retry;
import static io.embedmta.queue.QueueDriver.seconds;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.HeaderEdits;
import io.embedmta.message.QueueId;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The invariants that a queue keeps whatever is done with it. */
abstract class QueueInvariantContract extends QueueFixture {
    @Test
    void i5_heap_doesNotGrowWithTheSizeOfAMessage() throws IOException {
        int mebibytes = 48;
        byte[] block = new byte[1 << 20];
        new Random(5).nextBytes(block);
        long before = usedHeap();
        try (MailWriter writer = queue.begin(new QueueId("M1"))) {
            for (int i = 0; i < mebibytes; i++) {
                writer.body().write(block);
            }
            assertHeapGrewLittle(before);
            assertEquals((long) mebibytes << 20, writer.content().size());
            writer.commit(mail(T0, HeaderEdits.prepend("Received", "x"), "ann@x.example"));
        }
        try (Lease lease = driver.lease(T0);
                InputStream in = lease.content().open()) {
            in.skipNBytes("Received: x\r\n".length());
            for (int i = 0; i < mebibytes; i++) {
                assertArrayEquals(block, in.readNBytes(block.length));
            }
            assertHeapGrewLittle(before);
            finish(lease);
        }
    }

    private static void assertHeapGrewLittle(long before) {
        long grown = usedHeap() - before;
        assertTrue(grown < 12 << 20, () -> "the heap grew by " + grown + " octets");
    }

    static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    @Timeout(60)
    void i2_everyRecipient_endsExactlyOnce_whateverBecomesOfItsLeases() throws IOException {
        long seed = System.nanoTime();
        System.err.println("i2_everyRecipient_endsExactlyOnce seed " + seed);
        Random random = new Random(seed);
        Map<String, Integer> ends = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            String[] recipients = new String[1 + random.nextInt(5)];
            for (int j = 0; j < recipients.length; j++) {
                recipients[j] = "r" + i + "x" + j + "@d" + random.nextInt(7) + ".example";
                ends.put(recipients[j], 0);
            }
            driver.commit("M" + i, seconds(random.nextInt(50)), recipients);
        }
        Map<String, Instant> notBefore = new TreeMap<>();
        Instant now = T0;
        List<Lease> abandoned = new ArrayList<>();
        while (queue.size() > 0) {
            Optional<Lease> due = driver.ask(now);
            if (due.isEmpty()) {
                now = now.plusSeconds(1 + random.nextInt(300));
                continue;
            }
            Lease lease = due.get();
            if (random.nextInt(10) == 0) {
                abandoned.add(lease);
                continue;
            }
            List<Settlement> settlements = new ArrayList<>();
            for (PendingRecipient work : lease.work()) {
                String address = work.recipient().toString();
                assertFalse(now.isBefore(notBefore.getOrDefault(address, T0)), address);
                assertEquals(0, ends.get(address), address);
                int fate = random.nextInt(10);
                if (fate < 5) {
                    settlements.add(done(address));
                    ends.merge(address, 1, Integer::sum);
                } else if (fate < 8) {
                    Instant at = now.plusSeconds(random.nextInt(500));
                    notBefore.put(address, at);
                    settlements.add(retry(address, at));
                }
            }
            lease.settle(settlements);
            lease.close();
        }
        abandoned.forEach(Lease::close);
        driver.assertNothingDue(now.plusSeconds(1_000_000));
        ends.forEach((address, count) -> assertEquals(1, count, address));
    }

    @Test
    @Timeout(60)
    void i2_recipients_areHandedOutToOneLeaseAtATime_toManyThreads() throws Exception {
        int writers = 3;
        int readers = 3;
        int perWriter = 700;
        Map<String, Thread> held = new ConcurrentHashMap<>();
        Set<String> ended = ConcurrentHashMap.newKeySet();
        CountDownLatch written = new CountDownLatch(writers);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            String name = "W" + w;
            tasks.add(
                    () -> {
                        for (int i = 0; i < perWriter; i++) {
                            String local = name + "x" + i;
                            driver.commit(
                                    local,
                                    T0,
                                    local + "@a" + i % 5 + ".example",
                                    "z" + local + "@a" + i % 5 + ".example",
                                    local + "@b" + i % 3 + ".example");
                        }
                        written.countDown();
                        return null;
                    });
        }
        for (int r = 0; r < readers; r++) {
            long seed = r;
            tasks.add(
                    () -> {
                        workUntilEmpty(written, held, ended, new Random(seed));
                        return null;
                    });
        }
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            for (Future<Void> task : threads.invokeAll(tasks)) {
                task.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(writers * perWriter * 3, ended.size());
        assertEquals(Map.of(), held);
        assertEquals(0, queue.size());
    }

    private void workUntilEmpty(
            CountDownLatch written, Map<String, Thread> held, Set<String> ended, Random random)
            throws IOException {
        while (written.getCount() > 0 || queue.size() > 0) {
            Optional<Lease> due = driver.ask(T0);
            if (due.isEmpty()) {
                Thread.onSpinWait();
                continue;
            }
            try (Lease lease = due.get()) {
                List<Settlement> settlements = new ArrayList<>();
                for (PendingRecipient work : lease.work()) {
                    String address = work.recipient().toString();
                    assertEquals(null, held.put(address, Thread.currentThread()), address);
                    assertFalse(ended.contains(address), address);
                    if (random.nextInt(4) > 0) {
                        settlements.add(done(address));
                    } else if (random.nextBoolean()) {
                        settlements.add(retry(address, T0));
                    }
                }
                assertEquals(TEXT, read(lease.content()));
                for (Settlement settlement : settlements) {
                    if (settlement instanceof Settlement.Done) {
                        assertTrue(ended.add(settlement.recipient().toString()));
                    }
                }
                lease.work().forEach(work -> held.remove(work.recipient().toString()));
                lease.settle(settlements);
            }
        }
    }
}
