package io.embedmta.event;

import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import java.time.Instant;

/** A recipient cannot be reached: final. The sender's notice, if it wants one, is in the queue. */
public record Bounced(Instant at, QueueId queueId, MailAddress recipient, Reply reply)
        implements MtaEvent {}
