package io.embedmta.dns.tlsrpt;

import io.embedmta.AdjustableClock;
import io.embedmta.event.TlsAttempted;
import io.embedmta.message.QueueId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS reports under way. Thread-safe. Owns one thread, which ends with {@link #close}.
 *
 * <p>A day is reported within four hours after its end, at a random time, so that not all of the
 * world reports at midnight (RFC 8460 §4.1). What cannot be handed over is tried each hour for a
 * day (§5.5).
 */
public final class RunningTlsReports implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningTlsReports.class);

    private static final int MAX_DELAY_SECONDS = 4 * 3600;
    private static final Duration RETRY = Duration.ofHours(1);
    private static final Duration GIVE_UP = Duration.ofDays(1);

    /** How often to look at the clock, which may be set. */
    private static final Duration LOOK = Duration.ofMinutes(1);

    /** How long the last report may take when all ends; its socket has no longer deadline. */
    private static final Duration LAST = Duration.ofSeconds(5);

    /** Mailed reports that are remembered, so that they are not reported on. */
    private static final int MAX_MAILED = 10_000;

    private final ReportSender sender;
    private final Delivery delivery;
    private final Clock clock;
    private final RandomGenerator random;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<QueueId> mailed = new LinkedHashSet<>();
    private DayTally today;
    private boolean closed;

    /** Days that are over, and reports that could not be handed over. */
    private final List<Ended> ended = new ArrayList<>();

    private final List<Undelivered> undelivered = new ArrayList<>();

    /** A day that is over, and when it is reported. */
    private record Ended(DayTally tally, Instant due) {}

    /** A report that could not be handed over, or not be addressed yet, if {@code to} is empty. */
    private record Undelivered(
            Report report, Optional<ReportAddress> to, Instant due, Instant until) {}

    RunningTlsReports(ReportSender sender, Delivery delivery, Clock clock, RandomGenerator random) {
        this.sender = sender;
        this.delivery = delivery;
        this.clock = clock;
        this.random = random;
        this.today = new DayTally(date());
        this.thread = new Thread(this::run, "tls-reports");
        thread.setDaemon(true);
    }

    void start() {
        if (clock instanceof AdjustableClock adjustable) {
            adjustable.whenAdjusted(this::wake);
        }
        thread.start();
    }

    private LocalDate date() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** Counts a connection, unless it was for a report of ours. */
    void count(TlsAttempted event) {
        lock.lock();
        try {
            if (!closed && !mailed.contains(event.queueId())) {
                endDayIfOver();
                today.add(event);
            }
        } finally {
            lock.unlock();
        }
    }

    private void endDayIfOver() {
        LocalDate now = date();
        if (now.isAfter(today.day())) {
            if (!today.domains().isEmpty()) {
                Instant end = today.day().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
                ended.add(new Ended(today, end.plusSeconds(random.nextInt(MAX_DELAY_SECONDS))));
            }
            today = new DayTally(now);
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (awaitWork()) {
                reportDays();
                repeat();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("TLS reports have ended", e);
        }
    }

    /** False once all is over. */
    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            endDayIfOver();
            while (!closed && !isDue()) {
                changed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                endDayIfOver();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private boolean isDue() {
        Instant now = clock.instant();
        return ended.stream().anyMatch(day -> !day.due.isAfter(now))
                || undelivered.stream().anyMatch(report -> !report.due.isAfter(now));
    }

    private void reportDays() {
        List<Ended> due = new ArrayList<>();
        lock.lock();
        try {
            Instant now = clock.instant();
            ended.removeIf(day -> !day.due.isAfter(now) && due.add(day));
        } finally {
            lock.unlock();
        }
        for (Ended day : due) {
            day.tally
                    .domains()
                    .forEach(
                            (domain, policies) ->
                                    first(
                                            Report.of(
                                                    sender,
                                                    day.tally.day(),
                                                    domain,
                                                    newId(),
                                                    policies)));
        }
    }

    private String newId() {
        return Long.toUnsignedString(random.nextLong(), 36)
                + "."
                + clock.instant().getEpochSecond()
                + "@"
                + sender.hostname();
    }

    private void first(Report report) {
        Instant now = clock.instant();
        attempt(new Undelivered(report, Optional.empty(), now, now.plus(GIVE_UP)));
    }

    private void repeat() {
        List<Undelivered> due = new ArrayList<>();
        lock.lock();
        try {
            Instant now = clock.instant();
            undelivered.removeIf(report -> !report.due.isAfter(now) && due.add(report));
        } finally {
            lock.unlock();
        }
        due.forEach(this::attempt);
    }

    private void attempt(Undelivered work) {
        if (work.to.isPresent()) {
            bring(work, work.to.get());
            return;
        }
        Optional<List<ReportAddress>> addresses = delivery.addresses(work.report.domain());
        if (addresses.isEmpty()) {
            putOff(work, Optional.empty());
            return;
        }
        for (ReportAddress to : addresses.get()) {
            bring(work, to);
        }
    }

    private void bring(Undelivered work, ReportAddress to) {
        boolean there =
                to instanceof ReportAddress.Mail mail
                        ? mail(work.report, mail)
                        : delivery.post(work.report, (ReportAddress.Https) to);
        if (!there) {
            putOff(work, Optional.of(to));
        }
    }

    /** Under the lock, so that the message is known before a connection for it is counted. */
    private boolean mail(Report report, ReportAddress.Mail to) {
        lock.lock();
        try {
            Optional<QueueId> id = delivery.mail(report, to);
            id.ifPresent(this::remember);
            return id.isPresent();
        } finally {
            lock.unlock();
        }
    }

    private void putOff(Undelivered work, Optional<ReportAddress> to) {
        Instant next = clock.instant().plus(RETRY);
        if (next.isAfter(work.until)) {
            LOG.warn("The TLS report to {} is given up", work.report.domain());
            return;
        }
        lock.lock();
        try {
            undelivered.add(new Undelivered(work.report, to, next, work.until));
        } finally {
            lock.unlock();
        }
    }

    private void remember(QueueId id) {
        mailed.add(id);
        if (mailed.size() > MAX_MAILED) {
            mailed.remove(mailed.iterator().next());
        }
    }

    /** Stops counting and reporting; the day so far is not reported. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(LAST.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
