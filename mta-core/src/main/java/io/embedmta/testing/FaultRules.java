package io.embedmta.testing;

import io.embedmta.internal.session.SessionScript;
import io.embedmta.tls.Tls;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The rules of one fake server. Thread-safe; the lock is never held for long. */
final class FaultRules {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<FaultRule> rules = new ArrayList<>();
    private final Clock clock;
    private final @Nullable FakeIdentity identity;

    /**
     * @param identity null if the server has no TLS
     */
    FaultRules(Clock clock, @Nullable FakeIdentity identity) {
        this.clock = clock;
        this.identity = identity;
    }

    FaultRule on(Stage stage) {
        FaultRule rule = new FaultRule(this, stage, clock);
        locked(() -> rules.add(rule));
        return rule;
    }

    /** What a handshake shows that goes wrong by this. */
    Tls bad(BadCertificate kind) {
        if (identity == null) {
            throw new IllegalStateException(
                    "This server has no TLS, and so no certificate: build it with"
                            + " FakeMail.builder().tls().start().");
        }
        return identity.bad(kind, clock.instant()).tls();
    }

    /** The first rule that acts here, which has used one of its times. */
    Optional<FaultRule> next(SessionScript.Stage stage, String path) {
        lock.lock();
        try {
            for (FaultRule rule : rules) {
                if (rule.acts(stage, path)) {
                    return Optional.of(rule);
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets them, and tells what was wrong with them at the end of a test, in sentences. */
    List<String> clear() {
        lock.lock();
        try {
            List<String> all = new ArrayList<>();
            for (FaultRule rule : rules) {
                if (rule.isWithoutEffect()) {
                    all.add(rule + " was not told what to do: add reply(…), close() or another.");
                } else if (rule.isUnused()) {
                    all.add(
                            rule
                                    + " was never used: the client did not come there, or a rule"
                                    + " before it acted. Say optional() if that may be.");
                }
            }
            rules.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    int count(IntSupplier read) {
        lock.lock();
        try {
            return read.getAsInt();
        } finally {
            lock.unlock();
        }
    }
}
