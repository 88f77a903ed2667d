package io.embedmta.queue;

import io.embedmta.message.QueueId;
import io.embedmta.message.ReversePath;
import java.time.Instant;
import java.util.List;

/**
 * A message as an operator sees it.
 *
 * @param id its name
 * @param arrival when it was accepted
 * @param size of the content with its edits, in octets
 * @param from who gets a bounce
 * @param recipients those without an outcome that were asked for; one or more
 */
public record QueuedMail(
        QueueId id,
        Instant arrival,
        long size,
        ReversePath from,
        List<QueuedRecipient> recipients) {

    /** Copies the recipients. */
    public QueuedMail {
        recipients = List.copyOf(recipients);
    }
}
