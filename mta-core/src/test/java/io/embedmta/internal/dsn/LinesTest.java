package io.embedmta.internal.dsn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinesTest {

    @Test
    void text_withControls_isCleaned() {
        assertEquals("a  b?c?d?", Lines.unicode("a\r\nb\0c\u0085d\u202E", 100));
        assertEquals("caf? ? ?", Lines.ascii("café \uD83D\uDE00 \uD800", 100));
        assertEquals("café \uD83D\uDE00 ?", Lines.unicode("café \uD83D\uDE00 \uD800", 100));
    }

    @Test
    void text_beyondTheLimit_isCutWithDots() {
        assertEquals("abc...", Lines.ascii("abcdef", 3));
        assertEquals("abc", Lines.ascii("abc", 3));
    }

    @Test
    void line_ofManyWords_isFoldedAt78AndUnfoldsToItself() {
        String line = "Diagnostic-Code: smtp; 550" + " word".repeat(100);
        String folded = append(line);
        assertTrue(folded.lines().allMatch(each -> each.length() <= 78), folded);
        assertEquals(line, folded.replace("\r\n ", " ").stripTrailing());
    }

    @Test
    void line_ofOneEndlessWord_isBrokenBefore998() {
        for (String word : new String[] {"x", "é", "\uD83D\uDE00"}) {
            String line = "X: " + word.repeat(5000);
            String folded = append(line);
            assertTrue(
                    folded.lines()
                            .allMatch(each -> each.getBytes(StandardCharsets.UTF_8).length <= 998));
            assertFalse(folded.contains("?"));
            assertEquals(
                    line.replace(" ", ""), folded.replace("\r\n ", "").strip().replace(" ", ""));
        }
    }

    @Test
    void line_ofAnything_staysInBoundsAndNeverHasALineOfSpaces() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder("Name: x");
            int length = random.nextInt(4000);
            int spaces = random.nextInt(1, 100);
            for (int i = 0; i < length; i++) {
                text.append(random.nextInt(100) < spaces ? ' ' : 'w');
            }
            String folded = append(text.toString().strip());
            assertTrue(folded.endsWith("\r\n"));
            String[] lines = folded.substring(0, folded.length() - 2).split("\r\n", -1);
            for (int i = 0; i < lines.length; i++) {
                assertTrue(lines[i].length() <= 998, "seed " + seed);
                assertFalse(lines[i].isBlank(), "seed " + seed);
                assertTrue(i == 0 || lines[i].startsWith(" "), "seed " + seed);
            }
        }
    }

    private static String append(String line) {
        StringBuilder out = new StringBuilder();
        Lines.append(out, line, " ");
        return out.toString();
    }
}
