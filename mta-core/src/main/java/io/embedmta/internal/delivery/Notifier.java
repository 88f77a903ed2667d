package io.embedmta.internal.delivery;

import io.embedmta.internal.dsn.Action;
import io.embedmta.internal.dsn.Dsn;
import io.embedmta.internal.dsn.DsnComposer;
import io.embedmta.internal.dsn.DsnPolicy;
import io.embedmta.internal.dsn.DsnReport;
import io.embedmta.internal.dsn.RecipientReport;
import io.embedmta.internal.dsn.UnreadableMessageException;
import io.embedmta.internal.intake.Enqueuer;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.queue.Lease;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.Notice;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.smtp.EnhancedCode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells senders what became of their message, by DSN (RFC 3461). A notice enters the queue in the
 * same durable step that closes the recipient it is about (I2). Thread-safe.
 */
final class Notifier {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    private final MailDomain hostname;
    private final Clock clock;
    private final Enqueuer enqueuer;
    private final DsnComposer composer;
    private final RetrySchedule schedule;

    Notifier(
            MailDomain hostname,
            Clock clock,
            Enqueuer enqueuer,
            DsnComposer composer,
            RetrySchedule schedule) {
        this.hostname = hostname;
        this.clock = clock;
        this.enqueuer = enqueuer;
        this.composer = composer;
        this.schedule = schedule;
    }

    /**
     * What there is to tell of one attempt, by kind: each kind is a message of its own. Closing
     * aborts those that were not settled. For one thread.
     */
    final class Notices implements AutoCloseable {
        private final Lease lease;
        private final Map<Action, List<RecipientReport>> reports = new EnumMap<>(Action.class);
        private final List<Composed> composed = new ArrayList<>();

        private Notices(Lease lease) {
            this.lease = lease;
        }

        /** Notes what the sender wants to hear of; anything else is forgotten. */
        boolean add(
                PendingRecipient pending,
                Action action,
                EnhancedCode status,
                DeliveryResult result) {
            Recipient recipient = pending.recipient();
            if (!DsnPolicy.isWanted(lease.envelope().from(), recipient, action)) {
                return false;
            }
            reports.computeIfAbsent(action, kind -> new ArrayList<>())
                    .add(
                            new RecipientReport(
                                    recipient,
                                    action,
                                    status,
                                    result.reply(),
                                    result.remoteMta(),
                                    clock.instant()));
            return true;
        }

        /**
         * Writes the notices, to be settled with.
         *
         * @throws IOException if one of them could not be written
         */
        void compose() throws IOException {
            for (List<RecipientReport> recipients : reports.values()) {
                composed.add(Notifier.this.compose(lease, recipients));
            }
        }

        /** What was composed. */
        List<Notice> toSettle() {
            return composed.stream().map(Composed::notice).toList();
        }

        /** To be called once they are settled. */
        void tellSettled() {
            for (Composed each : composed) {
                enqueuer.tellAccepted(each.message);
                LOG.info(
                        "{}: {} told by {}",
                        lease.id(),
                        lease.envelope().from(),
                        each.message.id());
            }
        }

        @Override
        public void close() {
            composed.forEach(each -> enqueuer.release(each.notice.writer(), each.message.id()));
        }
    }

    /** A notice with all that is told of it once it is in the queue. */
    private record Composed(Notice notice, Enqueuer.Addressed message) {}

    Notices notices(Lease lease) {
        return new Notices(lease);
    }

    private Composed compose(Lease lease, List<RecipientReport> recipients) throws IOException {
        try {
            return compose(lease, recipients, content(lease));
        } catch (UnreadableMessageException e) {
            if (isWorthWaiting(lease, recipients)) {
                throw e;
            }
            LOG.error("{}: cannot be read; its sender is told without it", lease.id(), e);
            return compose(lease, recipients, null);
        }
    }

    private static Content content(Lease lease) throws UnreadableMessageException {
        try {
            return lease.content();
        } catch (IOException | RuntimeException e) {
            throw new UnreadableMessageException(e);
        }
    }

    /**
     * A bounce may carry the only copy of a message, so it waits for that, though not for ever: a
     * recipient must end (I2). After other notices the message is still here, or has arrived; and
     * what an operator has given up is given up now.
     */
    private boolean isWorthWaiting(Lease lease, List<RecipientReport> recipients) {
        return recipients.get(0).action() == Action.FAILED
                && lease.order().isEmpty()
                && !schedule.isExpired(lease.arrival(), clock.instant());
    }

    private Composed compose(
            Lease lease, List<RecipientReport> recipients, @Nullable Content content)
            throws IOException {
        QueueId id = enqueuer.nextId();
        MailWriter writer = lease.notice(id);
        try {
            Dsn dsn = dsn(lease, recipients, content);
            OutputStream body = new BufferedOutputStream(writer.body());
            dsn.writeTo(body);
            body.flush();
            Enqueuer.Addressed message =
                    enqueuer.address(id, dsn.envelope(), HeaderEdits.NONE, writer.content().size());
            return new Composed(new Notice(writer, message.mail()), message);
        } catch (IOException | RuntimeException | Error e) {
            enqueuer.release(writer, id);
            throw e;
        }
    }

    private Dsn dsn(Lease lease, List<RecipientReport> recipients, @Nullable Content content)
            throws IOException {
        return composer.compose(
                new DsnReport(
                        hostname,
                        lease.id(),
                        lease.envelope(),
                        content,
                        lease.arrival(),
                        clock.instant(),
                        lease.arrival().plus(schedule.expireAfter()),
                        recipients));
    }
}
