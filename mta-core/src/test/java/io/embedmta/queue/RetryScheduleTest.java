package io.embedmta.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
    private static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");
    private static final RetrySchedule EXACT = RetrySchedule.defaults().withJitter(0);

    private static Duration delay(RetrySchedule schedule, int attempts, Instant now) {
        return Duration.between(now, schedule.next(attempts, T0, now, new Random(1)));
    }

    @Test
    void next_followsTheDelaysAndRepeatsTheLast() {
        RetrySchedule schedule =
                EXACT.withDelays(Duration.ofMinutes(1), Duration.ofMinutes(3), Duration.ofHours(1));
        assertEquals(Duration.ofMinutes(1), delay(schedule, 1, T0));
        assertEquals(Duration.ofMinutes(3), delay(schedule, 2, T0));
        assertEquals(Duration.ofHours(1), delay(schedule, 3, T0));
        assertEquals(Duration.ofHours(1), delay(schedule, 400, T0));
    }

    @Test
    void next_beyondTheExpiry_isTheExpiry() {
        Instant late = T0.plus(Duration.ofDays(5)).minusSeconds(60);
        assertEquals(Duration.ofSeconds(60), delay(EXACT, 50, late));
    }

    @Test
    void next_afterTheExpiry_isStillLater() {
        Instant tooLate = T0.plus(Duration.ofDays(5));
        assertEquals(Duration.ofHours(4), delay(EXACT, 50, tooLate));
    }

    @Test
    void next_withJitter_staysWithinItAndVaries() {
        long seed = System.nanoTime();
        System.err.println("next_withJitter seed " + seed);
        Random random = new Random(seed);
        RetrySchedule schedule = RetrySchedule.defaults().withJitter(0.2);
        Set<Instant> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            Instant next = schedule.next(1, T0, T0, random);
            assertFalse(next.isBefore(T0.plusSeconds(240)), next.toString());
            assertFalse(next.isAfter(T0.plusSeconds(360)), next.toString());
            seen.add(next);
        }
        assertTrue(seen.size() > 900);
    }

    @Test
    void defaults_triesForFiveDaysAsRfc5321Asks() {
        Instant now = T0;
        int attempts = 1;
        while (!EXACT.isExpired(T0, now)) {
            Instant next = EXACT.next(attempts, T0, now, new Random(1));
            assertTrue(next.isAfter(now));
            now = next;
            attempts++;
        }
        assertEquals(T0.plus(Duration.ofDays(5)), now);
        assertTrue(attempts > 30 && attempts < 60, () -> "not so many attempts");
    }

    @Test
    void isExpiredAndIsLate_beginAtTheirAges() {
        Instant late = T0.plus(Duration.ofHours(4));
        assertFalse(EXACT.isLate(T0, late.minusMillis(1)));
        assertTrue(EXACT.isLate(T0, late));
        Instant expired = T0.plus(Duration.ofDays(5));
        assertFalse(EXACT.isExpired(T0, expired.minusMillis(1)));
        assertTrue(EXACT.isExpired(T0, expired));
        assertTrue(EXACT.withWarnAfter(Duration.ZERO).isLate(T0, T0));
        assertTrue(EXACT.withExpireAfter(Duration.ofHours(1)).isExpired(T0, late));
    }

    @Test
    void next_ofTheLongestTimes_isAnInstant() {
        Duration longest = Duration.ofDays(3650);
        RetrySchedule schedule =
                EXACT.withDelays(longest)
                        .withJitter(1)
                        .withWarnAfter(longest)
                        .withExpireAfter(longest);
        assertFalse(schedule.next(1, T0, T0, new Random(1)).isAfter(T0.plus(longest)));
        assertFalse(schedule.isLate(T0, T0));
    }

    @Test
    void values_outOfRange_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> EXACT.withDelays());
        assertThrows(IllegalArgumentException.class, () -> EXACT.withDelays(Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class, () -> EXACT.withDelays(Duration.ofSeconds(-1)));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withJitter(-0.1));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withJitter(1.1));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withJitter(Double.NaN));
        assertThrows(
                IllegalArgumentException.class, () -> EXACT.withWarnAfter(Duration.ofSeconds(-1)));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withExpireAfter(Duration.ZERO));
        Duration forever = ChronoUnit.FOREVER.getDuration();
        assertThrows(IllegalArgumentException.class, () -> EXACT.withDelays(forever));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withWarnAfter(forever));
        assertThrows(IllegalArgumentException.class, () -> EXACT.withExpireAfter(forever));
        assertEquals(
                List.of(Duration.ofSeconds(2)), EXACT.withDelays(Duration.ofSeconds(2)).delays());
    }
}
