package io.embedmta.internal.delivery;

import io.embedmta.event.Attempted;
import io.embedmta.event.Bounced;
import io.embedmta.event.Deferred;
import io.embedmta.event.Delivered;
import io.embedmta.event.Discarded;
import io.embedmta.event.Expired;
import io.embedmta.event.MtaEvent;
import io.embedmta.event.Relayed;
import io.embedmta.internal.delivery.Notifier.Notices;
import io.embedmta.internal.dsn.Action;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.Notice;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.queue.Settlement;
import io.embedmta.smtp.EnhancedCode;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the results of one attempt, or of an operator's order, mean: who is done, who is tried again
 * and when, and what the sender is told. Closing aborts the notices that were not settled. For one
 * thread.
 */
final class Attempt implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    /** RFC 3463 §3.8: security and policy. */
    private static final int SECURITY = 7;

    private final Lease lease;
    private final Instant now;
    private final RetrySchedule schedule;
    private final RandomGenerator random;
    private final Notices notices;

    /** Drawn once, so that recipients who failed together stay in one transaction. */
    private final Map<Integer, Instant> nextByAttempts = new HashMap<>();

    private final List<Settlement> settlements = new ArrayList<>();
    private final List<MtaEvent> events = new ArrayList<>();
    private final List<FinalOutcome> outcomes = new ArrayList<>();

    Attempt(
            Lease lease,
            Instant now,
            RetrySchedule schedule,
            RandomGenerator random,
            Notices notices) {
        this.lease = lease;
        this.now = now;
        this.schedule = schedule;
        this.random = random;
        this.notices = notices;
    }

    /** Judges each recipient that has a result, and composes the notices that follow. */
    static Attempt judge(
            Lease lease,
            Map<MailAddress, DeliveryResult> results,
            Instant now,
            RetrySchedule schedule,
            RandomGenerator random,
            Notifier notifier) {
        Attempt attempt = new Attempt(lease, now, schedule, random, notifier.notices(lease));
        for (PendingRecipient pending : lease.work()) {
            DeliveryResult result = results.get(pending.recipient().address());
            if (result != null) {
                attempt.judge(pending, result);
            }
        }
        try {
            attempt.notices.compose();
            return attempt;
        } catch (IOException | RuntimeException | Error e) {
            attempt.close();
            LOG.error("{}: the sender could not be told; it will be tried again", lease.id(), e);
            return afterFailedNotice(lease, results, now, schedule, random, notifier);
        }
    }

    /**
     * I2: a recipient is not closed without its notice, so those that failed are tried again. What
     * was delivered stays delivered: better a missing notice than a second copy.
     */
    private static Attempt afterFailedNotice(
            Lease lease,
            Map<MailAddress, DeliveryResult> results,
            Instant now,
            RetrySchedule schedule,
            RandomGenerator random,
            Notifier notifier) {
        Attempt attempt = new Attempt(lease, now, schedule, random, notifier.notices(lease));
        for (PendingRecipient pending : lease.work()) {
            MailAddress address = pending.recipient().address();
            DeliveryResult result = results.get(address);
            if (result instanceof DeliveryResult.Delivered
                    || result instanceof DeliveryResult.Relayed
                    || result instanceof DeliveryResult.Discarded) {
                attempt.judge(pending, result);
            } else if (result != null) {
                Reply reply =
                        result instanceof DeliveryResult.Deferred
                                ? result.reply()
                                : Reply.of(
                                        451,
                                        "4.3.0",
                                        "The sender could not be told of the failure");
                attempt.retry(pending, reply, pending.delayTold());
            }
        }
        return attempt;
    }

    private void judge(PendingRecipient pending, DeliveryResult result) {
        MailAddress address = pending.recipient().address();
        if (lease.order().isEmpty()) {
            events.add(new Attempted(now, id(), address, pending.attempts() + 1, result));
        }
        if (result instanceof DeliveryResult.Deferred deferred) {
            defer(pending, deferred);
        } else if (result instanceof DeliveryResult.Failed failed) {
            notices.add(pending, Action.FAILED, failed.reply().status(), failed);
            events.add(new Bounced(now, id(), address, failed.reply()));
            done(pending, failed, false);
        } else if (result instanceof DeliveryResult.Delivered delivered) {
            notices.add(pending, Action.DELIVERED, success(delivered), delivered);
            events.add(new Delivered(now, id(), address, delivered.reply()));
            done(pending, delivered, false);
        } else if (result instanceof DeliveryResult.Relayed relayed) {
            if (!relayed.dsnHandedOn()) {
                // RFC 3461 §5.2.2: the next hop will not tell of the delivery, so we tell of the
                // relay.
                notices.add(pending, Action.RELAYED, success(relayed), relayed);
            }
            events.add(
                    new Relayed(
                            now,
                            id(),
                            address,
                            relayed.reply(),
                            relayed.remoteMta(),
                            relayed.security()));
            done(pending, relayed, false);
        } else {
            events.add(new Discarded(now, id(), address, result.reply()));
            done(pending, result, false);
        }
    }

    private static EnhancedCode success(DeliveryResult result) {
        return result.reply().status().withCategory(2);
    }

    private void defer(PendingRecipient pending, DeliveryResult.Deferred deferred) {
        if (schedule.isExpired(lease.arrival(), now)) {
            expire(pending, deferred);
            return;
        }
        boolean told = pending.delayTold();
        if (!told && schedule.isLate(lease.arrival(), now)) {
            // Told once, wanted or not: the question is not asked again.
            notices.add(
                    pending, Action.DELAYED, deferred.reply().status().withCategory(4), deferred);
            told = true;
        }
        retry(pending, deferred.reply(), told);
    }

    private void expire(PendingRecipient pending, DeliveryResult.Deferred last) {
        MailAddress address = pending.recipient().address();
        EnhancedCode status = statusOfEnd(last);
        notices.add(pending, Action.FAILED, status, last);
        events.add(new Expired(now, id(), address, last.reply()));
        Reply reply = Reply.of(550, status, "Delivery time expired; last: " + last.reply());
        done(pending, new DeliveryResult.Failed(reply, last.remoteMta()), true);
    }

    /**
     * RFC 3463: 4.7 is "delivery time expired"; the last reply says why. Where it was our own
     * demand of security that nothing met, that is what the sender is to know.
     */
    private static EnhancedCode statusOfEnd(DeliveryResult.Deferred last) {
        EnhancedCode status = last.reply().status();
        boolean ourSecurity = last.remoteMta().isEmpty() && status.subject() == SECURITY;
        return ourSecurity ? status.withCategory(5) : EnhancedCode.of("5.4.7");
    }

    private void retry(PendingRecipient pending, Reply reply, boolean delayTold) {
        int attempts = pending.attempts() + 1;
        Instant next =
                nextByAttempts.computeIfAbsent(
                        attempts, made -> schedule.next(made, lease.arrival(), now, random));
        MailAddress address = pending.recipient().address();
        settlements.add(new Settlement.Retry(address, next, reply, delayTold));
        events.add(new Deferred(now, id(), address, attempts, reply, next));
    }

    private void done(PendingRecipient pending, DeliveryResult result, boolean expired) {
        MailAddress address = pending.recipient().address();
        settlements.add(new Settlement.Done(address, result));
        outcomes.add(new FinalOutcome(id(), address, result, expired));
    }

    private QueueId id() {
        return lease.id();
    }

    List<Settlement> settlements() {
        return settlements;
    }

    /** To be settled with; none if they could not be composed. */
    List<Notice> notices() {
        return notices.toSettle();
    }

    /** Tells of the notices once they are settled. */
    void tellOfNotices() {
        notices.tellSettled();
    }

    /** In the order they happened. */
    List<MtaEvent> events() {
        return events;
    }

    List<FinalOutcome> outcomes() {
        return outcomes;
    }

    @Override
    public void close() {
        notices.close();
    }
}
