package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.QueueId;
import io.embedmta.queue.MailWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What is found in a spool that is not as a queue left it. */
class RecoveryTest extends SpoolFixture {

    private static final Map<String, String> ALL_GOOD =
            Map.of("M1", "good", "M2", "good", "M3", "good");

    @Test
    void tornTail_isCutAndSaidAndMovedAside() throws IOException {
        commit("M1", "M2", "M3");
        byte[] whole = disk.octets(SEGMENT);
        byte[] tail = new byte[700];
        new Random(3).nextBytes(tail);
        disk.put(SEGMENT, joined(whole, tail));
        assertEquals(ALL_GOOD, contents());
        String aside = SpoolNames.damaged(1, whole.length);
        assertArrayEquals(whole, disk.octets(SEGMENT));
        assertArrayEquals(tail, disk.octets(aside));
        assertTrue(log.text().contains(aside), log.text());
    }

    @Test
    void tornTail_ofAFrameCutAnywhere_losesNothingBeforeIt() throws IOException {
        commit("M1", "M2", "M3");
        int before = disk.octets(SEGMENT).length;
        disk.put(SEGMENT, new byte[0]);
        disk = new SimulatedDisk();
        commit("M1", "M2", "M3", "M4");
        SimulatedDisk whole = disk;
        byte[] octets = disk.octets(SEGMENT);
        for (int end = before; end < octets.length; end++) {
            disk = whole.afterKill();
            disk.put(SEGMENT, Arrays.copyOf(octets, end));
            assertEquals(ALL_GOOD, contents(), "cut at " + end);
            assertEquals(before, disk.octets(SEGMENT).length);
        }
    }

    @Test
    void zerosAhead_areCutWithoutAWord() throws IOException {
        commit("M1", "M2", "M3");
        byte[] whole = disk.octets(SEGMENT);
        disk.put(SEGMENT, joined(whole, new byte[5000]));
        assertEquals(ALL_GOOD, contents());
        assertArrayEquals(whole, disk.octets(SEGMENT));
        assertEquals("", log.text());
    }

    @Test
    void emptySegment_ofACrashWhileItWasMade_isNoTrouble() throws IOException {
        commit("M1", "M2", "M3");
        disk.put(Segment.name(2), new byte[0]);
        assertEquals(ALL_GOOD, contents());
        commit("M4");
        assertEquals(4, contents().size());
    }

    @Test
    void damagedSegmentHeader_losesNoFrame() throws IOException {
        commit("M1", "M2", "M3");
        byte[] whole = disk.octets(SEGMENT);
        Arrays.fill(whole, 0, SpoolHeader.LENGTH, (byte) 'x');
        disk.put(SEGMENT, whole);
        assertEquals(ALL_GOOD, contents());
        assertTrue(log.text().contains(SEGMENT), log.text());
    }

    @Test
    void lostSpoolFile_isWrittenAnewFromASegment() throws IOException {
        commit("M1", "M2", "M3");
        byte[] name = disk.octets(SpoolNames.SPOOL);
        disk.take(SpoolNames.SPOOL);
        assertEquals(ALL_GOOD, contents());
        assertArrayEquals(name, disk.octets(SpoolNames.SPOOL));
        assertTrue(log.text().contains("damaged or gone"), log.text());
    }

    @Test
    void damagedSpoolFile_isMovedAsideAndWrittenAnew_whateverOctetItIs() throws IOException {
        commit("M1", "M2", "M3");
        SimulatedDisk whole = disk;
        byte[] name = disk.octets(SpoolNames.SPOOL);
        for (int at = 0; at < name.length; at++) {
            disk = whole.afterKill();
            byte[] damaged = flipped(name, at, at % 8);
            disk.put(SpoolNames.SPOOL, damaged);
            assertEquals(ALL_GOOD, contents());
            assertArrayEquals(name, disk.octets(SpoolNames.SPOOL));
            assertArrayEquals(damaged, disk.octets(SpoolNames.damaged(SpoolNames.SPOOL)));
        }
    }

    @Test
    void spoolFileAndAllSegmentHeadersDamaged_isRefusedAndNothingTouched() throws IOException {
        commit("M1", "M2", "M3");
        byte[] damaged = flipped(disk.octets(SEGMENT), 25, 1);
        disk.put(SEGMENT, damaged);
        disk.take(SpoolNames.SPOOL);
        IOException e = assertThrows(IOException.class, this::contents);
        assertTrue(e.toString().contains("restore one of them"), e::toString);
        assertArrayEquals(damaged, disk.octets(SEGMENT));
    }

