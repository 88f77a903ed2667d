package io.embedmta.testing;

import io.embedmta.AdjustableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A clock that stands still until a test moves it. Five days of retries pass as fast as the test
 * says so. Thread-safe.
 *
 * <pre>{@code
 * ManualClock clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));
 * Mta mta = Mta.builder("mx.example.org").clock(clock).start();
 * clock.advance(Duration.ofHours(4));
 * }</pre>
 */
public final class ManualClock extends Clock implements AdjustableClock {
    private final Hands hands;
    private final List<Runnable> actions;
    private final ZoneId zone;

    /** What all views of one clock show. */
    private static final class Hands {
        private final ReentrantLock lock = new ReentrantLock();
        private volatile Instant now;

        Hands(Instant now) {
            this.now = now;
        }

        void moveBy(Duration duration) {
            lock.lock();
            try {
                now = now.plus(duration);
            } finally {
                lock.unlock();
            }
        }

        void moveTo(Instant instant) {
            lock.lock();
            try {
                now = instant.isAfter(now) ? instant : now;
            } finally {
                lock.unlock();
            }
        }
    }

    private ManualClock(Hands hands, List<Runnable> actions, ZoneId zone) {
        this.hands = hands;
        this.actions = actions;
        this.zone = zone;
    }

    /** A clock that shows this instant, in universal time. */
    public static ManualClock at(Instant instant) {
        return new ManualClock(new Hands(instant), new CopyOnWriteArrayList<>(), ZoneOffset.UTC);
    }

    /**
     * Moves the clock forward.
     *
     * @param duration zero or more
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("Move the clock forward, by zero or more.");
        }
        hands.moveBy(duration);
        actions.forEach(Runnable::run);
    }

    /** Moves the clock forward to that instant, or leaves it where it is if that is past. */
    public void advanceTo(Instant instant) {
        hands.moveTo(instant);
        actions.forEach(Runnable::run);
    }

    @Override
    public void whenAdjusted(Runnable action) {
        actions.add(action);
    }

    @Override
    public Instant instant() {
        return hands.now;
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** The same clock, moved together with this one, that shows another zone. */
    @Override
    public ManualClock withZone(ZoneId newZone) {
        return new ManualClock(hands, actions, newZone);
    }
}
