package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.smtp.SyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueIdTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    @Test
    void ids_sortByTheirMillisecond() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Instant time = Instant.EPOCH;
        QueueId last = QueueId.next(time, random);
        for (int i = 0; i < 2000; i++) {
            time = time.plusMillis(1L + random.nextInt(Integer.MAX_VALUE));
            QueueId id = QueueId.next(time, random);
            assertTrue(last.compareTo(id) < 0, "seed " + seed);
            last = id;
        }
    }

    @Test
    void ids_sortFor800Years() {
        RandomGenerator random = new Random(1);
        QueueId now = QueueId.next(NOW, random);
        assertTrue(now.compareTo(QueueId.next(NOW.plus(Duration.ofDays(281_000)), random)) < 0);
    }

    @Test
    void ids_ofOneMillisecond_differ() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Set<QueueId> ids = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            assertTrue(ids.add(QueueId.next(NOW, random)), "seed " + seed);
        }
    }

    /** Seven digits of 31 are 34.7 bits: each of them must take every value, evenly. */
    @Test
    void ids_holdMoreThan34RandomBits() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int rounds = 31_000;
        int[][] counts = new int[7][128];
        for (int i = 0; i < rounds; i++) {
            String digits = QueueId.next(NOW, random).text().substring(9);
            for (int place = 0; place < 7; place++) {
                counts[place][digits.charAt(place)]++;
            }
        }
        for (int[] place : counts) {
            int seen = 0;
            for (int count : place) {
                if (count > 0) {
                    seen++;
                    assertTrue(count > 700 && count < 1300, "seed " + seed);
                }
            }
            assertEquals(31, seen, "seed " + seed);
        }
        assertTrue(7 * Math.log(31) / Math.log(2) > 34);
    }

    @Test
    void ids_spellNoWords() {
        String id = QueueId.next(NOW, new Random(7)).text();
        assertEquals(16, id.length());
        assertTrue(id.chars().noneMatch(c -> "AEIOUaeiou".indexOf(c) >= 0), id);
        assertEquals(new QueueId(id), QueueId.next(NOW, new Random(7)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "../a", "a\r\nb", "a.b", "\u00e9", "\u0661", "a\u0000"})
    void id_thatIsNotLettersAndDigits_isRefused(String text) {
        assertThrows(SyntaxException.class, () -> new QueueId(text));
    }

    @Test
    void id_hasAtMost64Characters() {
        assertEquals("Z".repeat(64), new QueueId("Z".repeat(64)).toString());
        assertThrows(SyntaxException.class, () -> new QueueId("Z".repeat(65)));
    }
}
