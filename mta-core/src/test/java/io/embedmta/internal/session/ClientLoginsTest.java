package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.auth.Identity;
import io.embedmta.internal.sasl.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientLoginsTest {
    private final ClientLogins logins = new ClientLogins();
    private Instant now = Instant.parse("2026-11-24T12:00:00Z");

    /** How long to wait; zero if the attempt is granted. */
    private Duration begin(String name) {
        return logins.begin(name, now)
                .map(step -> assertInstanceOf(Step.TooEarly.class, step).delay())
                .orElse(Duration.ZERO);
    }

    private void assertBusy(String name) {
        assertEquals(Optional.of(new Step.Unavailable()), logins.begin(name, now));
    }

    private int fail(String name, int times) {
        int failures = 0;
        for (int i = 0; i < times; i++) {
            failures = logins.end(name, new Step.Rejected(), now);
        }
        return failures;
    }

    private void succeed(String name) {
        logins.end(name, new Step.Accepted(new Identity("ann")), now);
    }

    private void breakOff(String name) {
        logins.end(name, new Step.Unavailable(), now);
    }

    private void advance(Duration time) {
        now = now.plus(time);
    }

    @Test
    void name_afterItsFreeFailures_waitsTwiceAsLongEachTime() {
        assertEquals(3, fail("ann", 3));
        assertEquals(Duration.ZERO, begin("ann"));
        for (int wait : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
            fail("ann", 1);
            assertEquals(Duration.ofSeconds(wait), begin("ann"));
            advance(Duration.ofSeconds(wait));
            assertEquals(Duration.ZERO, begin("ann"));
        }
    }

    @Test
    void name_thatHasSucceeded_isForgiven() {
        fail("ann", 4);
        succeed("ann");
        assertTrue(logins.isBlank());
        assertEquals(1, fail("ann", 1));
    }

    /** Whoever has an account guesses no faster than who has none. */
    @Test
    void name_isNotForgivenByTheSuccessOfAnother() {
        fail("ann", 4);
        fail("bob", 1);
        succeed("bob");
        assertEquals(Duration.ofSeconds(1), begin("ann"));
    }

    /** A telephone in a drawer that knows last year's password, for days. */
    @Test
    void name_thatFailsForEver_keepsNoOtherOut() {
        for (int i = 0; i < 1000; i++) {
            assertEquals(Duration.ZERO, begin("ann"));
            fail("ann", 1);
            assertEquals(Duration.ZERO, begin("bob"));
            succeed("bob");
            advance(ClientLogins.LONGEST_DELAY);
        }
    }

    /** One password for each of many names. */
    @Test
    void names_thatFailInTurn_waitTogether_I9() {
        for (int i = 0; i < ClientLogins.FREE_OF_A_CLIENT; i++) {
            assertEquals(Duration.ZERO, begin("user" + i));
            fail("user" + i, 1);
        }
        for (int wait : new int[] {1, 2, 4, 8, 16, 32}) {
            String next = "next" + wait + now;
            assertEquals(Duration.ZERO, begin(next));
            fail(next, 1);
            assertEquals(Duration.ofSeconds(wait), begin("user0"));
            assertEquals(Duration.ofSeconds(wait), begin("ann"));
            advance(Duration.ofSeconds(wait));
        }
        assertEquals(Duration.ZERO, begin("ann"));
        // One at a time from now on.
        assertBusy("bob");
        succeed("ann");
        assertEquals(Duration.ZERO, begin("bob"));
    }

    @Test
    void name_thatFailsForEver_doesNotRenewTheWaitOfAll() {
        fail("ann", 4);
        for (int i = 0; i < 13; i++) {
            fail("user" + i, 1);
        }
        assertEquals(Duration.ofSeconds(32), begin("bob"));
        advance(Duration.ofSeconds(32));
        assertEquals(Duration.ZERO, begin("ann"));
        fail("ann", 1);
        assertEquals(Duration.ZERO, begin("bob"));
    }

    @Test
    void names_anHourAfterTheirLastFailure_areLikeAnyOther() {
        fail("ann", 30);
        for (int i = 0; i < 2 * ClientLogins.MAX_NAMES; i++) {
            fail("user" + i, 1);
        }
        advance(ClientLogins.FORGET.minusMillis(1));
        assertEquals(Duration.ZERO, begin("carol"));
        breakOff("carol");
        assertFalse(logins.isBlank());
        advance(Duration.ofMillis(1));
        assertEquals(Duration.ZERO, begin("carol"));
        breakOff("carol");
        assertTrue(logins.isBlank());
        assertEquals(1, fail("ann", 1));
    }

    @Test
    void names_beyondTheBound_areOne_andNotForgiven_I9() {
        for (int i = 0; i < ClientLogins.MAX_NAMES; i++) {
            fail("user" + i, 1);
        }
        assertEquals(1, fail("ann", 1));
        assertEquals(2, fail("bob", 1));
        succeed("ann");
        assertEquals(3, fail("carol", 1));
        assertEquals(2, fail("user0", 1));
    }

    @Test
    void names_beyondTheBound_thatFailForEver_keepOutThemselvesAlone() {
        for (int i = 0; i < ClientLogins.MAX_NAMES; i++) {
            fail("user" + i, 1);
        }
        fail("ann", 30);
        advance(ClientLogins.LONGEST_DELAY);
        assertEquals(Duration.ZERO, begin("bob"));
        breakOff("bob");
        fail("ann", 1);
        assertEquals(Duration.ZERO, begin("user0"));
        assertEquals(ClientLogins.LONGEST_DELAY, begin("bob"), "not told apart from ann");
    }

    @Test
    void names_thatAreLong_areToldApartAndForgiven() {
        String long1 = "x".repeat(200) + "1";
        String long2 = "x".repeat(200) + "2";
        assertEquals(4, fail(long1, 4));
        assertEquals(Duration.ofSeconds(1), begin(long1));
        assertEquals(Duration.ZERO, begin(long2));
        breakOff(long2);
        succeed(long1);
        assertTrue(logins.isBlank());
    }

    /** Whoever tries many passwords at the same moment has tried them for a long while to come. */
    @Test
    void attempts_ofManyAtOnce_areBounded_I9() {
        for (int i = 0; i < ClientLogins.AT_ONCE; i++) {
            assertEquals(Duration.ZERO, begin("ann"));
        }
        assertBusy("ann");
        assertBusy("bob");
        breakOff("ann");
        assertEquals(Duration.ZERO, begin("bob"));
        breakOff("bob");
        fail("ann", ClientLogins.AT_ONCE - 1);
        assertEquals(ClientLogins.LONGEST_DELAY, begin("ann"));
        advance(ClientLogins.LONGEST_DELAY);
        assertEquals(Duration.ZERO, begin("ann"));
        // One at a time from now on.
        assertBusy("ann");
        assertEquals(Duration.ZERO, begin("bob"));
    }

    @Test
    void clock_thatIsSetBack_shutsNobodyOut() {
        fail("ann", 30);
        advance(Duration.ofDays(-1));
        assertEquals(Duration.ZERO, begin("ann"));
    }
}
