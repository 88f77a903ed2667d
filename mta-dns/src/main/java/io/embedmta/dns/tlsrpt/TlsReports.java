package io.embedmta.dns.tlsrpt;

import io.embedmta.AdjustableClock;
import io.embedmta.Mta;
import io.embedmta.dns.https.HttpsClient;
import io.embedmta.event.TlsAttempted;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.message.ReversePath;
import io.embedmta.message.TlsRequest;
import io.embedmta.resolver.Resolver;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how connections to other servers were secured, and tells the domains that ask for it, once
 * a day (RFC 8460). Each day in universal time is reported within four hours and a bit after its
 * end, by mail through the agent or by HTTPS, as the domain has it; later, if many domains have
 * name servers or web servers that are slow to answer, as one waits for the other.
 *
 * <p>Memory is bounded: 10,000 domains a day, and some 16 million characters. What does not fit is
 * left out, and the log says how much. The connections by which reports travel are not counted.
 *
 * <p>RFC 8460 §3 wants reports by mail signed with DKIM. The agent does not sign: without a
 * signature on the way out, by a filter or a smart host, receivers may ignore them.
 *
 * <p>Thread-safe. It has one thread, a daemon, and ends it on {@link #close}; close it before the
 * agent.
 *
 * <pre>{@code
 * try (Mta mta = builder.start();
 *         TlsReports reports =
 *                 TlsReports.by("Example Org", "tls-reports@example.org").start(mta, resolver)) {
 *     mta.awaitShutdown();
 * }
 * }</pre>
 */
public final class TlsReports implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TlsReports.class);

    private static final Duration SAVE_INTERVAL = Duration.ofMinutes(5);
    private static final long LOOK_SECONDS = 60;
    private static final long CLOSE_MILLIS = 10_000;

    private final ReportSettings settings;
    private final Mta mta;
    private final HttpsClient client;
    private final @Nullable StateFile file;
    private final Gatherer gatherer;
    private final Reporter reporter;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    private TlsReports(
            ReportSettings settings,
            Mta mta,
            Resolver resolver,
            HttpsClient client,
            @Nullable StateFile file) {
        this.settings = settings;
        this.mta = mta;
        this.client = client;
        this.file = file;
        this.gatherer =
                new Gatherer(date -> new Day(date, Long.toHexString(settings.random().nextLong())));
        this.reporter = new Reporter(settings, this::submit, resolver, client);
        this.thread = new Thread(this::run, "mta-tls-reports");
        thread.setDaemon(true);
    }

    /**
     * Begins to set up.
     *
     * @param organization who reports, as people read it
     * @param from the mail address that reports come from, in ASCII
     * @throws io.embedmta.smtp.SyntaxException if that is no address
     */
    public static TlsReportsBuilder by(String organization, String from) {
        return new TlsReportsBuilder(organization, from);
    }

    static TlsReports start(
            ReportSettings settings,
            Mta mta,
            Resolver resolver,
            HttpsClient client,
            @Nullable StateFile file) {
        TlsReports reports = new TlsReports(settings, mta, resolver, client, file);
        if (file != null) {
            StateFile.State saved = file.load();
            reports.gatherer.restore(saved.days(), saved.own());
        }
        mta.on(TlsAttempted.class, reports::count);
        if (settings.clock() instanceof AdjustableClock adjustable) {
            adjustable.whenAdjusted(reports.wake::release);
        }
        reports.thread.start();
        return reports;
    }

    void count(TlsAttempted event) {
        if (!closed) {
            gatherer.count(event);
        }
    }

    private void run() {
        Instant nextSave = settings.clock().instant().plus(SAVE_INTERVAL);
        try {
            while (!closed) {
                report(settings.clock().instant());
                Instant now = settings.clock().instant();
                if (!now.isBefore(nextSave)) {
                    save();
                    nextSave = now.plus(SAVE_INTERVAL);
                }
                // It waits in real time, and is woken when a clock that someone moves has moved.
                if (wake.tryAcquire(LOOK_SECONDS, TimeUnit.SECONDS)) {
                    wake.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            log.debug("Interrupted: the end of TLS reports.");
        }
    }

    /** Whatever goes wrong, the next look is in a minute. */
    private void report(Instant now) {
        try {
            LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
            gatherer.closeBefore(today).forEach(reporter::add);
            // Domains may be slow, and what was counted is to be saved meanwhile.
            Instant until = now.plus(SAVE_INTERVAL);
            reporter.run(now, () -> !closed && settings.clock().instant().isBefore(until));
        } catch (RuntimeException e) {
            log.error("TLS reports failed unexpectedly; going on.", e);
        }
    }

    private void save() {
        if (file != null) {
            file.save(gatherer.encode(reporter.days()));
        }
    }

    private void submit(ReportTarget.Mailbox to, Day day, String domain, String id, byte[] gzip) {
        // RFC 8460 §5.1: who reports on whom, from when to when.
        String fileName =
                settings.submitter()
                        + "!"
                        + domain
                        + "!"
                        + day.start().getEpochSecond()
                        + "!"
                        + (day.end().getEpochSecond() - 1)
                        + "!"
                        + day.unique
                        + ".json.gz";
        Content mail =
                ReportMail.of(
                        settings.from(),
                        to.address(),
                        settings.submitter(),
                        domain,
                        id,
                        fileName,
                        settings.clock().instant(),
                        gzip);
        Envelope envelope =
                Envelope.from(ReversePath.of(settings.from()))
                        .to(Recipient.of(to.address()))
                        .withTlsRequest(TlsRequest.WAIVED);
        gatherer.uncounted(() -> submit(envelope, mail));
    }

    private QueueId submit(Envelope envelope, Content mail) {
        return mta.submit(envelope, mail).queueId();
    }

    /**
     * Stops to count, ends what is under way, and saves the counts if they are kept in a directory.
     * What was not reported yet is then reported after the next start; without a directory it is
     * lost. Idempotent.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        client.close();
        wake.release();
        try {
            thread.join(CLOSE_MILLIS);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // The reporter's days are the thread's alone while it lives.
        if (!thread.isAlive()) {
            save();
        }
    }
}
