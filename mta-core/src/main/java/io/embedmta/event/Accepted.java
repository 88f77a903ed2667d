package io.embedmta.event;

import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import java.time.Instant;

/**
 * A message was made durable, and its sender told so.
 *
 * @param envelope as it was queued, aliases expanded
 * @param size of the content, trace field included, in octets
 */
public record Accepted(Instant at, QueueId queueId, Envelope envelope, long size)
        implements MtaEvent {}
