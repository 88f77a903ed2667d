package io.embedmta.internal.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Destination;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.smtp.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is let through, and how that changes with what destinations answer. */
class DestinationGateTest {
    private static final Destination ONE = new Destination("one.example");
    private static final Destination OTHER = new Destination("other.example");
    private static final Reply SILENCE = Reply.of(451, "4.4.2", "gave no reply");
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final DestinationGate gate = new DestinationGate(100, 20, PAUSE);

    /** Lets in as many as there is room for. */
    private int fill(Destination destination, Instant now) {
        int entered = 0;
        while (gate.hasRoom() && gate.hasRoom(destination, now)) {
            gate.enter(destination, now);
            entered++;
        }
        return entered;
    }

    private void oneEndsAnswered() {
        gate.answered(ONE);
        gate.leave(ONE);
    }

    private void oneEndsUnanswered() {
        gate.unanswered(ONE, SILENCE, NOW);
        gate.leave(ONE);
    }

    @Test
    void destination_thatHasNotAnswered_getsASmallShare_I9() {
        assertEquals(5, fill(ONE, NOW));
        assertEquals(5, fill(OTHER, NOW), "of its own");
    }

    @Test
    void destination_thatAnswers_getsOneMoreEachTime_upToTheLimit() {
        assertEquals(5, fill(ONE, NOW));
        oneEndsAnswered();
        assertEquals(2, fill(ONE, NOW), "the place left, and one more");
        for (int i = 0; i < 30; i++) {
            oneEndsAnswered();
            fill(ONE, NOW);
        }
        for (int i = 0; i < 20; i++) {
            assertFalse(gate.isEmpty());
            gate.leave(ONE);
        }
        assertTrue(gate.isEmpty());
    }

    @Test
    void limits_belowTheFirstWindow_hold() {
        DestinationGate narrow = new DestinationGate(1, 1, PAUSE);
        assertTrue(narrow.hasRoom(ONE, NOW));
        narrow.enter(ONE, NOW);
        assertFalse(narrow.hasRoom(ONE, NOW));
        assertFalse(narrow.hasRoom());
        narrow.answered(ONE);
        assertFalse(narrow.hasRoom(ONE, NOW));
        narrow.leave(ONE);
        assertTrue(narrow.hasRoom(ONE, NOW));
        assertTrue(narrow.hasRoom());
    }

    @Test
    void destination_thatDoesNotAnswer_getsLess_andThenPauses_I9() {
        fill(ONE, NOW);
        oneEndsUnanswered();
        oneEndsUnanswered();
        assertEquals(0, fill(ONE, NOW), "three are under way, one would be allowed");
        oneEndsUnanswered();
        assertTrue(gate.hasRoom(ONE, NOW), "to be put off");
        assertEquals(Optional.of(SILENCE), gate.enter(ONE, NOW));
        assertEquals(Optional.empty(), gate.enter(OTHER, NOW));
    }

    @Test
    void pause_ofAnIdleDestination_isKeptToItsEnd_andForgottenThen() {
        fill(ONE, NOW);
        for (int i = 0; i < 5; i++) {
            oneEndsUnanswered();
        }
        gate.forgetPauses(NOW);
        Instant late = NOW.plus(PAUSE).minusMillis(1);
        assertEquals(Optional.of(SILENCE), gate.enter(ONE, late));
        gate.leave(ONE);
        assertEquals(Optional.empty(), gate.enter(ONE, NOW.plus(PAUSE)));
        assertEquals(4, fill(ONE, NOW.plus(PAUSE)), "it begins again");
    }

    @Test
    void pause_endsWhenOneUnderWayIsAnswered() {
        fill(ONE, NOW);
        for (int i = 0; i < 3; i++) {
            oneEndsUnanswered();
        }
        oneEndsAnswered();
        gate.leave(ONE);
        assertEquals(Optional.empty(), gate.enter(ONE, NOW));
    }

    @Test
    void pause_isShorterThanAnyWaitForTheNextAttempt() {
        RetrySchedule usual = RetrySchedule.defaults();
        RetrySchedule quick = usual.withDelays(Duration.ofMinutes(5), Duration.ofSeconds(10));
        assertEquals(Duration.ofMinutes(1), DestinationGate.pauseWithin(usual));
        assertEquals(Duration.ofSeconds(5), DestinationGate.pauseWithin(quick));
    }

    @Test
    void destination_withNothingUnderWay_isForgotten() {
        gate.enter(ONE, NOW);
        oneEndsUnanswered();
        assertEquals(5, fill(ONE, NOW));
    }
}
