/**
 * Delivery status notifications: the messages that tell a sender what became of a message (RFC
 * 3461, 3464, 6522, 6533). {@link io.embedmta.internal.dsn.DsnPolicy} says who is told, {@link
 * io.embedmta.internal.dsn.DsnComposer} turns a report into a message. Nothing here queues or
 * sends.
 */
@NullMarked
package io.embedmta.internal.dsn;

import org.jspecify.annotations.NullMarked;
