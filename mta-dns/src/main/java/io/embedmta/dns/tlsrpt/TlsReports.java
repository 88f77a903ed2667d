package io.embedmta.dns.tlsrpt;

import io.embedmta.Mta;
import io.embedmta.dns.https.HttpsClient;
import io.embedmta.event.TlsAttempted;
import io.embedmta.message.MailAddress;
import io.embedmta.resolver.Resolver;
import io.embedmta.tls.Trust;
import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * TLS reports (RFC 8460): counts how connections to exchangers were secured, and tells each domain
 * that asks for it, once a day, by mail or HTTPS. None is sent unless an application starts them:
 *
 * <pre>{@code
 * try (RunningTlsReports reports =
 *         TlsReports.of("Example Inc.", "postmaster@example.org").start(mta, resolver)) {
 *     mta.awaitShutdown();
 * }
 * }</pre>
 *
 * <p>Immutable; the methods that begin with "with" give a changed copy. What was counted lies in
 * memory: the day on which the process ends is not reported. Reports by mail carry no DKIM
 * signature of ours, which some receivers want (§3); a filter of the application can add one.
 */
public final class TlsReports {
    /** §5.4 leaves it open; a report is small, and so is the answer. */
    private static final Duration HTTPS_TIMEOUT = Duration.ofMinutes(1);

    private static final int MAX_ANSWER = 64 * 1024;

    private final String organization;
    private final MailAddress contact;
    private final Trust trust;
    private final Clock clock;
    private final RandomGenerator random;

    private TlsReports(
            String organization,
            MailAddress contact,
            Trust trust,
            Clock clock,
            RandomGenerator random) {
        this.organization = organization;
        this.contact = contact;
        this.trust = trust;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Reports in the name of an organization.
     *
     * @param contact an address for questions; reports by mail come from it
     * @throws IllegalArgumentException if it is no address, or the name is empty
     */
    public static TlsReports of(String organization, String contact) {
        if (organization.isBlank()) {
            throw new IllegalArgumentException("Give the name of who reports.");
        }
        return new TlsReports(
                organization,
                MailAddress.of(contact),
                Trust.system(),
                Clock.systemUTC(),
                RandomGeneratorFactory.getDefault().create());
    }

    /** The same with other trust anchors for the servers that reports go to. */
    public TlsReports withTrust(Trust anchors) {
        return new TlsReports(organization, contact, anchors, clock, random);
    }

    /**
     * The same with another clock, by which days end; one that jumps implements {@link
     * io.embedmta.AdjustableClock}.
     */
    public TlsReports withClock(Clock other) {
        return new TlsReports(organization, contact, trust, other, random);
    }

    /** The same with other randomness of ids and delays; used by one thread at a time. */
    public TlsReports withRandom(RandomGenerator other) {
        return new TlsReports(organization, contact, trust, clock, other);
    }

    /**
     * Counts from now on.
     *
     * @param mta whose connections are counted, and by which reports are mailed
     * @param resolver asked where reports go; the caller keeps it open as long as they run
     * @return what counts, which the caller closes before the agent
     */
    public RunningTlsReports start(Mta mta, Resolver resolver) {
        ReportSender sender = new ReportSender(organization, mta.hostname(), contact);
        Delivery delivery =
                new Delivery(
                        mta,
                        resolver,
                        new HttpsClient(trust, HTTPS_TIMEOUT, MAX_ANSWER),
                        sender,
                        clock);
        RunningTlsReports running = new RunningTlsReports(sender, delivery, clock, random);
        mta.on(TlsAttempted.class, running::count);
        running.start();
        return running;
    }
}
