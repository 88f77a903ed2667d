package io.embedmta.event;

import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import java.time.Instant;

/** A rule, or an operator, threw the message away for this recipient: final. */
public record Discarded(Instant at, QueueId queueId, MailAddress recipient, Reply reply)
        implements MtaEvent {}
