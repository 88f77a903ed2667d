package io.embedmta.dns.tlsrpt;

import io.embedmta.dns.https.HttpsClient;
import io.embedmta.dns.https.HttpsRequest;
import io.embedmta.dns.https.HttpsResponse;
import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the reports of days that are over. For one thread. */
final class Reporter {
    private static final Logger log = LoggerFactory.getLogger(Reporter.class);

    /** RFC 8460 §3. */
    static final String RECORD_PREFIX = "_smtp._tls.";

    /** So that the last events of the day have come. */
    private static final Duration LEAST_DELAY = Duration.ofMinutes(5);

    /** RFC 8460 §4.1: not all at midnight, but within four hours. */
    private static final Duration MOST_DELAY = Duration.ofHours(4);

    /** RFC 8460 §5.5: up to a day, less and less often. */
    private static final Duration RETRY_LIMIT = Duration.ofHours(24);

    private static final Duration FIRST_RETRY = Duration.ofMinutes(15);
    private static final int MAX_DOUBLINGS = 6;
    private static final Duration POST_LIMIT = Duration.ofSeconds(30);

    /** After it no target of the same domain is begun: others wait, too. */
    private static final Duration DOMAIN_LIMIT = Duration.ofSeconds(30);

    private static final int MAX_ANSWER = 64 << 10;

    private final ReportSettings settings;
    private final ReportSender sender;
    private final Resolver resolver;
    private final HttpsClient client;
    private final RandomGenerator random;
    private final List<ClosedDay> closed = new ArrayList<>();

    /** Submits a report as a message. */
    @FunctionalInterface
    interface ReportSender {
        /** Throws what {@code Mta.submit} throws. */
        void submit(ReportTarget.Mailbox to, Day day, String domain, String id, byte[] gzip);
    }

    /** A day to report, and its domains that have their report not yet. */
    private static final class ClosedDay {
        final Day day;
        final Instant due;
        final List<Pending> domains = new ArrayList<>();

        ClosedDay(Day day, Instant due) {
            this.day = day;
            this.due = due;
            day.domains.keySet().forEach(domain -> domains.add(new Pending(domain, due)));
        }
    }

    private static final class Pending {
        final String domain;
        Instant next;
        int attempts;

        /** Null while it is not known where the report goes. */
        @Nullable List<ReportTarget> targets;

        Pending(String domain, Instant next) {
            this.domain = domain;
            this.next = next;
        }
    }

    Reporter(ReportSettings settings, ReportSender sender, Resolver resolver, HttpsClient client) {
        this.settings = settings;
        this.sender = sender;
        this.resolver = resolver;
        this.client = client;
        this.random = settings.random();
    }

    /** Takes a day that is over. */
    void add(Day day) {
        if (day.lost > 0) {
            log.warn("The TLS reports of {} leave out {} connections.", day.date, day.lost);
        }
        long spread = MOST_DELAY.minus(LEAST_DELAY).toMillis();
        Duration delay = LEAST_DELAY.plusMillis(random.nextLong(spread));
        closed.add(new ClosedDay(day, day.end().plus(delay)));
    }

    /** The days that are not reported in full. */
    List<Day> days() {
        return closed.stream().map(each -> each.day).toList();
    }

    /**
     * Sends what is due.
     *
     * @param wanted asked before each domain; those that are left are sent the next time
     */
    void run(Instant now, BooleanSupplier wanted) {
        for (ClosedDay each : closed) {
            if (now.isBefore(each.due)) {
                continue;
            }
            for (Iterator<Pending> all = each.domains.iterator();
                    all.hasNext() && wanted.getAsBoolean(); ) {
                Pending pending = all.next();
                if (!now.isBefore(pending.next) && isDone(each, pending, now)) {
                    all.remove();
                    each.day.domains.remove(pending.domain);
                }
            }
        }
        closed.removeIf(each -> each.domains.isEmpty());
    }

    private boolean isDone(ClosedDay closedDay, Pending pending, Instant now) {
        try {
            if (send(closedDay.day, pending)) {
                return true;
            }
        } catch (RuntimeException e) {
            // A resolver or an agent that throws, such as one that is being closed.
            log.warn("The TLS report for {} failed.", pending.domain, e);
        }
        pending.next = now.plus(FIRST_RETRY.multipliedBy(1L << pending.attempts));
        pending.attempts = Math.min(MAX_DOUBLINGS, pending.attempts + 1);
        boolean givenUp = pending.next.isAfter(closedDay.due.plus(RETRY_LIMIT));
        if (givenUp) {
            log.info("The TLS report for {} of {} is dropped.", pending.domain, closedDay.day.date);
        }
        return givenUp;
    }

    /** Whether nothing is left to send. */
    private boolean send(Day day, Pending pending) {
        List<ReportTarget> targets = pending.targets;
        if (targets == null) {
            DnsAnswer<String> answer = resolver.txt(DnsName.of(RECORD_PREFIX + pending.domain));
            if (answer instanceof DnsAnswer.TemporaryFailure) {
                return false;
            }
            targets =
                    answer instanceof DnsAnswer.Found<String> found
                            ? new ArrayList<>(ReportRecord.targets(found.records()))
                            : new ArrayList<>();
            pending.targets = targets;
        }
        if (!targets.isEmpty()) {
            // RFC 5322 §3.6.4, as the subject has to carry it (RFC 8460 §5.3).
            String id =
                    day.date + "." + day.unique + "." + pending.domain + "@" + settings.submitter();
            byte[] gzip = report(day, pending.domain, id);
            sendToEach(targets, target -> isSent(target, day, pending.domain, id, gzip));
        }
        return targets.isEmpty();
    }

    /** Takes out those that have it. What fails goes behind those that were not tried. */
    private void sendToEach(List<ReportTarget> targets, Predicate<ReportTarget> isSent) {
        Instant until = settings.clock().instant().plus(DOMAIN_LIMIT);
        for (int left = targets.size();
                left > 0 && settings.clock().instant().isBefore(until);
                left--) {
            ReportTarget target = targets.remove(0);
            if (!isSent.test(target)) {
                targets.add(target);
            }
        }
    }

    private byte[] report(Day day, String domain, String id) {
        Map<PolicyResults.Policy, PolicyResults> policies =
                day.domains.getOrDefault(domain, Map.of());
        String json = ReportJson.of(day, policies, settings.organization(), settings.contact(), id);
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(octets)) {
            gzip.write(json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return octets.toByteArray();
    }

    private boolean isSent(ReportTarget target, Day day, String domain, String id, byte[] gzip) {
        try {
            if (target instanceof ReportTarget.Mailbox mailbox) {
                sender.submit(mailbox, day, domain, id, gzip);
                return true;
            }
            return target instanceof ReportTarget.Web web && isPosted(web, gzip);
        } catch (IOException | RuntimeException e) {
            log.info("The TLS report for {} cannot be sent: {}.", domain, e.toString());
            return false;
        }
    }

    /** RFC 8460 §5.4: the body is the report, and any 2xx says that it was taken. */
    private boolean isPosted(ReportTarget.Web web, byte[] gzip) throws IOException {
        HttpsRequest.Posted body = new HttpsRequest.Posted("application/tlsrpt+gzip", gzip);
        HttpsResponse response =
                client.exchange(
                        new HttpsRequest(web.host(), web.port(), web.path(), body),
                        resolver,
                        POST_LIMIT,
                        MAX_ANSWER);
        if (response.status() / 100 != 2) {
            throw new IOException(web.host() + " answered " + response.status());
        }
        return true;
    }
}
