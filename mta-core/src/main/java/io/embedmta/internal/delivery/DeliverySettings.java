package io.embedmta.internal.delivery;

import io.embedmta.message.MailDomain;
import io.embedmta.queue.RetrySchedule;

/**
 * How the engine delivers.
 *
 * @param hostname our own name, at which a list of exchangers is cut off
 * @param remotePort of mail exchangers
 * @param maxDeliveries at once in all
 * @param maxPerDestination at once to one destination
 * @param schedule of attempts
 */
public record DeliverySettings(
        MailDomain hostname,
        int remotePort,
        int maxDeliveries,
        int maxPerDestination,
        RetrySchedule schedule) {}
