package io.embedmta.internal.session;

import io.embedmta.internal.sasl.Step;
import java.net.InetAddress;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How often the clients of a listener may try passwords. After a few failures each further one
 * doubles the time until the next attempt, up to a limit. An attempt that comes too early is
 * refused at once and not looked at, even if the password is right: no thread waits, nobody learns
 * anything by many connections at once, and an honest client tries again later. Who logs in at last
 * is forgiven what failed in that name alone: nobody guesses another's password for free by logging
 * in as themselves in between. Thread-safe.
 */
final class LoginThrottle {
    /** Clients to remember; beyond them, the one that was not seen for longest is forgotten. */
    static final int MAX_CLIENTS = 10_000;

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ClientBlock, ClientLogins> logins =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<ClientBlock, ClientLogins> eldest) {
                    return size() > MAX_CLIENTS;
                }
            };

    LoginThrottle(Clock clock) {
        this.clock = clock;
    }

    /**
     * Asks for an attempt; one that is granted is to be ended.
     *
     * @param name who the client says it is
     * @return what it comes to without being judged; empty if it is granted
     */
    Optional<Step> begin(InetAddress address, String name) {
        lock.lock();
        try {
            return logins.computeIfAbsent(ClientBlock.of(address), unknown -> new ClientLogins())
                    .begin(name, clock.instant());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends an attempt.
     *
     * @return how many were wrong in this name, and are not forgiven
     */
    int end(InetAddress address, String name, Step outcome) {
        ClientBlock client = ClientBlock.of(address);
        lock.lock();
        try {
            // One that was forgotten meanwhile, for others, begins anew.
            ClientLogins its = logins.computeIfAbsent(client, unknown -> new ClientLogins());
            int failures = its.end(name, outcome, clock.instant());
            if (its.isBlank()) {
                logins.remove(client);
            }
            return failures;
        } finally {
            lock.unlock();
        }
    }

    /** How many clients are remembered. */
    int clients() {
        lock.lock();
        try {
            return logins.size();
        } finally {
            lock.unlock();
        }
    }
}
