package io.embedmta.internal.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one client has tried, name by name. A name waits for what failed in it. All names wait for
 * what failed in too many of them; there a name counts no more than its free failures, so that one
 * device that never learns of a new password does not keep out who shares its address. Not
 * thread-safe.
 */
final class ClientLogins {
    /** How often anybody may mistype a password, before there is a delay. */
    static final int FREE_OF_A_NAME = 3;

    /** How often all users behind one address may, before there is a delay for all of them. */
    static final int FREE_OF_A_CLIENT = 10;

    static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

    /** When a name that has stopped failing is like any other again. */
    static final Duration FORGET = Duration.ofHours(1);

    /** Attempts to judge at once, as of many users behind one address. */
    static final int AT_ONCE = 20;

    /** Names to tell apart; nobody's success forgives what failed under the others. */
    static final int MAX_NAMES = 16;

    /** In characters; a longer name is not told apart. */
    static final int MAX_NAME = 64;

    private final Map<String, Tally> names = new HashMap<>(2);

    /** Of the names that are not told apart. */
    private final Tally others = new Tally();

    /** The last failure that counted for all names. */
    private Instant lastForAll = Instant.MIN;

    /** The names that are being judged, as often as they are. */
    private final List<String> underWay = new ArrayList<>(1);

    private static final class Tally {
        private int failures;
        private Instant last = Instant.MIN;

        boolean isOld(Instant now) {
            return failures > 0 && !now.isBefore(last.plus(FORGET));
        }
    }

    /**
     * Asks for an attempt; one that is granted is to be ended.
     *
     * @return how long to wait first; zero if it is granted
     */
    Duration begin(String name, Instant now) {
        forgetOld(now);
        Tally its = names.getOrDefault(name, isToldApart(name) ? new Tally() : others);
        Duration byName = delay(its.failures - FREE_OF_A_NAME);
        Duration byAll = delay(failuresForAll() - FREE_OF_A_CLIENT);
        Duration wait = max(left(byName, its.last, now), left(byAll, lastForAll, now));
        if (!wait.isZero()) {
            return wait;
        }
        boolean isBusy =
                underWay.size() >= (byAll.isZero() ? AT_ONCE : 1)
                        || (!byName.isZero() && underWay.contains(name));
        if (isBusy) {
            return FIRST_DELAY;
        }
        underWay.add(name);
        return Duration.ZERO;
    }

    private void forgetOld(Instant now) {
        names.values().removeIf(tally -> tally.isOld(now));
        if (others.isOld(now)) {
            others.failures = 0;
        }
    }

    private boolean isToldApart(String name) {
        return names.containsKey(name) || (names.size() < MAX_NAMES && name.length() <= MAX_NAME);
    }

    private int failuresForAll() {
        return others.failures
                + names.values().stream()
                        .mapToInt(tally -> Math.min(tally.failures, FREE_OF_A_NAME))
                        .sum();
    }

    private static Duration delay(int failuresBeyondTheFree) {
        if (failuresBeyondTheFree <= 0) {
            return Duration.ZERO;
        }
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(failuresBeyondTheFree - 1, 30));
        return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }

    private static Duration left(Duration delay, Instant since, Instant now) {
        if (delay.isZero()) {
            return delay;
        }
        Duration left = Duration.between(now, since.plus(delay));
        // A clock that was set back must not shut anybody out for longer than it says.
        return left.isNegative() || left.compareTo(delay) > 0 ? Duration.ZERO : left;
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** The attempt could not be judged. */
    void ended(String name) {
        underWay.remove(name);
    }

    /** The attempt was right: what was wrong before in the same name is forgiven. */
    void succeeded(String name) {
        underWay.remove(name);
        names.remove(name);
    }

    /**
     * The attempt was wrong.
     *
     * @return how many were so in this name, and are not forgiven
     */
    int failed(String name, Instant now) {
        underWay.remove(name);
        Tally its = isToldApart(name) ? names.computeIfAbsent(name, first -> new Tally()) : others;
        its.failures++;
        its.last = now;
        if (its == others || its.failures <= FREE_OF_A_NAME) {
            lastForAll = now;
        }
        return its.failures;
    }

    /** Whether there is nothing to remember. */
    boolean isBlank() {
        return underWay.isEmpty() && names.isEmpty() && others.failures == 0;
    }
}
