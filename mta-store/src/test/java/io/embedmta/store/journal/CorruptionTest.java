package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What one wrong bit does, wherever it is: it costs the frame that it is in, and no other. */
class CorruptionTest extends SpoolFixture {
    /** A message that was over before the damage; what became of its frame is nobody's loss. */
    private static final String OVER = "M0";

    /** A frame of the spool before the damage. */
    private record Place(int from, int to, Set<String> messages) {
        boolean has(int at) {
            return at >= from && at < to;
        }
    }

    @Test
    void wrongBit_anywhere_losesNoOtherMessage_andItsFrameIsKeptAside() throws IOException {
        long seed = System.nanoTime();
        log.say("CorruptionTest seed " + seed);
        Random random = new Random(seed);
        fill();
        SimulatedDisk whole = disk;
        byte[] octets = disk.octets(SEGMENT);
        List<Place> places = places(octets);
        for (int at = 0; at < octets.length; at++) {
            for (int bit : new int[] {at % 8, random.nextInt(8)}) {
                disk = whole.afterKill();
                byte[] damaged = flipped(octets, at, bit);
                disk.put(SEGMENT, damaged);
                check("bit " + bit + " of " + at, at, damaged, places);
                log.forget();
            }
        }
    }

    private void fill() throws IOException {
        try (QueuePlayer player = player()) {
            commit(player, "M0", SMALL);
            player.finish("x.example");
            commit(player, "M1", SMALL);
            player.settle(player.lease("x.example"), QueuePlayer.retry("m1@x.example", 5, true));
            commit(player, "L1", LARGE);
            player.commitTogether(disk, SMALL, "T1", "T2", "T3");
            commit(player, "M2", SMALL);
            player.commitTogether(disk, SMALL, "T4", "T5", "T6");
        }
    }

    private static List<Place> places(byte[] octets) throws IOException {
        List<Place> places = new ArrayList<>();
        SpoolFile file = new SimulatedDisk().create("copy");
        file.write(ByteBuffer.wrap(octets), 0);
        long salt = ByteBuffer.wrap(octets).getLong(20);
        FrameScanner.Visitor visitor =
                new FrameScanner.Visitor() {
                    @Override
                    public void frame(FrameScanner.Scanned frame) {
                        Set<String> ids = new TreeSet<>();
                        frame.records().messages().forEach(one -> ids.add(one.id().text()));
                        places.add(new Place(frame.offset(), frame.end(), ids));
                    }

                    @Override
                    public void gap(long from, long to) {
                        throw new AssertionError("a gap at " + from);
                    }
                };
        assertEquals(octets.length, new FrameScanner(file, octets.length, salt).scan(visitor));
        assertEquals(12, places.size());
        return places;
    }

    private void check(String what, int at, byte[] damaged, List<Place> places) throws IOException {
        Map<String, String> found = contents();
        for (Place place : places) {
            for (String id : place.messages) {
                if (place.has(at)) {
                    assertNotEquals("good", found.get(id), what);
                } else if (!id.equals(OVER)) {
                    assertEquals("good", found.get(id), what + ": " + id);
                }
            }
            if (place.has(at) && !isShown(place, found)) {
                String aside = SpoolNames.damaged(1, place.from);
                assertTrue(disk.list().contains(aside), what + " left " + disk.list());
                assertArrayEquals(
                        Arrays.copyOfRange(damaged, place.from, place.to),
                        disk.octets(aside),
                        what);
            }
        }
        assertStays(what, found);
    }

    /** Whether a frame lives on, since only the content in it is damaged. */
    private static boolean isShown(Place place, Map<String, String> found) {
        return place.messages.contains(OVER)
                || (!place.messages.isEmpty() && found.keySet().containsAll(place.messages));
    }

    /** What was found is found again, and again when its segment is not the newest any more. */
    private void assertStays(String what, Map<String, String> found) throws IOException {
        assertEquals(found, contents(), what);
        commit("NEW");
        Map<String, String> more = new TreeMap<>(found);
        more.put("NEW", "good");
        assertEquals(more, contents(), what);
    }
}
