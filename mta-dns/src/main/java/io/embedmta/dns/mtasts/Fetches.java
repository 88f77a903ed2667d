package io.embedmta.dns.mtasts;

import io.embedmta.dns.mtasts.PolicyFetcher.FetchFailedException;
import io.embedmta.message.MailDomain;
import io.embedmta.route.DomainPolicies.Answer;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a domain's policy is fetched once by all who want it, and not at all for a while
 * after that has failed. Thread-safe.
 */
final class Fetches {
    private static final Logger LOG = LoggerFactory.getLogger(Fetches.class);

    /** RFC 8461 §3.3. */
    private static final Duration PAUSE = Duration.ofMinutes(5);

    /** Domains with a failure that are remembered. */
    private static final int MAX_FAILED = 10_000;

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<MailDomain, CompletableFuture<Answer>> underWay = new LinkedHashMap<>();
    private final Map<MailDomain, Failed> failed = new LinkedHashMap<>();

    Fetches(Clock clock) {
        this.clock = clock;
    }

    /** A fetch that failed. */
    private record Failed(Instant at, TlsFailure failure) {}

    /** Fetches a policy. */
    @FunctionalInterface
    interface Fetch {
        Answer run() throws FetchFailedException;
    }

    /**
     * What a fetch comes to: of this caller's, or of the one that is under way. Where there is a
     * policy from before, it goes on if the fetch fails, and nobody waits for the fetch of another.
     */
    Answer once(MailDomain domain, Optional<KnownPolicy> known, Fetch fetch) {
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        CompletableFuture<Answer> others;
        lock.lock();
        try {
            Failed before = failed.get(domain);
            if (before != null && clock.instant().isBefore(before.at.plus(PAUSE))) {
                return orKnown(known, before.failure);
            }
            others = underWay.putIfAbsent(domain, mine);
        } finally {
            lock.unlock();
        }
        if (others != null) {
            return known.isPresent() ? Answer.of(known.get().policy()) : join(domain, others);
        }
        return run(domain, known, fetch, mine);
    }

    /** The other caller's fetch has a deadline, and so has this. */
    private static Answer join(MailDomain domain, CompletableFuture<Answer> others) {
        try {
            return others.join();
        } catch (CompletionException e) {
            return Answer.failed(unexpected(domain));
        }
    }

    private Answer run(
            MailDomain domain,
            Optional<KnownPolicy> known,
            Fetch fetch,
            CompletableFuture<Answer> mine) {
        try {
            Answer answer = fetch.run();
            end(domain, Optional.empty());
            mine.complete(answer);
            return answer;
        } catch (FetchFailedException e) {
            LOG.warn("{}", e.getMessage());
            end(domain, Optional.of(e.failure()));
            mine.complete(Answer.failed(e.failure()));
            return orKnown(known, e.failure());
        } catch (RuntimeException | Error e) {
            LOG.error("The MTA-STS policy of {} could not be fetched", domain, e);
            end(domain, Optional.of(unexpected(domain)));
            mine.completeExceptionally(e);
            return orKnown(known, unexpected(domain));
        }
    }

    private static TlsFailure unexpected(MailDomain domain) {
        return new TlsFailure(
                Kind.STS_POLICY_FETCH_ERROR,
                "the MTA-STS policy of " + domain + " was not fetched");
    }

    private void end(MailDomain domain, Optional<TlsFailure> failure) {
        lock.lock();
        try {
            underWay.remove(domain);
            failed.remove(domain);
            failure.ifPresent(why -> failed.put(domain, new Failed(clock.instant(), why)));
            if (failed.size() > MAX_FAILED) {
                failed.remove(failed.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    private static Answer orKnown(Optional<KnownPolicy> known, TlsFailure failure) {
        return known.map(policy -> Answer.of(policy.policy())).orElse(Answer.failed(failure));
    }
}
