package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.queue.Lease;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * The rows of the table in the package's documentation: each state on disk, and what is made of it.
 */
class StateTableTest extends SpoolFixture {
    private static final String LARGE_FILE = SpoolNames.large(1);
    private static final Map<String, String> IN_THE_QUEUE = Map.of("L1", "good");
    private static final Map<String, String> NOTHING = Map.of();

    /** The segment, and the content, with the message in the queue. */
    private byte[] message = {};

    private byte[] content = {};

    /** The segment with the outcome behind it. */
    private byte[] outcome = {};

    private void makeStates() throws IOException {
        try (QueuePlayer player = player()) {
            commit(player, "L1", LARGE);
        }
        message = disk.octets(SEGMENT);
        content = disk.octets(LARGE_FILE);
        disk = new SimulatedDisk();
        try (QueuePlayer player = player()) {
            commit(player, "L1", LARGE);
            player.finish("x.example");
        }
        outcome = disk.octets(SEGMENT);
        assertTrue(outcome.length > message.length);
        takeIfThere(LARGE_FILE);
    }

    /** What is over may be deleted by now, or not yet. */
    private void takeIfThere(String name) throws IOException {
        if (disk.list().contains(name)) {
            disk.take(name);
        }
    }

    private void assertFound(Map<String, String> expected, byte[] segment, String state)
            throws IOException {
        SimulatedDisk before = disk.afterKill();
        disk.put(SEGMENT, segment);
        assertEquals(expected, contents(), state);
        disk = before;
    }

    @Test
    void row1_contentWasComingIn_isDeleted() throws IOException {
        commit("M1");
        disk.put(LARGE_FILE, new byte[LARGE / 2]);
        assertEquals(Map.of("M1", "good"), contents());
        assertFalse(disk.list().contains(LARGE_FILE));
    }

    @Test
    void row2_messageWasBeingWritten_isThereWholeOrNotAtAll() throws IOException {
        makeStates();
        disk.put(LARGE_FILE, content);
        for (int end = SpoolHeader.LENGTH; end < message.length; end++) {
            assertFound(NOTHING, Arrays.copyOf(message, end), "cut at " + end);
        }
        assertFound(IN_THE_QUEUE, message, "whole");
        disk.put(SEGMENT, Arrays.copyOf(message, message.length - 1));
        assertEquals(NOTHING, contents());
        assertFalse(disk.list().contains(LARGE_FILE));
        assertTrue(disk.list().contains(SpoolNames.damaged(1, SpoolHeader.LENGTH)));
    }

    @Test
    void row3_messageInTheQueue_isAsItsLastRecordSays() throws IOException {
        try (QueuePlayer player = player()) {
            commit(player, "L1", LARGE);
            try (Lease lease = player.lease("x.example")) {
                player.settle(lease, QueuePlayer.retry("l1@x.example", 60, true));
            }
            player.reopen();
            player.check();
        }
    }

    @Test
    void row4_outcomeWasBeingWritten_isRecordedOrTriedOnceMore() throws IOException {
        makeStates();
        disk.put(LARGE_FILE, content);
        for (int end = message.length; end < outcome.length; end++) {
            assertFound(IN_THE_QUEUE, Arrays.copyOf(outcome, end), "cut at " + end);
        }
        assertFound(NOTHING, outcome, "whole");
    }

    @Test
    void row5_messageIsOver_itsContentIsDeleted() throws IOException {
        makeStates();
        disk.put(SEGMENT, outcome);
        disk.put(LARGE_FILE, content);
        assertEquals(NOTHING, contents());
        assertFalse(disk.list().contains(LARGE_FILE));
    }

    @Test
    void row6_messageIsOverAndItsContentGone_nothingIsSaid() throws IOException {
        makeStates();
        disk.put(SEGMENT, outcome);
        assertEquals(NOTHING, contents());
        assertEquals("", log.text());
    }

    @Test
    void row7_outcomeWithoutItsMessage_saysNothingAnyMore() throws IOException {
        commit("M1");
        try (JournalQueue queue = queue(disk)) {
            finishAll(queue);
        }
        assertTrue(disk.list().contains(Segment.name(2)));
        takeIfThere(SEGMENT);
        assertEquals(NOTHING, contents());
        assertEquals("", log.text());
    }

    @Test
    void row8_messageMovedAndItsOldSegmentThereStill_isThereOnce() throws IOException {
        AtomicBoolean deleting = new AtomicBoolean();
        String delete = "delete " + SEGMENT;
        try (QueuePlayer player = player()) {
            player.commit("OLD", SMALL, "old@y.example");
            try (Lease lease = player.lease("y.example")) {
                player.settle(lease, QueuePlayer.retry("old@y.example", 600, true));
            }
            disk.failAt(call -> call.equals(delete) && noted(deleting));
            // What comes and goes fills segments, until so much is over that the old one is moved.
            for (int i = 0; i < 5000 && !deleting.get(); i++) {
                commit(player, "N" + i, 1500);
                player.finish("x.example");
            }
            player.reopen();
            player.check();
        }
        assertTrue(deleting.get(), "the message was never moved");
        assertTrue(disk.list().contains(SEGMENT));
        assertEquals(Map.of("OLD", "good"), contents());
    }

    private static boolean noted(AtomicBoolean flag) {
        flag.set(true);
        return true;
    }

    @Test
    void row9_contentOfAPromisedMessageIsGone_itStaysAndCanEnd() throws IOException {
        makeStates();
        disk.put(SEGMENT, message);
        Map<String, String> found = contents();
        assertEquals(1, found.size());
        assertTrue(String.valueOf(found.get("L1")).contains(LARGE_FILE), found::toString);
        try (JournalQueue queue = queue(disk)) {
            finishAll(queue);
        }
        assertEquals(NOTHING, contents());
    }

    @Test
    void row10_promisedMessageCannotBeRead_isAside_andThoseBehindItCount() throws IOException {
        commit("M1", "M2", "M3");
        byte[] octets = disk.octets(SEGMENT);
        disk.put(SEGMENT, flipped(octets, SpoolHeader.LENGTH + Frame.HEADER + 20, 3));
        assertEquals(Map.of("M2", "good", "M3", "good"), contents());
        String aside = SpoolNames.damaged(1, SpoolHeader.LENGTH);
        assertTrue(disk.list().contains(aside), disk.list()::toString);
        assertTrue(log.text().contains(aside), log.text());
    }
}