    @Test
    void lostLargeFile_leavesTheMessage_andIsNamed() throws IOException {
        large();
        disk.take(SpoolNames.large(1));
        assertLargeIsDamaged(true);
    }

    @Test
    void shortLargeFile_leavesTheMessage_andIsNamed() throws IOException {
        large();
        disk.put(SpoolNames.large(1), new byte[LARGE - 1]);
        assertLargeIsDamaged(true);
    }

    @Test
    void corruptLargeFile_leavesTheMessage_andIsNotGivenAsIfItWereWhole() throws IOException {
        large();
        byte[] octets = disk.octets(SpoolNames.large(1));
        for (int at : new int[] {0, LARGE / 2, LARGE - 1}) {
            disk.put(SpoolNames.large(1), flipped(octets, at, 0));
            assertLargeIsDamaged(false);
        }
    }

    private void large() throws IOException {
        try (QueuePlayer player = player()) {
            commit(player, "M1", SMALL);
            commit(player, "L1", LARGE);
        }
    }

    private void assertLargeIsDamaged(boolean saidAtOnce) throws IOException {
        Map<String, String> found = contents();
        assertEquals("good", found.get("M1"));
        String said = String.valueOf(found.get("L1"));
        assertTrue(said.contains(SpoolNames.large(1)), said);
        assertEquals(saidAtOnce, log.text().contains("L1: the content"), log.text());
        assertEquals(saidAtOnce, log.text().contains("sender@from.example"), log.text());
    }

    @Test
    void damagedLargeMessage_canBeEnded() throws IOException {
        large();
        disk.take(SpoolNames.large(1));
        try (JournalQueue queue = queue(disk)) {
            finishAll(queue);
        }
        assertEquals(Map.of(), contents());
    }

    @Test
    void orphanLargeFile_isDeleted() throws IOException {
        large();
        disk.put(SpoolNames.large(7), new byte[LARGE]);
        assertEquals(Map.of("M1", "good", "L1", "good"), contents());
        assertFalse(disk.list().contains(SpoolNames.large(7)));
        assertTrue(disk.list().contains(SpoolNames.large(1)));
    }

    @Test
    void foreignFile_isLeftAlone() throws IOException {
        commit("M1", "M2", "M3");
        disk.put("README", new byte[] {'x'});
        disk.put("12x.mail", new byte[] {'x'});
        assertEquals(ALL_GOOD, contents());
        assertTrue(disk.list().containsAll(List.of("README", "12x.mail")));
    }

    @Test
    void anotherFormatOfTheSpool_isRefusedByName() throws IOException {
        commit("M1", "M2", "M3");
        assertFormatIsRefused(SpoolNames.SPOOL, 0);
    }

    @Test
    void anotherFormatOfASegment_isRefusedByName() throws IOException {
        commit("M1", "M2", "M3");
        assertFormatIsRefused(SEGMENT, 1);
    }

    private void assertFormatIsRefused(String name, long number) throws IOException {
        byte[] before = disk.octets(name);
        long salt = ByteBuffer.wrap(before).getLong(20);
        ByteBuffer header = new SpoolHeader(2, number, salt).octets();
        byte[] octets = before.clone();
        header.get(octets, 0, SpoolHeader.LENGTH);
        disk.put(name, octets);
        List<String> names = disk.list();
        IOException e = assertThrows(IOException.class, this::contents);
        assertTrue(e.toString().contains(name + " is of format 2"), e::toString);
        assertArrayEquals(octets, disk.octets(name));
        assertEquals(names, disk.list());
        disk.put(name, before);
        assertEquals(ALL_GOOD, contents());
    }

    @Test
    void unknownRecord_isRefusedByNameAndNothingTouched() throws IOException {
        commit("M1", "M2", "M3");
        byte[] octets = disk.octets(SEGMENT);
        int at = SpoolHeader.LENGTH;
        octets[at + Frame.HEADER + 1] = 9;
        long salt = ByteBuffer.wrap(octets).getLong(20);
        int length = RecordInput.int32(octets, at + 4);
        ByteBuffer.wrap(octets).putInt(at + 16, Frame.checksum(salt, octets, at, length));
        disk.put(SEGMENT, octets);
        IOException e = assertThrows(IOException.class, this::contents);
        assertTrue(e.toString().contains("type 1, version 9"), e::toString);
        assertArrayEquals(octets, disk.octets(SEGMENT));
    }

