package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClientLoginsTest {
    private final ClientLogins logins = new ClientLogins();
    private Instant now = Instant.parse("2026-11-24T12:00:00Z");

    private Duration begin(String name) {
        return logins.begin(name, now);
    }

    private int fail(String name, int times) {
        int failures = 0;
        for (int i = 0; i < times; i++) {
            failures = logins.failed(name, now);
        }
        return failures;
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
        logins.succeeded("ann");
        assertTrue(logins.isBlank());
        assertEquals(1, fail("ann", 1));
    }

    /** Whoever has an account guesses no faster than who has none. */
    @Test
    void name_isNotForgivenByTheSuccessOfAnother() {
        fail("ann", 4);
        fail("bob", 1);
        logins.succeeded("bob");
        assertEquals(Duration.ofSeconds(1), begin("ann"));
    }

    /** A telephone in a drawer that knows last year's password, for days. */
    @Test
    void name_thatFailsForEver_keepsNoOtherOut() {
        for (int i = 0; i < 1000; i++) {
            assertEquals(Duration.ZERO, begin("ann"));
            fail("ann", 1);
            assertEquals(Duration.ZERO, begin("bob"));
            logins.succeeded("bob");
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
        for (int wait : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
            String next = "next" + wait + now;
            assertEquals(Duration.ZERO, begin(next));
            fail(next, 1);
            assertEquals(Duration.ofSeconds(wait), begin("user0"));
            assertEquals(Duration.ofSeconds(wait), begin("ann"));
            advance(Duration.ofSeconds(wait));
        }
        assertEquals(Duration.ZERO, begin("ann"));
        assertEquals(ClientLogins.FIRST_DELAY, begin("bob"), "one at a time from now on");
        logins.succeeded("ann");
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
        logins.ended("carol");
        assertFalse(logins.isBlank());
        advance(Duration.ofMillis(1));
        assertEquals(Duration.ZERO, begin("carol"));
        logins.ended("carol");
        assertTrue(logins.isBlank());
        assertEquals(1, fail("ann", 1));
    }

    @Test
    void names_beyondTheBound_areNotForgiven_I9() {
        for (int i = 0; i < ClientLogins.MAX_NAMES; i++) {
            fail("user" + i, 1);
        }
        String longName = "x".repeat(ClientLogins.MAX_NAME + 1);
        assertEquals(1, fail(longName, 1));
        assertEquals(2, fail("ann", 1), "one name for all that are not told apart");
        logins.succeeded(longName);
        logins.succeeded("ann");
        assertEquals(3, fail("bob", 1));
        assertEquals(2, fail("user0", 1));
    }

    /** Nobody tries more passwords by trying them all at the same moment. */
    @Test
    void attempts_ofManyAtOnce_areBounded_I9() {
        for (int i = 0; i < ClientLogins.AT_ONCE; i++) {
            assertEquals(Duration.ZERO, begin("ann"));
        }
        assertEquals(ClientLogins.FIRST_DELAY, begin("ann"));
        assertEquals(ClientLogins.FIRST_DELAY, begin("bob"));
        logins.ended("ann");
        assertEquals(Duration.ZERO, begin("bob"));
        logins.ended("bob");
        fail("ann", ClientLogins.AT_ONCE - 1);
        assertEquals(ClientLogins.LONGEST_DELAY, begin("ann"));
        advance(ClientLogins.LONGEST_DELAY);
        assertEquals(Duration.ZERO, begin("ann"));
        assertEquals(ClientLogins.FIRST_DELAY, begin("ann"), "one at a time from now on");
        assertEquals(Duration.ZERO, begin("bob"));
    }

    @Test
    void clock_thatIsSetBack_shutsNobodyOut() {
        fail("ann", 30);
        advance(Duration.ofDays(-1));
        assertEquals(Duration.ZERO, begin("ann"));
    }
}
