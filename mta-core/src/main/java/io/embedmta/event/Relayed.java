package io.embedmta.event;

import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import java.time.Instant;

/**
 * Another server took the message: final for us.
 *
 * @param remoteMta its name
 */
public record Relayed(
        Instant at, QueueId queueId, MailAddress recipient, Reply reply, String remoteMta)
        implements MtaEvent {}
