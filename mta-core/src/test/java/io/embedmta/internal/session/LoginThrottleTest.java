package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.testing.ManualClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private final ManualClock clock = ManualClock.at(Instant.parse("2026-11-24T12:00:00Z"));
    private final LoginThrottle throttle = new LoginThrottle(clock);

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void fail(InetAddress client, int times) {
        for (int i = 0; i < times; i++) {
            throttle.begin(client);
            throttle.failed(client, "ann");
        }
    }

    @Test
    void begin_ofOtherAddressInTheSameBlock_waitsToo() {
        fail(address("2001:db8:1:2::1"), 4);
        assertEquals(Duration.ofSeconds(1), throttle.begin(address("2001:db8:1:2::ffff")));
        assertEquals(Duration.ZERO, throttle.begin(address("2001:db8:1:3::1")));
        assertEquals(Duration.ZERO, throttle.begin(address("192.0.2.1")));
    }

    @Test
    void succeeded_afterFailures_forgetsThem() {
        InetAddress client = address("192.0.2.1");
        fail(client, 3);
        assertEquals(Duration.ZERO, throttle.begin(client));
        throttle.succeeded(client, "ann");
        assertEquals(0, throttle.clients());
        fail(client, 3);
        assertEquals(Duration.ZERO, throttle.begin(client));
    }

    @Test
    void succeeded_ofAnotherClient_forgetsNothing() {
        InetAddress guessing = address("192.0.2.1");
        InetAddress honest = address("198.51.100.1");
        fail(guessing, 4);
        assertEquals(Duration.ZERO, throttle.begin(honest));
        throttle.succeeded(honest, "ann");
        assertEquals(Duration.ofSeconds(1), throttle.begin(guessing));
    }

    /** Whoever has an account guesses no faster than who has none. */
    @Test
    void succeeded_ofAnotherName_forgivesNothing() {
        InetAddress client = address("192.0.2.1");
        fail(client, 4);
        throttle.succeeded(client, "mallory");
        assertEquals(Duration.ofSeconds(1), throttle.begin(client));
    }

    @Test
    void succeeded_afterFailuresOfOthersToo_forgivesItsOwn() {
        InetAddress client = address("192.0.2.1");
        fail(client, 4);
        throttle.failed(client, "bob");
        throttle.succeeded(client, "ann");
        assertEquals(2, throttle.failed(client, "bob"));
    }

    @Test
    void succeeded_ofANameBeyondTheBound_forgivesNothing_I9() {
        InetAddress client = address("192.0.2.1");
        for (int i = 0; i <= LoginThrottle.MAX_NAMES; i++) {
            throttle.failed(client, "user" + i);
        }
        String longName = "x".repeat(LoginThrottle.MAX_NAME + 1);
        throttle.failed(client, longName);
        throttle.succeeded(client, longName);
        throttle.succeeded(client, "user" + LoginThrottle.MAX_NAMES);
        assertEquals(LoginThrottle.MAX_NAMES + 3, throttle.failed(client, "ann"));
    }

    @Test
    void begin_anHourAfterTheLastFailure_isFree() {
        InetAddress client = address("192.0.2.1");
        fail(client, 30);
        assertEquals(LoginThrottle.LONGEST_DELAY, throttle.begin(client));
        clock.advance(LoginThrottle.FORGET);
        for (int i = 0; i < LoginThrottle.FREE_FAILURES; i++) {
            assertEquals(Duration.ZERO, throttle.begin(client));
            throttle.failed(client, "ann");
        }
        assertEquals(Duration.ZERO, throttle.begin(client));
    }

    /** Nobody tries more passwords by trying them all at the same moment. */
    @Test
    void begin_ofManyAtOnce_isBounded_I9() {
        InetAddress client = address("192.0.2.1");
        for (int i = 0; i < LoginThrottle.AT_ONCE; i++) {
            assertEquals(Duration.ZERO, throttle.begin(client));
        }
        assertNotEquals(Duration.ZERO, throttle.begin(client));
        throttle.ended(client);
        assertEquals(Duration.ZERO, throttle.begin(client));
        for (int i = 0; i < LoginThrottle.AT_ONCE; i++) {
            throttle.failed(client, "ann");
        }
        clock.advance(LoginThrottle.LONGEST_DELAY);
        assertEquals(Duration.ZERO, throttle.begin(client));
        assertNotEquals(Duration.ZERO, throttle.begin(client), "one at a time from now on");
    }

    @Test
    void clients_beyondTheBound_areForgotten_I9() {
        for (int i = 0; i < LoginThrottle.MAX_CLIENTS + 100; i++) {
            fail(address("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256), 1);
        }
        assertEquals(LoginThrottle.MAX_CLIENTS, throttle.clients());
        // One that was forgotten in the middle of its attempt.
        throttle.ended(address("10.0.0.0"));
        assertEquals(1, throttle.failed(address("10.0.0.1"), "ann"));
        assertTrue(throttle.clients() <= LoginThrottle.MAX_CLIENTS);
    }
}
