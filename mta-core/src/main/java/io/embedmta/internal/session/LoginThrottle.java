package io.embedmta.internal.session;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * How often the clients of a listener may try passwords. After a few failures each further one
 * doubles the time until the next attempt, up to a limit. An attempt that comes too early is
 * refused at once and not looked at, even if the password is right: no thread waits, nobody learns
 * anything by many connections at once, and an honest client tries again later. Who logs in at last
 * is forgiven what failed in that name alone: nobody guesses another's password for free by logging
 * in as themselves in between. Thread-safe.
 */
final class LoginThrottle {
    /** How often anybody may mistype, before there is a delay. */
    static final int FREE_FAILURES = 3;

    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

    /** When a client that has stopped failing is like any other again. */
    static final Duration FORGET = Duration.ofHours(1);

    /**
     * Attempts of one client that may be under way at once, as of many users behind one address.
     */
    static final int AT_ONCE = 20;

    /** Names of one client to tell apart; nobody's success forgives what failed under others. */
    static final int MAX_NAMES = 8;

    /** In characters; a longer name is not told apart. */
    static final int MAX_NAME = 64;

    /** Clients to remember; beyond them, the one that was not seen for longest is forgotten. */
    static final int MAX_CLIENTS = 10_000;

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ClientBlock, Attempts> attempts =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<ClientBlock, Attempts> eldest) {
                    return size() > MAX_CLIENTS;
                }
            };

    private static final class Attempts {
        private final Map<String, Integer> failuresByName = new HashMap<>(2);
        private int failures;
        private int underWay;
        private Instant lastFailure = Instant.MIN;

        void fail(String name, Instant now) {
            failures++;
            lastFailure = now;
            boolean toldApart =
                    failuresByName.containsKey(name)
                            || (failuresByName.size() < MAX_NAMES && name.length() <= MAX_NAME);
            if (toldApart) {
                failuresByName.merge(name, 1, Integer::sum);
            }
        }

        void forgive(String name) {
            Integer its = failuresByName.remove(name);
            failures -= its == null ? 0 : its;
        }

        void forget() {
            failures = 0;
            failuresByName.clear();
        }
    }

    LoginThrottle(Clock clock) {
        this.clock = clock;
    }

    /**
     * Asks for an attempt; one that is granted is to be ended.
     *
     * @return how long to wait first; zero if it is granted
     */
    Duration begin(InetAddress address) {
        ClientBlock client = ClientBlock.of(address);
        lock.lock();
        try {
            Attempts its = attempts.computeIfAbsent(client, unknown -> new Attempts());
            Duration wait = wait(its);
            if (wait.isZero()) {
                its.underWay++;
            }
            return wait;
        } finally {
            lock.unlock();
        }
    }

    private Duration wait(Attempts its) {
        Instant now = clock.instant();
        if (its.failures > 0
                && !now.isBefore(its.lastFailure)
                && !now.isBefore(its.lastFailure.plus(FORGET))) {
            its.forget();
        }
        Duration delay = delay(its.failures);
        if (its.underWay >= (delay.isZero() ? AT_ONCE : 1)) {
            return delay.isZero() ? FIRST_DELAY : delay;
        }
        if (delay.isZero()) {
            return delay;
        }
        Duration left = Duration.between(now, its.lastFailure.plus(delay));
        // A clock that was set back must not shut anybody out for longer than it says.
        return left.isNegative() || left.compareTo(delay) > 0 ? Duration.ZERO : left;
    }

    private static Duration delay(int failures) {
        int doublings = failures - FREE_FAILURES - 1;
        if (doublings < 0) {
            return Duration.ZERO;
        }
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(doublings, 30));
        return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }

    /** The attempt was neither right nor wrong: broken off, or not to be judged now. */
    void ended(InetAddress address) {
        end(address, its -> {});
    }

    /** The attempt was right: what was wrong before in the same name is forgiven. */
    void succeeded(InetAddress address, String name) {
        end(address, its -> its.forgive(name));
    }

    /**
     * The attempt was wrong.
     *
     * @return how many were so, and are not forgiven
     */
    int failed(InetAddress address, String name) {
        return end(address, its -> its.fail(name, clock.instant()));
    }

    private int end(InetAddress address, Consumer<Attempts> change) {
        ClientBlock client = ClientBlock.of(address);
        lock.lock();
        try {
            // One that was forgotten meanwhile, for others, begins anew.
            Attempts its = attempts.computeIfAbsent(client, unknown -> new Attempts());
            its.underWay = Math.max(0, its.underWay - 1);
            change.accept(its);
            if (its.failures == 0 && its.underWay == 0) {
                attempts.remove(client);
            }
            return its.failures;
        } finally {
            lock.unlock();
        }
    }

    /** How many clients are remembered. */
    int clients() {
        lock.lock();
        try {
            return attempts.size();
        } finally {
            lock.unlock();
        }
    }
}
