package io.embedmta.event;

import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import java.time.Instant;

/**
 * A recipient was given up after too long a time: final. The sender's notice, if it wants one, is
 * in the queue.
 *
 * @param reply why the last attempt failed
 */
public record Expired(Instant at, QueueId queueId, MailAddress recipient, Reply reply)
        implements MtaEvent {}
