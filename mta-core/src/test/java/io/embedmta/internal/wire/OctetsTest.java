package io.embedmta.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OctetsTest {
    private static final long SEED = 5321;

    /** Neighbours of CR and LF, and what a borrow or a sign could be mistaken in. */
    private static final byte[] TRICKY = {
        0, 1, 9, 10, 11, 12, 13, 14, 'a', 127, -128, -127, (byte) 0x8A, (byte) 0x8D, -1
    };

    @Test
    void searches_anyOctetsAndRange_findWhatALoopFinds() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 200_000; round++) {
            byte[] octets = new byte[random.nextInt(40)];
            int kinds = 1 + random.nextInt(TRICKY.length);
            int first = random.nextInt(TRICKY.length);
            for (int i = 0; i < octets.length; i++) {
                octets[i] = TRICKY[(first + random.nextInt(kinds)) % TRICKY.length];
            }
            int to = random.nextInt(octets.length + 1);
            int from = random.nextInt(to + 1);
            String where = "seed " + SEED + ", round " + round;
            assertEquals(
                    naive(octets, from, to, 10, 10), Octets.indexOfLf(octets, from, to), where);
            assertEquals(
                    naive(octets, from, to, 10, 13), Octets.indexOfCrOrLf(octets, from, to), where);
            assertEquals(
                    naiveEightBit(octets, from, to), Octets.hasEightBit(octets, from, to), where);
        }
    }

    @Test
    void indexOf_nothingThere_isTheEnd() {
        byte[] octets = "no line end in here".getBytes(StandardCharsets.US_ASCII);
        assertEquals(octets.length, Octets.indexOfLf(octets, 0, octets.length));
        assertEquals(octets.length, Octets.indexOfCrOrLf(octets, 0, octets.length));
        assertEquals(3, Octets.indexOfLf(octets, 3, 3));
    }

    @Test
    void hasEightBit_outsideTheRange_isNotSeen() {
        byte[] octets = {-1, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', -1};
        assertFalse(Octets.hasEightBit(octets, 1, 10));
        assertTrue(Octets.hasEightBit(octets, 1, 11));
        assertTrue(Octets.hasEightBit(octets, 0, 1));
    }

    private static int naive(byte[] octets, int from, int to, int one, int other) {
        for (int i = from; i < to; i++) {
            if (octets[i] == one || octets[i] == other) {
                return i;
            }
        }
        return to;
    }

    private static boolean naiveEightBit(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            if (octets[i] < 0) {
                return true;
            }
        }
        return false;
    }
}
