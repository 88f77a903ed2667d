package io.embedmta.event;

import io.embedmta.message.QueueId;
import java.time.Instant;

/** Something that happened to a message. */
public sealed interface MtaEvent
        permits Accepted,
                Attempted,
                Deferred,
                Delivered,
                Relayed,
                Discarded,
                Bounced,
                Expired,
                TlsAttempted {

    /** When. */
    Instant at();

    /** To which message. */
    QueueId queueId();
}
