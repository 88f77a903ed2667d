package io.embedmta.filter;

import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import java.util.Optional;

/** What is known of a transaction, read-only. Valid until its message is accepted or refused. */
public interface TransactionView {

    /** The session it belongs to. */
    SessionView session();

    /** The envelope so far: in the recipient phase without the recipient that is asked about. */
    Envelope envelope();

    /** The message's name, once its content has begun. */
    Optional<QueueId> queueId();

    /** What a filter keeps for this transaction; made on first use. */
    <T> T state(FilterState<T> key);
}
