package io.embedmta.internal.delivery;

import io.embedmta.queue.MailQueue;

/**
 * A queue that is empty when it starts, and to which no other node adds work: until it tells of
 * some, there is nothing to deliver, and nobody has to look.
 */
public interface SoleQueue extends MailQueue {}
