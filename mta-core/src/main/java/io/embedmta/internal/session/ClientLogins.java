package io.embedmta.internal.session;

import io.embedmta.internal.sasl.Step;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /** Names to tell apart; those beyond are one, whom nobody's success forgives. */
    static final int MAX_NAMES = 16;

    /** No key is empty. */
    private static final String OTHERS = "";

    private final Map<String, Tally> names = new HashMap<>(2);

    /** The last failure that counted for all names. */
    private Instant lastForAll = Instant.MIN;

    /** The names that are being judged, as often as they are. */
    private final List<String> underWay = new ArrayList<>(1);

    private static final class Tally {
        private int failures;
        private Instant last = Instant.MIN;

        boolean isOld(Instant now) {
            return !now.isBefore(last.plus(FORGET));
        }
    }

    /**
     * Asks for an attempt; one that is granted is to be ended.
     *
     * @return what it comes to without being judged; empty if it is granted
     */
    Optional<Step> begin(String name, Instant now) {
        names.values().removeIf(tally -> tally.isOld(now));
        String key = key(name);
        Tally its = names.getOrDefault(toldApart(key), new Tally());
        Duration byName = delay(its.failures - FREE_OF_A_NAME);
        Duration byAll = delay(failuresForAll() - FREE_OF_A_CLIENT);
        Duration wait = max(left(byName, its.last, now), left(byAll, lastForAll, now));
        if (!wait.isZero()) {
            return Optional.of(new Step.TooEarly(wait));
        }
        boolean isBusy =
                underWay.size() >= (byAll.isZero() ? AT_ONCE : 1)
                        || (!byName.isZero() && underWay.contains(key));
        if (isBusy) {
            return Optional.of(new Step.Unavailable());
        }
        underWay.add(key);
        return Optional.empty();
    }

    private String toldApart(String key) {
        return names.containsKey(key) || names.size() < MAX_NAMES ? key : OTHERS;
    }

    /** By which a name is remembered: a short one, and no password that was typed in its place. */
    private static String key(String name) {
        try {
            byte[] octets = name.getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(octets);
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256.", e);
        }
    }

    private int failuresForAll() {
        return names.values().stream()
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

    /**
     * Ends an attempt. One that was right forgives what was wrong before in the same name.
     *
     * @return how many were wrong in this name, and are not forgiven
     */
    int end(String name, Step outcome, Instant now) {
        String key = key(name);
        underWay.remove(key);
        if (outcome instanceof Step.Accepted) {
            names.remove(key);
        } else if (outcome instanceof Step.Rejected) {
            fail(names.computeIfAbsent(toldApart(key), first -> new Tally()), now);
        }
        Tally its = names.get(toldApart(key));
        return its == null ? 0 : its.failures;
    }

    private void fail(Tally its, Instant now) {
        its.failures++;
        its.last = now;
        if (its.failures <= FREE_OF_A_NAME) {
            lastForAll = now;
        }
    }

    /** Whether there is nothing to remember. */
    boolean isBlank() {
        return underWay.isEmpty() && names.isEmpty();
    }
}
