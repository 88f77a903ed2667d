package io.embedmta.listener;

import io.embedmta.filter.TransactionView;
import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import java.io.OutputStream;

/**
 * A message on its way in. Write its octets to {@link #body()}, with CRLF line ends and without dot
 * stuffing, then call {@link #accept} once; or close to drop it. For one thread at a time.
 */
public interface Reception extends AutoCloseable {

    /** The name the message will have. */
    QueueId id();

    /** Where the octets go. Need not be closed. */
    OutputStream body();

    /**
     * The message is complete: asks the filters, writes the trace field, and makes it durable.
     * Never throws.
     */
    Answer accept(TransactionView tx);

    /**
     * What the sender is told of its message.
     *
     * @param reply 250 means that every recipient of the envelope is in the queue, durably, or was
     *     discarded by a rule; anything else, that nothing was kept
     * @param hangUp whether a filter wants the connection closed behind the reply
     */
    record Answer(Reply reply, boolean hangUp) {

        /** An answer after which the session goes on. */
        public static Answer of(Reply reply) {
            return new Answer(reply, false);
        }
    }

    /** Drops the message, unless accepted. Never throws. */
    @Override
    void close();
}
