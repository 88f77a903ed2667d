package io.embedmta.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineEndsTest {

    @Test
    void write_ofRandomOctetsInAnyPieces_equalsModel() {
        long seed = System.nanoTime();
        System.err.println("LineEndsTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 60_000; round++) {
            byte[] octets = Pieces.random(random, "ab\r\n\r\n.\0\u00e9", 20);
            check(octets, random);
        }
    }

    private static void check(byte[] octets, Random random) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineEnds lines = new LineEnds(out::write);
        for (int at = 0; at < octets.length; ) {
            int length = Math.min(random.nextInt(5), octets.length - at);
            lines.write(octets, at, length);
            at += length;
        }
        lines.finish();
        String mended = text.replaceAll("\r\n|\r|\n", "\r\n");
        assertEquals(text, out.toString(StandardCharsets.ISO_8859_1), show(text));
        assertEquals(!mended.equals(text), lines.sawBareLineEnd(), show(text));
        assertEquals(longestLine(text), lines.longestLine(), show(text));
    }

    /** Whatever ends a line ends it here too, so that no line hides behind a bare CR. */
    private static int longestLine(String text) {
        int longest = 0;
        for (String line : text.split("(?<=\n)|(?<=\r)(?!\n)", -1)) {
            longest = Math.max(longest, line.length());
        }
        return longest;
    }

    private static String show(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
    }
}
