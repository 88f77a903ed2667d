package io.embedmta.internal.delivery;

import io.embedmta.internal.dsn.Action;
import io.embedmta.internal.dsn.Dsn;
import io.embedmta.internal.dsn.DsnComposer;
import io.embedmta.internal.dsn.DsnPolicy;
import io.embedmta.internal.dsn.DsnReport;
import io.embedmta.internal.dsn.RecipientReport;
import io.embedmta.internal.intake.Enqueuer;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.queue.Lease;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.smtp.EnhancedCode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells senders what became of their message, by DSN (RFC 3461). A notice is in the queue, durably,
 * before the recipient that it is about is closed (I2). Thread-safe.
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

    /** What there is to tell of one attempt, by kind: each kind is a message of its own. */
    final class Notices {
        private final Lease lease;
        private final Map<Action, List<RecipientReport>> reports = new EnumMap<>(Action.class);

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
         * Queues the notices.
         *
         * @throws IOException if one of them is not in the queue
         */
        void send() throws IOException {
            for (List<RecipientReport> recipients : reports.values()) {
                Notifier.this.send(lease, recipients);
            }
        }
    }

    Notices notices(Lease lease) {
        return new Notices(lease);
    }

    private void send(Lease lease, List<RecipientReport> recipients) throws IOException {
        Instant now = clock.instant();
        Dsn dsn =
                composer.compose(
                        new DsnReport(
                                hostname,
                                lease.id(),
                                lease.envelope(),
                                lease.content(),
                                lease.arrival(),
                                now,
                                lease.arrival().plus(schedule.expireAfter()),
                                recipients));
        QueueId id = enqueuer.nextId();
        try (MailWriter writer = enqueuer.begin(id)) {
            OutputStream body = new BufferedOutputStream(writer.body());
            dsn.writeTo(body);
            body.flush();
            enqueuer.commit(writer, id, dsn.envelope(), HeaderEdits.NONE, writer.content().size());
        }
        LOG.info("{}: {} told by {}", lease.id(), lease.envelope().from(), id);
    }
}
