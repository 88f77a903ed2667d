package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.Notice;
import io.embedmta.queue.QueueFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk is no reason to lose anything, nor to stop for good. */
class FullDiskTest extends SpoolFixture {
    private static final int MANY = 100_000;
    private static final LeaseRequest ALL =
            new LeaseRequest(
                    "test", QueuePlayer.LATE, QueuePlayer.LATE.plusSeconds(1), line -> true);

    @TempDir Path directory;

    @Test
    void fullRealDisk_refusesNewMail_keepsTheOld_andGoesOnWhenThereIsRoom() throws Exception {
        assumeTrue(
                has("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", directory.toString()),
                "this machine lets nobody mount a small disk");
        try {
            JournalLimits limits = LIMITS.withReserve(512 << 10);
            for (int size : new int[] {1500, 100_000}) {
                try (JournalQueue queue = JournalQueue.open(directory, limits)) {
                    play(queue, size, () -> resize("32m"));
                }
                resize("4m");
            }
        } finally {
            assertTrue(has("umount", directory.toString()));
        }
    }

    private void resize(String size) throws IOException {
        assertTrue(has("mount", "-o", "remount,size=" + size, directory.toString()));
    }

    private static boolean has(String... command) throws IOException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            throw new IOException(e);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void fullDisk_refusesNewMail_keepsTheOld_andGoesOnWhenThereIsRoom() throws IOException {
        JournalLimits limits = LIMITS.withReserve(100_000);
        for (int size : new int[] {SMALL, 1500, LARGE, 100_000}) {
            disk = new SimulatedDisk().capacity(400_000);
            try (JournalQueue queue =
                    JournalQueue.open(disk, limits, new Random(SALT_SEED), () -> {})) {
                play(queue, size, () -> disk.capacity(10_000_000));
            }
        }
    }

    @Test
    void diskThatIsFullBeforeItsReserve_refusesNewMail_andKeepsTheOld() throws IOException {
        // Another program takes the room while a message is written.
        for (long room = 0; room < 3 * LARGE; room += 101) {
            disk = new SimulatedDisk();
            try (JournalQueue queue =
                    JournalQueue.open(
                            disk, LIMITS.withReserve(100_000), new Random(SALT_SEED), () -> {})) {
                write(queue, "M1", SMALL);
                disk.capacity(disk.used() + room);
                for (int i = 0; i < 2; i++) {
                    IOException e =
                            assertThrows(IOException.class, () -> write(queue, "M2", LARGE));
                    assertEquals(452, MailQueue.refusal(e).code(), e::toString);
                }
                disk.capacity(Long.MAX_VALUE);
                write(queue, "M3", SMALL);
                write(queue, "M4", LARGE);
            }
            assertEquals(Map.of("M1", "good", "M3", "good", "M4", "good"), contents());
        }
    }

    @Test
    void i3_diskThatFillsUp_neverLosesWhatWasPromised_norKeepsWhatWasRefused() throws IOException {
        Random random = new Random(9);
        for (long room = 0; room < 70_000; room += 997) {
            disk = new SimulatedDisk().capacity(3000 + room);
            Map<String, String> promised = new TreeMap<>();
            try (JournalQueue queue =
                    JournalQueue.open(disk, LIMITS, new Random(SALT_SEED), () -> {})) {
                for (int i = 0; i < 40; i++) {
                    String id = "M" + i;
                    try {
                        write(queue, id, i % 3 == 0 ? LARGE : 1500);
                        promised.put(id, "good");
                    } catch (IOException e) {
                        assertEquals(452, MailQueue.refusal(e).code(), e::toString);
                    }
                }
            }
            assertFalse(promised.size() == 40 && room < 50_000);
            disk = disk.afterCrash(random);
            assertEquals(promised, contents(), "with room for " + room);
            log.forget();
        }
    }

    @Test
    void i3_diskThatIsFullInTheMiddleOfABatch_bringsBackNothingThatWasRefused() throws IOException {
        Random random = new Random(13);
        int refused = 0;
        for (int room = 0; room < 9000; room += 211) {
            disk = new SimulatedDisk().capacity(500_000);
            List<String> promised;
            try (QueuePlayer player = player()) {
                commit(player, "M1", SMALL);
                disk.capacity(disk.used() + room);
                try {
                    player.commitTogether(disk, 1500, "T1", "T2", "T3", "T4");
                } catch (IOException e) {
                    refused++;
                }
                promised = player.listing();
                // The queue is not closed: it goes down as it is.
                disk = random.nextBoolean() ? disk.afterKill() : disk.afterCrash(random);
            }
            disk.capacity(Long.MAX_VALUE);
            try (JournalQueue queue = queue(disk)) {
                assertEquals(promised, QueueModel.listing(queue), "with room for " + room);
            }
        }
        assertTrue(refused > 10, "it was full " + refused + " times");
    }

    /**
     * Fills the disk with messages, and then empties it.
     *
     * @param makeRoom makes room for many more
     */
    private static void play(JournalQueue queue, int size, QueuePlayer.Action makeRoom)
            throws IOException {
        Map<String, String> promised = fill(queue, size);
        assertTrue(promised.size() > 1, () -> "only " + promised);
        assertEquals(promised, contents(queue));
        // What lets mail end goes into the reserve.
        try (Lease lease = queue.lease(ALL).orElseThrow();
                MailWriter notice = lease.notice(new QueueId("NOTICE"))) {
            notice.body().write(QueueModel.octets("NOTICE", SMALL));
            lease.settle(
                    List.of(QueuePlayer.done(lease.work().get(0).recipient().toString())),
                    List.of(new Notice(notice, QueuePlayer.mail("sender@from.example"))));
            promised.remove(lease.id().text());
        }
        assertEquals(promised.size() + 1, queue.size());
        makeRoom.run();
        assertTrue(isTaken(queue, "LAST", size), "there is room again");
        promised.put("LAST", "good");
        finishAll(queue);
        assertEquals(0, queue.size());
    }

    private static Map<String, String> fill(JournalQueue queue, int size) throws IOException {
        Map<String, String> promised = new TreeMap<>();
        for (int i = 0; isTaken(queue, "M" + i, size); i++) {
            promised.put("M" + i, "good");
            assertTrue(i < MANY, "the disk does not fill up");
        }
        assertFalse(isTaken(queue, "MORE", size), "it is full still");
        return promised;
    }

    private static boolean isTaken(JournalQueue queue, String id, int size) throws IOException {
        try {
            write(queue, id, size);
            return true;
        } catch (QueueFullException e) {
            return false;
        }
    }

    private static void write(JournalQueue queue, String id, int size) throws IOException {
        try (MailWriter writer = queue.begin(new QueueId(id))) {
            writer.body().write(QueueModel.octets(id, size));
            writer.commit(QueuePlayer.mail("rcpt@x.example"));
        }
    }
}
