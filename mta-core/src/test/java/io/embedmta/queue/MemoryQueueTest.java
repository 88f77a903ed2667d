package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.QueueId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MemoryQueueTest extends MailQueueContract {
    private static final byte[] LARGE = octets(5 << 20);

    @Override
    protected MailQueue open() {
        return MemoryQueue.create();
    }

    @Nested
    class Control extends QueueControlContract {
        @Override
        protected MailQueue open() {
            return MemoryQueue.create();
        }
    }

    @Override
    protected Optional<MailQueue> openWithRoomFor(int messages) {
        return Optional.of(MemoryQueue.create(MemoryLimits.defaults().withMaxMessages(messages)));
    }

    @Test
    void notice_abortedOrSettled_freesTheHeapInTheEnd() throws IOException {
        try (MemoryQueue queue = MemoryQueue.create()) {
            commit(queue, "M1", octets(100));
            QueueDriver driver = new QueueDriver(queue);
            try (Lease lease = driver.lease(T0);
                    MailWriter aborted = lease.notice(new QueueId("N1"));
                    MailWriter large = lease.notice(new QueueId("N2"))) {
                aborted.body().write(octets(200));
                large.body().write(LARGE);
                NewMail mail = mail(T0, "s@y.example");
                lease.settle(
                        List.of(QueueDriver.done("ann@x.example")),
                        List.of(new Notice(large, mail)));
            }
            assertEquals(0, queue.heapOctets());
            assertEquals(1, files(queue));
            try (Lease lease = driver.lease(T0)) {
                assertReads(LARGE, lease);
                finish(lease);
            }
            assertEquals(0, files(queue));
        }
    }

    private static byte[] octets(int count) {
        byte[] octets = new byte[count];
        new Random(count).nextBytes(octets);
        return octets;
    }

    private static void commit(MailQueue queue, String id, byte[] octets) throws IOException {
        try (MailWriter writer = queue.begin(new QueueId(id))) {
            writer.body().write(octets);
            writer.commit(mail(T0, "ann@x.example"));
        }
    }

    private static void assertReads(byte[] octets, Lease lease) throws IOException {
        try (InputStream in = lease.content().open()) {
            assertArrayEquals(octets, in.readAllBytes());
        }
    }

    private static long files(MemoryQueue queue) throws IOException {
        Path directory = queue.spillDirectory();
        if (directory == null) {
            return 0;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }

    @Test
    void smallMessage_staysInTheHeapAndMakesNoDirectory() throws IOException {
        try (MemoryQueue queue = MemoryQueue.create()) {
            byte[] octets = octets(64 << 10);
            commit(queue, "M1", octets);
            assertNull(queue.spillDirectory());
            assertEquals(64 << 10, queue.heapOctets());
            Lease lease = new QueueDriver(queue).lease(T0);
            assertReads(octets, lease);
            finish(lease);
            assertEquals(0, queue.heapOctets());
        }
    }

    @Test
    void tinyMessage_keepsNoRoomItDoesNotNeed() throws IOException {
        try (MemoryQueue queue = MemoryQueue.create()) {
            commit(queue, "M1", octets(300));
            assertEquals(300, queue.heapOctets());
        }
    }

    @Test
    void i5_largeMessage_goesToAFileAndLeavesTheHeap() throws IOException {
        try (MemoryQueue queue = MemoryQueue.create()) {
            try (MailWriter writer = queue.begin(new QueueId("M1"))) {
                for (int at = 0; at < LARGE.length; at += 1000) {
                    writer.body().write(LARGE, at, Math.min(1000, LARGE.length - at));
                    assertTrue(queue.heapOctets() <= 64 << 10);
                }
                assertEquals(0, queue.heapOctets());
                writer.commit(mail(T0, "ann@x.example"));
            }
            assertEquals(1, files(queue));
            Lease lease = new QueueDriver(queue).lease(T0);
            assertReads(LARGE, lease);
            assertEquals(1, files(queue));
            finish(lease);
            assertEquals(0, files(queue));
        }
    }

    @Test
    void list_keepsNothingOfWhatItShowed() throws IOException {
        try (MemoryQueue queue = MemoryQueue.create()) {
            commit(queue, "M1", octets(300));
            queue.list(Selection.all(), mail -> assertEquals(300, mail.size()));
            finish(new QueueDriver(queue).lease(T0));
            assertEquals(0, queue.heapOctets());
        }
    }

    @Test
    void lostLease_keepsTheFileUntilItIsClosed() throws IOException {
        try (MemoryQueue queue = MemoryQueue.create()) {
            commit(queue, "M1", LARGE);
            QueueDriver driver = new QueueDriver(queue);
            Lease lost = driver.lease(T0);
            finish(driver.lease(T0.plus(QueueDriver.TERM)));
            assertReads(LARGE, lost);
            assertEquals(1, files(queue));
            lost.close();
            assertEquals(0, files(queue));
        }
    }

    @Test
    void abort_deletesTheFileAndFreesTheHeap() throws IOException {
        try (MemoryQueue queue = MemoryQueue.create()) {
            try (MailWriter large = queue.begin(new QueueId("M1"));
                    MailWriter small = queue.begin(new QueueId("M2"))) {
                large.body().write(LARGE);
                small.body().write(1);
                assertEquals(1, files(queue));
                assertTrue(queue.heapOctets() > 0);
            }
            assertEquals(0, files(queue));
            assertEquals(0, queue.heapOctets());
        }
    }

    @Test
    void close_deletesTheDirectoryWithAllFiles() throws IOException {
        MemoryQueue queue = MemoryQueue.create();
        commit(queue, "M1", LARGE);
        MailWriter writer = queue.begin(new QueueId("M2"));
        writer.body().write(LARGE);
        Path directory = Objects.requireNonNull(queue.spillDirectory());
        assertEquals(2, files(queue));
        queue.close();
        assertFalse(Files.exists(directory));
        writer.close();
        MailWriter late = writerOf(MemoryQueue.create());
        late.close();
        assertFalse(Files.exists(directory));
    }

    private static MailWriter writerOf(MemoryQueue queue) throws IOException {
        MailWriter writer = queue.begin(new QueueId("M1"));
        queue.close();
        assertThrows(IOException.class, () -> writer.body().write(LARGE));
        assertNull(queue.spillDirectory());
        return writer;
    }

    @Test
    void spillDirectory_isForItsOwnerAlone() throws IOException {
        try (MemoryQueue queue = MemoryQueue.create()) {
            commit(queue, "M1", LARGE);
            Path directory = Objects.requireNonNull(queue.spillDirectory());
            if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
                assertEquals(
                        "rwx------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
            }
        }
    }

    @Test
    void spillDirectory_thatWasSweptAway_isMadeAnew() throws IOException {
        try (MemoryQueue queue = MemoryQueue.create()) {
            commit(queue, "M1", LARGE);
            Path swept = Objects.requireNonNull(queue.spillDirectory());
            finish(new QueueDriver(queue).lease(T0));
            Files.delete(swept);
            commit(queue, "M2", LARGE);
            assertNotEquals(swept, queue.spillDirectory());
            assertReads(LARGE, new QueueDriver(queue).lease(T0));
        }
    }

    @Test
    void brokenFile_isNeverCommitted() throws IOException {
        MemoryLimits limits = MemoryLimits.defaults().withSpillAbove(10);
        try (MemoryQueue queue = MemoryQueue.create(limits);
                MailWriter writer = queue.begin(new QueueId("M1"))) {
            commit(queue, "M2", LARGE);
            Path directory = Objects.requireNonNull(queue.spillDirectory());
            writer.body().write(octets(10));
            // The next file's name is taken, so it cannot be made.
            Files.createFile(directory.resolve("1.eml"));
            assertThrows(IOException.class, () -> writer.body().write(octets(10)));
            assertThrows(IOException.class, () -> writer.body().write(1));
            assertThrows(IOException.class, writer::content);
            assertThrows(IOException.class, () -> writer.commit(mail(T0, "ann@x.example")));
            assertEquals(1, queue.size());
        }
    }

    @Test
    void maxHeapOctets_whenReached_sendsEveryMessageToAFile() throws IOException {
        MemoryLimits limits = MemoryLimits.defaults().withMaxHeapOctets(10_000);
        try (MemoryQueue queue = MemoryQueue.create(limits)) {
            commit(queue, "M1", octets(4096));
            commit(queue, "M2", octets(4096));
            commit(queue, "M3", octets(4096));
            assertEquals(1, files(queue));
            assertEquals(8192, queue.heapOctets());
            QueueDriver driver = new QueueDriver(queue);
            for (int i = 0; i < 3; i++) {
                Lease lease = driver.lease(T0);
                assertReads(octets(4096), lease);
                finish(lease);
            }
            assertEquals(0, queue.heapOctets());
            assertEquals(0, files(queue));
        }
    }

    @Test
    void spillAboveZero_sendsEveryOctetToAFile() throws IOException {
        MemoryLimits limits = MemoryLimits.defaults().withSpillAbove(0);
        try (MemoryQueue queue = MemoryQueue.create(limits)) {
            commit(queue, "M1", octets(1));
            assertEquals(0, queue.heapOctets());
            assertReads(octets(1), new QueueDriver(queue).lease(T0));
        }
    }

    @Test
    void maxMessages_whenReached_refusesUntilOneIsDone() throws IOException {
        MemoryLimits limits = MemoryLimits.defaults().withMaxMessages(2);
        try (MemoryQueue queue = MemoryQueue.create(limits)) {
            commit(queue, "M1", octets(10));
            MailWriter early = queue.begin(new QueueId("M2"));
            early.body().write(octets(10));
            commit(queue, "M3", octets(10));
            assertThrows(QueueFullException.class, () -> queue.begin(new QueueId("M4")));
            assertThrows(QueueFullException.class, () -> early.commit(mail(T0, "a@x.example")));
            early.close();
            assertEquals(2, queue.size());
            assertEquals(20, queue.heapOctets());
            finish(new QueueDriver(queue).lease(T0));
            commit(queue, "M5", octets(10));
            assertEquals(2, queue.size());
        }
    }

    @Test
    void limits_outOfRange_areRefused() {
        MemoryLimits limits = MemoryLimits.defaults();
        assertThrows(IllegalArgumentException.class, () -> limits.withSpillAbove(-1));
        assertThrows(IllegalArgumentException.class, () -> limits.withSpillAbove(1 << 30));
        assertThrows(IllegalArgumentException.class, () -> limits.withMaxHeapOctets(-1));
        assertThrows(IllegalArgumentException.class, () -> limits.withMaxMessages(0));
    }
}
