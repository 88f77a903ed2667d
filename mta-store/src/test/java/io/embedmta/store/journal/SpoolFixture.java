package io.embedmta.store.journal;

import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A spool in memory that tests damage, and what a queue then finds in it. */
abstract class SpoolFixture {
    static final long SALT_SEED = 1;
    static final JournalLimits LIMITS =
            JournalLimits.defaults().withLargeAbove(2000).withSegmentSize(64 << 10).withReserve(0);
    static final int SMALL = 100;
    static final int LARGE = 3000;
    static final String SEGMENT = Segment.name(1);

    SimulatedDisk disk = new SimulatedDisk();
    QuietLog log;

    @BeforeEach
    final void keepQuiet() {
        log = new QuietLog();
    }

    @AfterEach
    final void speakAgain() {
        log.close();
    }

    static JournalQueue queue(SimulatedDisk disk) throws IOException {
        return JournalQueue.open(disk, LIMITS, new Random(SALT_SEED), () -> {});
    }

    QueuePlayer player() throws IOException {
        return player(disk);
    }

    static QueuePlayer player(SimulatedDisk disk) throws IOException {
        return QueuePlayer.open(() -> queue(disk), List.of(new QueueModel()));
    }

    /** Messages of those ids, one to a frame. */
    void commit(String... ids) throws IOException {
        try (QueuePlayer player = player()) {
            for (String id : ids) {
                commit(player, id, SMALL);
            }
        }
    }

    static void commit(QueuePlayer player, String id, int size) throws IOException {
        player.commit(id, size, id.toLowerCase(Locale.ROOT) + "@x.example");
    }

    /** Each message in the queue, and {@code "good"}, or what is said instead of its content. */
    static Map<String, String> contents(JournalQueue queue) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        List<Lease> leases = new ArrayList<>();
        LeaseRequest all =
                new LeaseRequest(
                        "test", QueuePlayer.LATE, QueuePlayer.LATE.plusSeconds(1), line -> true);
        for (Optional<Lease> due = queue.lease(all); due.isPresent(); due = queue.lease(all)) {
            leases.add(due.get());
            contents.put(due.get().id().text(), contentOf(due.get()));
        }
        leases.forEach(Lease::close);
        return contents;
    }

    private static String contentOf(Lease lease) {
        try {
            QueueModel.work(lease, QueuePlayer.EDITS);
            return "good";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Opens the spool, looks at all messages, and closes it. */
    Map<String, String> contents() throws IOException {
        try (JournalQueue queue = queue(disk)) {
            return contents(queue);
        }
    }

    /** Ends all messages, whatever became of their contents. */
    static void finishAll(JournalQueue queue) throws IOException {
        LeaseRequest all =
                new LeaseRequest(
                        "test", QueuePlayer.LATE, QueuePlayer.LATE.plusSeconds(1), line -> true);
        for (Optional<Lease> due = queue.lease(all); due.isPresent(); due = queue.lease(all)) {
            try (Lease lease = due.get()) {
                lease.settle(
                        lease.work().stream()
                                .map(one -> QueuePlayer.done(one.recipient().toString()))
                                .toList());
            }
        }
    }

    static byte[] flipped(byte[] octets, int at, int bit) {
        byte[] damaged = octets.clone();
        damaged[at] ^= (byte) (1 << bit);
        return damaged;
    }

    static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
