package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.Notice;
import io.embedmta.queue.Selection;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** After a failed sync nobody knows what is on the disk, so a queue goes no further (I1). */
class SyncFailureTest extends SpoolFixture {
    private static final LeaseRequest ALL =
            new LeaseRequest(
                    "test", QueuePlayer.LATE, QueuePlayer.LATE.plusSeconds(1), line -> true);

    @Test
    void i1_failedSyncOfTheJournal_stopsTheQueueUntilItIsOpenedAgain() throws IOException {
        assertStops("sync " + SEGMENT, SMALL);
    }

    @Test
    void i1_failedWriteToTheJournal_stopsTheQueueUntilItIsOpenedAgain() throws IOException {
        assertStops("write " + SEGMENT, SMALL);
    }

    @Test
    void i1_failedSyncOfALargeContent_stopsTheQueueUntilItIsOpenedAgain() throws IOException {
        assertStops("sync " + SpoolNames.large(1), LARGE);
    }

    @Test
    void i1_failedSyncOfTheDirectory_stopsTheQueueUntilItIsOpenedAgain() throws IOException {
        assertStops("syncDirectory", LARGE);
    }

    private void assertStops(String call, int size) throws IOException {
        try (JournalQueue queue = queue(disk)) {
            write(queue, "M1", SMALL);
            Lease lease = queue.lease(ALL).orElseThrow();
            try (MailWriter early = queue.begin(new QueueId("M2"));
                    MailWriter notice = lease.notice(new QueueId("N1"))) {
                disk.failAt(what -> what.startsWith(call));
                assertThrows(IOException.class, () -> write(queue, "M3", size));
                disk.failAt(what -> false);
                long calls = disk.calls();
                assertRefused(() -> early.commit(QueuePlayer.mail("m2@x.example")));
                assertRefused(() -> queue.begin(new QueueId("M4")));
                assertRefused(() -> queue.lease(ALL));
                assertRefused(() -> lease.settle(List.of(QueuePlayer.done("m1@x.example"))));
                assertRefused(
                        () ->
                                lease.settle(
                                        List.of(QueuePlayer.done("m1@x.example")),
                                        List.of(
                                                new Notice(
                                                        notice,
                                                        QueuePlayer.mail("n1@x.example")))));
                assertRefused(() -> queue.hold(Selection.all()));
                assertEquals(calls, disk.calls(), "nothing is tried again");
            }
            assertTrue(log.text().contains("The queue has stopped"), log.text());
        }
        Random random = new Random(3);
        SimulatedDisk stopped = disk;
        for (int i = 0; i < 50; i++) {
            disk = i == 0 ? stopped.afterKill() : stopped.afterCrash(random);
            Map<String, String> found = contents();
            assertEquals("good", found.remove("M1"));
            assertEquals("good", found.getOrDefault("M3", "good"));
            found.remove("M3");
            assertEquals(Map.of(), found);
            commit("M5");
        }
    }

    private static void assertRefused(Executable what) {
        IOException e = assertThrows(IOException.class, what);
        assertTrue(String.valueOf(e.getMessage()).contains("has stopped"), e::toString);
    }

    private static void write(JournalQueue queue, String id, int size) throws IOException {
        try (MailWriter writer = queue.begin(new QueueId(id))) {
            writer.body().write(QueueModel.octets(id, size));
            writer.commit(
                    QueuePlayer.mail(
                            "sender@from.example",
                            QueuePlayer.T0,
                            QueuePlayer.EDITS,
                            id.toLowerCase(Locale.ROOT) + "@x.example"));
        }
    }

    @Test
    void i2_batchThatASyncHasFailed_isThereOrNot_butDoesNotVanishOnceItWasSeen()
            throws IOException {
        Random random = new Random(17);
        try (JournalQueue queue = queue(disk)) {
            write(queue, "M1", SMALL);
            try (Lease lease = queue.lease(ALL).orElseThrow();
                    MailWriter notice = lease.notice(new QueueId("N1"))) {
                notice.body().write(QueueModel.octets("N1", SMALL));
                disk.failAt(call -> call.startsWith("sync"));
                assertThrows(
                        IOException.class,
                        () ->
                                lease.settle(
                                        List.of(QueuePlayer.done("m1@x.example")),
                                        List.of(
                                                new Notice(
                                                        notice,
                                                        QueuePlayer.mail("n1@x.example")))));
                disk.failAt(call -> false);
            }
        }
        Map<String, String> seen = contents();
        assertEquals(1, seen.size(), seen::toString);
        SimulatedDisk opened = disk;
        for (int i = 0; i < 20; i++) {
            disk = opened.afterCrash(random);
            assertEquals(seen, contents());
        }
    }

    @Test
    void i1_failedSync_failsAllWhoWaitForIt() throws Exception {
        try (QueuePlayer player = player()) {
            commit(player, "M1", SMALL);
            disk.failAt(call -> call.startsWith("sync"));
            assertThrows(
                    IOException.class,
                    () -> player.commitTogether(disk, SMALL, "T1", "T2", "T3", "T4"));
            assertEquals(16, player.allowed().size(), "none of the four has returned");
        }
    }
}
