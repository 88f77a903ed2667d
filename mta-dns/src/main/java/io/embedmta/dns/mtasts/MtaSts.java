package io.embedmta.dns.mtasts;

import io.embedmta.dns.https.HttpsClient;
import io.embedmta.dns.mtasts.PolicyFetcher.FetchFailedException;
import io.embedmta.message.MailDomain;
import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.route.DomainPolicies;
import io.embedmta.tls.Trust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MTA-STS (RFC 8461): what a domain publishes at {@code https://mta-sts.DOMAIN/} of how its
 * exchangers are to be reached. Thread-safe; without threads of its own. The methods that begin
 * with "with" give a copy that has learnt nothing yet.
 *
 * <ul>
 *   <li><b>A policy is fetched when it is needed</b>: when the domain's TXT record names one that
 *       is not known, and again once a day, so that it does not expire. Who sends to the domain at
 *       the same time waits for the one fetch.
 *   <li><b>What was fetched holds</b> until it expires, whatever becomes of the TXT record or of
 *       the HTTPS server: an attacker must not be able to take a policy away (§10).
 *   <li><b>A fetch that failed</b> is not repeated for five minutes (§3.3).
 *   <li><b>The server is held to its name</b>: its certificate leads to a trust anchor and is for
 *       {@code mta-sts.DOMAIN}, no redirect is followed, and it has one minute and 64 KiB for all.
 * </ul>
 */
public final class MtaSts implements DomainPolicies {
    private static final Logger LOG = LoggerFactory.getLogger(MtaSts.class);

    /** §3.3 suggests it. */
    private static final int MAX_POLICY = 64 * 1024;

    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final PolicyStore store;
    private final Trust trust;
    private final int port;
    private final Duration timeout;
    private final Clock clock;
    private final PolicyCache cache;
    private final PolicyFetcher fetcher;
    private final Fetches fetches;

    private MtaSts(PolicyStore store, Trust trust, int port, Duration timeout, Clock clock) {
        this.store = store;
        this.trust = trust;
        this.port = port;
        this.timeout = timeout;
        this.clock = clock;
        this.cache = new PolicyCache(store);
        this.fetcher = new PolicyFetcher(new HttpsClient(trust, timeout, MAX_POLICY), port);
        this.fetches = new Fetches(clock);
    }

    /** What is learnt is forgotten with the process. */
    public static MtaSts inMemory() {
        return new MtaSts(
                PolicyStore.NONE, Trust.system(), 443, Duration.ofMinutes(1), Clock.systemUTC());
    }

    /**
     * What is learnt is kept in a directory of its own, which is made when there is something to
     * keep. One agent at a time has it.
     *
     * @throws IllegalArgumentException if there is something else in its place
     */
    public static MtaSts cachedIn(Path directory) {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new IllegalArgumentException(
                    "Give a directory to keep MTA-STS policies in; " + directory + " is none.");
        }
        MtaSts memory = inMemory();
        return new MtaSts(
                new PolicyDirectory(directory),
                memory.trust,
                memory.port,
                memory.timeout,
                memory.clock);
    }

    /** The same with other trust anchors for the servers of policies. */
    public MtaSts withTrust(Trust anchors) {
        return new MtaSts(store, anchors, port, timeout, clock);
    }

    /**
     * The same with another port of these servers; 443 unless set.
     *
     * @param other 1 to 65535
     */
    public MtaSts withPort(int other) {
        if (other < 1 || other > 65535) {
            throw new IllegalArgumentException("A port is 1 to 65535.");
        }
        return new MtaSts(store, trust, other, timeout, clock);
    }

    /**
     * The same with another time for a whole fetch; a minute unless set (§3.3).
     *
     * @param limit above zero, five minutes at most
     */
    public MtaSts withTimeout(Duration limit) {
        if (limit.isNegative() || limit.isZero() || limit.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "Give a fetch a time above zero and of five minutes at most.");
        }
        return new MtaSts(store, trust, port, limit, clock);
    }

    /** The same with another clock, by which policies expire. */
    public MtaSts withClock(Clock other) {
        return new MtaSts(store, trust, port, timeout, other);
    }

    @Override
    public Answer find(MailDomain domain, Resolver resolver) {
        Optional<DnsName> record = name("_mta-sts.", domain);
        Optional<DnsName> host = name("mta-sts.", domain);
        if (record.isEmpty() || host.isEmpty()) {
            return Answer.none();
        }
        Optional<KnownPolicy> known = cache.find(domain, clock.instant());
        DnsAnswer<String> texts = resolver.txt(record.get());
        Optional<String> id =
                texts instanceof DnsAnswer.Found<String> found
                        ? StsRecord.id(found.records())
                        : Optional.empty();
        boolean upToDate =
                known.isPresent()
                        && known.get().isFresh(clock.instant())
                        && id.filter(known.get().id()::equals).isPresent();
        // §3.1: without a usable record there is nothing to fetch, but what is known still holds.
        return id.isEmpty() || upToDate
                ? answer(known)
                : fetches.once(domain, known, () -> fetch(domain, id.get(), host.get(), resolver));
    }

    /** A domain that is too long for the name, or an address literal, can have no policy. */
    private static Optional<DnsName> name(String prefix, MailDomain domain) {
        try {
            return domain.address().isPresent()
                    ? Optional.empty()
                    : Optional.of(DnsName.of(prefix + domain.text()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Answer answer(Optional<KnownPolicy> known) {
        return known.map(policy -> Answer.of(policy.policy())).orElse(Answer.none());
    }

    private Answer fetch(MailDomain domain, String id, DnsName host, Resolver resolver)
            throws FetchFailedException {
        Instant begun = clock.instant();
        KnownPolicy policy =
                new KnownPolicy(domain, id, begun, fetcher.fetch(domain, host, resolver));
        LOG.info("The MTA-STS policy of {} is {}", domain, policy.policy().mode());
        cache.put(policy);
        return Answer.of(policy.policy());
    }

    /** Holds nothing that has to be given back. */
    @Override
    public void close() {}
}
