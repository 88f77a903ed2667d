package io.embedmta.event;

import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import java.time.Instant;

/**
 * A recipient is to be tried again.
 *
 * @param attempts how often it was tried
 * @param reply why it failed
 * @param nextAttempt when it is tried again
 */
public record Deferred(
        Instant at,
        QueueId queueId,
        MailAddress recipient,
        int attempts,
        Reply reply,
        Instant nextAttempt)
        implements MtaEvent {}
