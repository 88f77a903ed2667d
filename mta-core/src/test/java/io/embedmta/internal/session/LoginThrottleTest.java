package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.auth.Identity;
import io.embedmta.internal.sasl.Step;
import io.embedmta.testing.ManualClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private static final Step ACCEPTED = new Step.Accepted(new Identity("ann"));
    private static final Step REJECTED = new Step.Rejected();
    private static final Optional<Step> A_SECOND =
            Optional.of(new Step.TooEarly(Duration.ofSeconds(1)));

    private final ManualClock clock = ManualClock.at(Instant.parse("2026-11-24T12:00:00Z"));
    private final LoginThrottle throttle = new LoginThrottle(clock);

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void fail(InetAddress client, String name, int times) {
        for (int i = 0; i < times; i++) {
            throttle.begin(client, name);
            throttle.end(client, name, REJECTED);
        }
    }

    @Test
    void begin_ofOtherAddressInTheSameBlock_waitsToo() {
        fail(address("2001:db8:1:2::1"), "ann", 4);
        assertEquals(A_SECOND, throttle.begin(address("2001:db8:1:2::ffff"), "ann"));
        assertEquals(Optional.empty(), throttle.begin(address("2001:db8:1:3::1"), "ann"));
        assertEquals(Optional.empty(), throttle.begin(address("192.0.2.1"), "ann"));
    }

    @Test
    void succeeded_ofAnotherClient_forgivesNothing() {
        InetAddress guessing = address("192.0.2.1");
        InetAddress honest = address("198.51.100.1");
        fail(guessing, "ann", 4);
        assertEquals(Optional.empty(), throttle.begin(honest, "ann"));
        throttle.end(honest, "ann", ACCEPTED);
        assertEquals(A_SECOND, throttle.begin(guessing, "ann"));
    }

    @Test
    void clients_thatHaveNothingToForgive_areForgotten() {
        InetAddress client = address("192.0.2.1");
        fail(client, "ann", 3);
        assertEquals(1, throttle.clients());
        throttle.begin(client, "ann");
        throttle.end(client, "ann", ACCEPTED);
        assertEquals(0, throttle.clients());
        throttle.begin(client, "ann");
        throttle.end(client, "ann", new Step.Unavailable());
        assertEquals(0, throttle.clients());
    }

    @Test
    void clients_beyondTheBound_areForgotten_I9() {
        for (int i = 0; i < LoginThrottle.MAX_CLIENTS + 100; i++) {
            fail(address("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256), "ann", 1);
        }
        assertEquals(LoginThrottle.MAX_CLIENTS, throttle.clients());
        // One that was forgotten in the middle of its attempt.
        throttle.end(address("10.0.0.0"), "ann", new Step.Unavailable());
        assertEquals(1, throttle.end(address("10.0.0.1"), "ann", REJECTED));
        assertTrue(throttle.clients() <= LoginThrottle.MAX_CLIENTS);
    }
}
