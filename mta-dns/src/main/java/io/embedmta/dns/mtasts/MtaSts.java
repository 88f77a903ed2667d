package io.embedmta.dns.mtasts;

import io.embedmta.dns.https.HttpsClient;
import io.embedmta.message.MailDomain;
import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.route.DomainPolicies;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the MTA-STS policies of domains, and keeps them as long as they say (RFC 8461).
 *
 * <ul>
 *   <li><b>A kept policy holds</b> until it expires, whatever becomes of the TXT record and of the
 *       web server meanwhile (RFC 8461 §3.3). It is fetched anew when the id in the TXT record
 *       changes, and once a day when mail goes to its domain.
 *   <li><b>Fetching</b> is by HTTPS with a verified certificate, over addresses of the agent's
 *       resolver, and ends within the time-out and the largest size. What failed is tried again
 *       after five minutes. One thread fetches for all that wait for the same domain.
 *   <li><b>At most 10,000 policies</b> are kept, those used last, of 16 million characters in all,
 *       the shorter ones.
 * </ul>
 *
 * <p>Immutable, thread-safe, and without threads of its own. Copies made by the methods that change
 * a setting share what is kept.
 *
 * <pre>{@code
 * DomainPolicies policies = MtaSts.cachedIn(Path.of("spool/mta-sts"));
 * }</pre>
 */
public final class MtaSts implements DomainPolicies {
    private static final Logger log = LoggerFactory.getLogger(MtaSts.class);

    private static final int MAX_POLICIES = 10_000;
    private static final String RECORD_PREFIX = "_mta-sts.";

    /** So that the name with the longest prefix is a name still (RFC 1035 §2.3.4). */
    private static final int MAX_DOMAIN = 253 - RECORD_PREFIX.length();

    /** RFC 8461 §3.3: a suggested refresh frequency. */
    private static final Duration REFRESH = Duration.ofDays(1);

    private final StsSettings settings;
    private final PolicyCache cache;
    private final HttpsClient client;
    private final PolicyFetcher fetcher;
    private final RecentFailures failures = new RecentFailures();
    private final SingleFlight<Answer> flights = new SingleFlight<>();
    private volatile boolean closed;

    private MtaSts(StsSettings settings, PolicyCache cache) {
        this.settings = settings;
        this.cache = cache;
        this.client = new HttpsClient(settings.trust(), address -> true);
        this.fetcher = new PolicyFetcher(client, settings);
    }

    /** Keeps policies in memory. After a restart each is fetched anew, at the next mail. */
    public static MtaSts inMemory() {
        return new MtaSts(StsSettings.DEFAULTS, new PolicyCache(MAX_POLICIES, null));
    }

    /**
     * Keeps policies in a directory too, so that they hold beyond a restart: an attacker cannot
     * wait for one. A file that is damaged, or not ours, is left out and named in the log.
     *
     * @param directory for these files alone; made if it is not there
     * @throws UncheckedIOException if it cannot be made
     */
    public static MtaSts cachedIn(Path directory) {
        try {
            PolicyFiles files = PolicyFiles.in(directory);
            return new MtaSts(StsSettings.DEFAULTS, new PolicyCache(MAX_POLICIES, files));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Give MTA-STS a directory that can be written to, not " + directory + ".", e);
        }
    }

    /**
     * This, but with other anchors for the certificates of web servers; the system's unless set
     * otherwise.
     *
     * @throws IllegalArgumentException if there is none at all
     */
    public MtaSts trusting(Trust anchors) {
        return new MtaSts(settings.withTrust(anchors), cache);
    }

    /** This, but fetching from that port, 1 to 65535, in place of 443: for tests. */
    public MtaSts port(int port) {
        return new MtaSts(settings.withPort(port), cache);
    }

    /**
     * This, but with another limit for a whole fetch: more than zero, up to ten minutes; one minute
     * unless set otherwise. Time of the resolver comes on top.
     */
    public MtaSts timeout(Duration limit) {
        return new MtaSts(settings.withTimeout(limit), cache);
    }

    /**
     * This, but with policies of up to so many octets, 1 to 512 KiB; 64 KiB unless set otherwise.
     */
    public MtaSts maxSize(int octets) {
        return new MtaSts(settings.withMaxSize(octets), cache);
    }

