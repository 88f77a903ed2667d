package io.embedmta.internal.dsn;

import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a DSN is made of.
 *
 * @param reportingMta our own name
 * @param queueId of the original message
 * @param envelope of the original message; its sender is who is told
 * @param content the original message, read when the DSN is composed and when it is written; null
 *     if it cannot be read, and the DSN is to go without it
 * @param arrival when the original message was accepted
 * @param now the date of the DSN
 * @param giveUpAt until when delayed recipients are tried
 * @param recipients those that the sender wants to hear of, one or more
 */
public record DsnReport(
        MailDomain reportingMta,
        QueueId queueId,
        Envelope envelope,
        @Nullable Content content,
        Instant arrival,
        Instant now,
        Instant giveUpAt,
        List<RecipientReport> recipients) {

    /** Refuses a message that wants no answer (invariant I4), and a report of nobody. */
    public DsnReport {
        recipients = List.copyOf(recipients);
        if (envelope.from().isNull()) {
            throw new IllegalArgumentException(
                    "Ask DsnPolicy first: a message with the null sender gets no DSN.");
        }
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("Give the report a recipient.");
        }
    }

    /** Who is told. */
    MailAddress sender() {
        return envelope.from().address().orElseThrow();
    }

    /** Whether one recipient or more met this end. */
    boolean has(Action action) {
        return recipients.stream().anyMatch(recipient -> recipient.action() == action);
    }

    /**
     * Whether the sender can read UTF-8 where ASCII used to stand: it sent some itself, and RFC
     * 6533 §4 lets the answer come the way the message did.
     */
    boolean mayBeUtf8() {
        return envelope.smtpUtf8() || !sender().isAscii();
    }
}