    @Test
    void frameOfAnotherSpoolInAMessage_isNotTakenForOne() throws IOException {
        SimulatedDisk other = new SimulatedDisk();
        try (JournalQueue queue = JournalQueue.open(other, LIMITS, new Random(2), () -> {})) {
            write(queue, "EVIL", new byte[SMALL]);
        }
        byte[] segment = other.octets(SEGMENT);
        assertForgedFrameIsNotTaken(
                Arrays.copyOfRange(segment, SpoolHeader.LENGTH, segment.length));
    }

    @Test
    void frameWithAGuessedSaltInAMessage_isNotTakenForOne() throws IOException {
        for (long guess : new long[] {0, -1, 1, SALT_SEED}) {
            disk = new SimulatedDisk();
            Frame frame = new Frame();
            CRC32C crc = new CRC32C();
            crc.update(new byte[SMALL]);
            frame.add(
                    new MessageRecord(
                            77,
                            new QueueId("EVIL"),
                            QueuePlayer.mail("eve@x.example"),
                            ContentPlace.inline(0, SMALL, (int) crc.getValue())),
                    List.of(ByteBuffer.allocate(SMALL)));
            ByteBuffer sealed = ByteBuffer.allocate(frame.length());
            frame.seal(guess, SpoolHeader.LENGTH).forEach(sealed::put);
            assertForgedFrameIsNotTaken(sealed.array());
        }
    }

    private void assertForgedFrameIsNotTaken(byte[] forged) throws IOException {
        try (JournalQueue queue = queue(disk)) {
            write(queue, "M1", QueueModel.octets("M1", SMALL));
            write(queue, "OUTER", forged);
            write(queue, "M2", QueueModel.octets("M2", SMALL));
        }
        byte[] octets = disk.octets(SEGMENT);
        int inner = indexOf(octets, forged);
        // The frame around it is damaged, so that the scan comes to what is inside.
        disk.put(SEGMENT, flipped(octets, inner - 1, 0));
        assertEquals(Map.of("M1", "good", "M2", "good"), contents());
    }

    private static int indexOf(byte[] octets, byte[] part) {
        for (int at = 0; at + part.length <= octets.length; at++) {
            if (Arrays.equals(octets, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("It is not there.");
    }

    private static void write(JournalQueue queue, String id, byte[] octets) throws IOException {
        try (MailWriter writer = queue.begin(new QueueId(id))) {
            writer.body().write(octets);
            writer.commit(
                    QueuePlayer.mail(
                            "a@from.example", QueuePlayer.T0, QueuePlayer.EDITS, "b@x.example"));
        }
    }

    @Test
    void interruptedCopyAside_isMadeAgain() throws IOException {
        commit("M1", "M2", "M3");
        byte[] whole = disk.octets(SEGMENT);
        byte[] tail = new byte[700];
        Arrays.fill(tail, (byte) 'x');
        disk.put(SEGMENT, joined(whole, tail));
        SimulatedDisk before = disk;
        String aside = SpoolNames.damaged(1, whole.length);
        Random random = new Random(11);
        for (int call = 1; call < 8; call++) {
            for (int i = 0; i < 20; i++) {
                disk = before.afterKill().stopAt(call);
                try (JournalQueue queue = queue(disk)) {
                    assertEquals(3, queue.size());
                } catch (IOException e) {
                    assertTrue(disk.isStopped());
                }
                disk = i == 0 ? disk.afterKill() : disk.afterCrash(random);
                assertEquals(ALL_GOOD, contents());
                disk = disk.afterCrash(random);
                assertArrayEquals(tail, disk.octets(aside));
            }
        }
    }

    @Test
    void segmentNumber_isNotUsedAgain_whileSomethingOfItIsAside() throws IOException {
        for (int i = 0; i < 3; i++) {
            commit("M" + i);
            String newest = disk.list().stream().filter(RecoveryTest::isSegment).findAny().get();
            disk.put(newest, joined(disk.octets(newest), new byte[] {(byte) ('a' + i)}));
            try (JournalQueue queue = queue(disk)) {
                finishAll(queue);
            }
            disk.list().stream().filter(RecoveryTest::isSegment).forEach(disk::take);
        }
        assertEquals(3, disk.list().stream().filter(n -> n.endsWith(".damaged")).count());
    }

    private static boolean isSegment(String name) {
        return Segment.numberOf(name) >= 0;
    }
}
