package io.embedmta.event;

import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import java.time.Instant;

/** A store of ours took the message: final. */
public record Delivered(Instant at, QueueId queueId, MailAddress recipient, Reply reply)
        implements MtaEvent {}
