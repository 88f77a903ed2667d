package io.embedmta.queue;

import io.embedmta.message.Recipient;

/**
 * A recipient without an outcome yet.
 *
 * @param recipient who
 * @param attempts how often delivery was tried and put off, 0 or more
 * @param delayTold whether the sender has been told of the delay
 */
public record PendingRecipient(Recipient recipient, int attempts, boolean delayTold) {}
