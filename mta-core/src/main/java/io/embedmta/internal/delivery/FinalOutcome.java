package io.embedmta.internal.delivery;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;

/**
 * The end of one recipient.
 *
 * @param result never a deferral
 * @param expired whether it failed because its time was up
 */
public record FinalOutcome(
        QueueId queueId, MailAddress recipient, DeliveryResult result, boolean expired) {}
