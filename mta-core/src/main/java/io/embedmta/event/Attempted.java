package io.embedmta.event;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import java.time.Instant;

/**
 * A delivery was tried, or put off untried since its destination does not answer; an event of what
 * follows from it comes after this one.
 *
 * @param attempt 1 for the first
 * @param result what it came to
 */
public record Attempted(
        Instant at, QueueId queueId, MailAddress recipient, int attempt, DeliveryResult result)
        implements MtaEvent {}
