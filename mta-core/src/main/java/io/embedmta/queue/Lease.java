package io.embedmta.queue;

import io.embedmta.message.Content;
import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * One message at one destination, held by one owner for a limited time. Closing gives back what has
 * not been settled, due at once. For one thread at a time, but for {@link #extend}, which any
 * thread may call.
 */
public interface Lease extends AutoCloseable {

    /** The message's name. */
    QueueId id();

    /** The line it waited in. */
    Destination destination();

    /** When the message was accepted. */
    Instant arrival();

    /** The envelope, with exactly the recipients of this lease, in the order of {@link #work}. */
    Envelope envelope();

    /** The recipients of this lease and what was tried for them. */
    List<PendingRecipient> work();

    /**
     * The message with its header edits. Valid until the lease is settled or closed.
     *
     * @throws IOException if it cannot be read
     */
    Content content() throws IOException;

    /**
     * Moves the end of the lease.
     *
     * @throws LeaseLostException if it had run out and the work was handed out again
     */
    void extend(Instant until) throws LeaseLostException;

    /**
     * Records what became of some or all of the recipients, as one durable step. May be called
     * again for the others. A recipient that is done never comes back; once all recipients of a
     * message are done, the message is gone.
     *
     * @throws LeaseLostException if the lease had run out and the work was handed out again;
     *     nothing was recorded
     * @throws IOException if it could not be recorded; the work will be handed out again
     * @throws IllegalArgumentException if a settlement is not for an unsettled recipient of this
     *     lease
     */
    void settle(List<Settlement> settlements) throws IOException;

    /** Gives back what has not been settled. Idempotent. */
    @Override
    void close();
}
