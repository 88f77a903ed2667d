package io.embedmta.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * When to try again, when to tell the sender of the delay, and when to give up (RFC 5321 §4.5.4.1).
 * Immutable.
 *
 * @param delays between one attempt and the next, each above zero; the last one repeats
 * @param jitter by how much of itself a delay is moved at random, 0 to 1, so that what failed
 *     together does not return together
 * @param warnAfter the age at which a delayed message is reported to its sender, zero or more;
 *     beyond the expiry for never
 * @param expireAfter the age at which it is given up, above zero; like the other times 3650 days at
 *     most, as dates run out beyond
 */
public record RetrySchedule(
        List<Duration> delays, double jitter, Duration warnAfter, Duration expireAfter) {
    private static final Duration LONGEST = Duration.ofDays(3650);

    /** Checks the values. */
    public RetrySchedule {
        delays = List.copyOf(delays);
        boolean inRange = !delays.isEmpty();
        for (Duration delay : delays) {
            inRange &= isInRange(delay) && !delay.isZero();
        }
        if (!inRange) {
            throw new IllegalArgumentException(
                    "Give one or more delays, each above zero and of 3650 days at most.");
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("Give a jitter of 0 to 1.");
        }
        if (!isInRange(warnAfter) || !isInRange(expireAfter) || expireAfter.isZero()) {
            throw new IllegalArgumentException(
                    "Give a delay warning of zero or more and an expiry above zero, each of 3650"
                            + " days at most.");
        }
    }

    private static boolean isInRange(Duration value) {
        return !value.isNegative() && value.compareTo(LONGEST) <= 0;
    }

    /**
     * Five minutes, then longer, up to four hours; a delay notice after four hours, and five days
     * in all, as RFC 5321 §4.5.4.1 recommends.
     */
    public static RetrySchedule defaults() {
        return new RetrySchedule(
                List.of(
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(20),
                        Duration.ofMinutes(40),
                        Duration.ofHours(1),
                        Duration.ofHours(2),
                        Duration.ofHours(4)),
                0.1,
                Duration.ofHours(4),
                Duration.ofDays(5));
    }

    /** The same schedule with other delays; the last one repeats. */
    public RetrySchedule withDelays(Duration... newDelays) {
        return new RetrySchedule(List.of(newDelays), jitter, warnAfter, expireAfter);
    }

    /** The same schedule with another jitter, 0 to 1. */
    public RetrySchedule withJitter(double newJitter) {
        return new RetrySchedule(delays, newJitter, warnAfter, expireAfter);
    }

    /** The same schedule with another age for the delay notice. */
    public RetrySchedule withWarnAfter(Duration age) {
        return new RetrySchedule(delays, jitter, age, expireAfter);
    }

    /** The same schedule with another expiry. */
    public RetrySchedule withExpireAfter(Duration age) {
        return new RetrySchedule(delays, jitter, warnAfter, age);
    }

    /**
     * When to try again, though never later than the expiry: the last attempt is made then.
     *
     * @param attempts how many were made, 1 or more
     * @param arrival when the message was accepted
     */
    public Instant next(int attempts, Instant arrival, Instant now, RandomGenerator random) {
        Duration delay = delays.get(Math.min(attempts, delays.size()) - 1);
        double factor = 1 + jitter * (2 * random.nextDouble() - 1);
        Instant next = now.plusNanos((long) (delay.toNanos() * factor));
        Instant expiry = arrival.plus(expireAfter);
        return next.isAfter(expiry) && now.isBefore(expiry) ? expiry : next;
    }

    /** Whether a message of that arrival is to be given up. */
    public boolean isExpired(Instant arrival, Instant now) {
        return !now.isBefore(arrival.plus(expireAfter));
    }

    /** Whether a message of that arrival is so late that its sender is told. */
    public boolean isLate(Instant arrival, Instant now) {
        return !now.isBefore(arrival.plus(warnAfter));
    }
}
