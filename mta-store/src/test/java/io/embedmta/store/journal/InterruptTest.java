package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An interrupted thread closes the file channel that it uses, for everybody. That must not be the
 * end of the queue, nor may such a thread be told of a failure that is none.
 */
@Timeout(60)
class InterruptTest {
    private static final int SMALL = 200;
    private static final int LARGE = 150_000;
    private static final JournalLimits LIMITS =
            JournalLimits.defaults().withLargeAbove(10_000).withReserve(0);
    private static final LeaseRequest ALL =
            new LeaseRequest(
                    "test", QueuePlayer.LATE, QueuePlayer.LATE.plusSeconds(1), line -> true);

    @TempDir Path directory;

    @AfterEach
    void goOnUninterrupted() {
        Thread.interrupted();
    }

    private static void commit(JournalQueue queue, String id, int size) throws IOException {
        try (MailWriter writer = queue.begin(new QueueId(id))) {
            writer.body().write(QueueModel.octets(id, size));
            writer.commit(QueuePlayer.mail("rcpt@x.example"));
        }
    }

    private void assertHolds(Map<String, String> expected) throws IOException {
        try (JournalQueue queue = JournalQueue.open(directory, LIMITS)) {
            assertEquals(expected, SpoolFixture.contents(queue));
        }
    }

    @Test
    void interruptedThread_commits_readsAndSettles_andStaysInterrupted() throws IOException {
        try (JournalQueue queue = JournalQueue.open(directory, LIMITS)) {
            Thread.currentThread().interrupt();
            commit(queue, "M1", SMALL);
            commit(queue, "L1", LARGE);
            assertEquals(Map.of("M1", "good", "L1", "good"), SpoolFixture.contents(queue));
            try (Lease lease = queue.lease(ALL).orElseThrow()) {
                lease.settle(List.of(QueuePlayer.done("rcpt@x.example")));
            }
            assertEquals(1, queue.size());
            assertTrue(Thread.interrupted());
            commit(queue, "M2", SMALL);
            commit(queue, "L2", LARGE);
        }
        assertHolds(Map.of("L1", "good", "M2", "good", "L2", "good"));
    }

    @Test
    void interruptedThread_opensAndCloses() throws IOException {
        Thread.currentThread().interrupt();
        JournalQueue queue = JournalQueue.open(directory, LIMITS);
        commit(queue, "M1", SMALL);
        queue.close();
        assertTrue(Thread.interrupted());
        assertHolds(Map.of("M1", "good"));
    }

    @Test
    void threadsInterruptedAtAnyTime_loseNothing() throws Exception {
        Map<String, String> committed = new ConcurrentSkipListMap<>();
        try (JournalQueue queue = JournalQueue.open(directory, LIMITS)) {
            List<Thread> threads = new ArrayList<>();
            List<FutureTask<Void>> tasks = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                String name = "T" + t + "x";
                tasks.add(
                        new FutureTask<>(
                                () -> {
                                    work(queue, name, committed);
                                    return null;
                                }));
                threads.add(new Thread(tasks.get(t), name));
            }
            threads.forEach(Thread::start);
            while (threads.stream().anyMatch(Thread::isAlive)) {
                threads.forEach(Thread::interrupt);
                threads.get(0).join(1);
            }
            for (FutureTask<Void> task : tasks) {
                task.get();
            }
            assertEquals(committed, SpoolFixture.contents(queue));
        }
        assertHolds(new TreeMap<>(committed));
    }

    /** Commits, and now and then ends what it finds. */
    private static void work(JournalQueue queue, String name, Map<String, String> committed)
            throws IOException {
        for (int i = 0; i < 60; i++) {
            String id = name + i;
            committed.put(id, "good");
            commit(queue, id, i % 5 == 0 ? LARGE : SMALL);
            if (i % 3 == 0) {
                Optional<Lease> due = queue.lease(ALL);
                if (due.isPresent()) {
                    try (Lease lease = due.get()) {
                        QueueModel.work(lease, QueuePlayer.EDITS);
                        lease.settle(List.of(QueuePlayer.done("rcpt@x.example")));
                        committed.remove(lease.id().text());
                    }
                }
            }
        }
    }
}
