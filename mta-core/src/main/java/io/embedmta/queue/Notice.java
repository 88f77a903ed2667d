package io.embedmta.queue;

/**
 * A message that tells a sender what a settlement means. It is committed with that settlement, and
 * nowhere else.
 *
 * @param writer one of {@link Lease#notice}, with all of the octets written
 * @param mail what the queue is told about it
 */
public record Notice(MailWriter writer, NewMail mail) {}