    /** This, but policies expire by that clock. Fetches end by real time all the same. */
    public MtaSts clock(Clock clock) {
        return new MtaSts(settings.withClock(clock), cache);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if this is closed, or the thread is interrupted, before the
     *     answer is known: then it is not known that there is no policy
     */
    @Override
    public Answer find(MailDomain domain, Resolver resolver) {
        String name = domain.text();
        if (domain.address().isPresent() || name.length() > MAX_DOMAIN) {
            return Answer.none();
        }
        refuseIfClosed();
        DnsAnswer<String> record = resolver.txt(DnsName.of(RECORD_PREFIX + name));
        if (record instanceof DnsAnswer.TemporaryFailure<String> failure) {
            return withoutRecord(name, failure);
        }
        Optional<String> id = id(record);
        Optional<Answer> known = known(name, id);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<KeptPolicy> kept = cache.get(name, now());
        if (kept.isPresent() && flights.isUnderWay(name)) {
            return kept(kept.get(), id.orElse(""), "a newer MTA-STS policy is being fetched");
        }
        // Known by now, perhaps: another flight may have landed since.
        return flights.get(
                name, () -> known(name, id).orElseGet(() -> fetch(name, id.orElse(""), resolver)));
    }

    /** The answer, if it takes no fetch. */
    private Optional<Answer> known(String name, Optional<String> id) {
        Optional<KeptPolicy> kept = cache.get(name, now());
        if (id.isEmpty()) {
            // RFC 8461 §3.1: no record does not take back a policy that is kept.
            return Optional.of(kept.map(its -> Answer.of(its.policy())).orElseGet(Answer::none));
        }
        if (kept.isPresent() && isFresh(kept.get(), id.get())) {
            return Optional.of(Answer.of(kept.get().policy()));
        }
        return failures.get(name, now()).map(recent -> without(kept, id.get(), recent));
    }

    /** RFC 8461 §3.3: an older policy that is valid still, or none. */
    private static Answer without(Optional<KeptPolicy> kept, String id, TlsFailure failure) {
        return kept.map(older -> kept(older, id, failure.detail()))
                .orElseGet(() -> Answer.failed(failure));
    }

    /** The policy of the id that the domain names is as it was, whenever it was fetched. */
    private static Answer kept(KeptPolicy kept, String id, String why) {
        return kept.id().equals(id)
                ? Answer.of(kept.policy())
                : Answer.outdated(kept.policy(), why);
    }

    private boolean isFresh(KeptPolicy kept, String id) {
        return kept.id().equals(id) && now().isBefore(kept.fetched().plus(REFRESH));
    }

    private Answer fetch(String name, String id, Resolver resolver) {
        try {
            StsPolicy policy = fetcher.fetch(name, resolver);
            cache.put(new KeptPolicy(name, id, now(), policy), now());
            return Answer.of(policy);
        } catch (PolicyUnavailableException e) {
            refuseIfClosed();
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted", e);
            }
            failures.add(name, e.failure(), now());
            return withoutFetch(name, id, e);
        }
    }

    private Answer withoutFetch(String name, String id, PolicyUnavailableException e) {
        Optional<KeptPolicy> kept = cache.get(name, now());
        if (kept.isEmpty()) {
            log.info("No MTA-STS policy of {}: {}.", name, e.getMessage());
        } else {
            // RFC 8461 §10.2: the administrator should hear of it well before the policy expires.
            log.warn(
                    "The MTA-STS policy of {}, valid until {}, cannot be fetched anew: {}.",
                    name,
                    kept.get().fetched().plus(kept.get().policy().maxAge()),
                    e.getMessage());
        }
        return without(kept, id, e.failure());
    }

    /** What the TXT record says; nothing if there is none, or more than one. */
    private static Optional<String> id(DnsAnswer<String> record) {
        return StsRecord.id(
                record instanceof DnsAnswer.Found<String> found ? found.records() : List.of());
    }

    /** RFC 8461 §3.1: what is kept holds, whatever becomes of the record. */
    private Answer withoutRecord(String name, DnsAnswer.TemporaryFailure<String> failure) {
        String why = "the look-up of " + RECORD_PREFIX + name + " failed: " + failure.reason();
        return cache.get(name, now())
                .map(kept -> Answer.outdated(kept.policy(), why))
                .orElseGet(() -> Answer.unknown(why));
    }

    private Instant now() {
        return settings.clock().instant();
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new IllegalStateException("The source of MTA-STS policies is closed.");
        }
    }

    /** Ends fetches under way. What is in the directory stays. */
    @Override
    public void close() {
        closed = true;
        client.close();
    }
}
