/**
 * The queue: where an accepted message lies until each of its recipients has an outcome. {@link
 * io.embedmta.queue.MailQueue} is the interface to implement; {@link io.embedmta.queue.MemoryQueue}
 * is the one for tests and for mail that may be lost with the process. What an operator may do with
 * a queue is in {@link io.embedmta.queue.QueueControl}.
 */
@NullMarked
package io.embedmta.queue;

import org.jspecify.annotations.NullMarked;
