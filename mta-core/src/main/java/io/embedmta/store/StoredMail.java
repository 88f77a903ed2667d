package io.embedmta.store;

import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;

/**
 * A message that a {@link MemoryStore} has taken. Immutable.
 *
 * @param id its name in the queue
 * @param envelope with exactly the recipients into whose mailboxes it went
 * @param content a copy, valid for as long as anyone holds it
 */
public record StoredMail(QueueId id, Envelope envelope, Content content) {}
