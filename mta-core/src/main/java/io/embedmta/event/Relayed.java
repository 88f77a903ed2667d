package io.embedmta.event;

import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.HopSecurity;
import java.time.Instant;

/**
 * Another server took the message: final for us.
 *
 * @param remoteMta its name
 * @param security how the message was protected on its way there
 */
public record Relayed(
        Instant at,
        QueueId queueId,
        MailAddress recipient,
        Reply reply,
        String remoteMta,
        HopSecurity security)
        implements MtaEvent {}
