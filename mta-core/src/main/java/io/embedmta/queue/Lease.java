package io.embedmta.queue;

import io.embedmta.message.Content;
import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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

    /** The recipients of this lease, as it was handed out, and what was tried for them. */
    List<PendingRecipient> work();

    /** What an operator has ordered for this work: then no attempt is made. */
    Optional<Order> order();

    /**
     * The message with its header edits. Valid until the lease is closed or all of its recipients
     * are settled; a lease that was lost may read on until it is closed.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalStateException if the lease is closed or all of its recipients are settled
     */
    Content content() throws IOException;

    /**
     * Moves the end of the lease, even of one that has run out, as long as the work was not handed
     * out again. Does nothing once the lease is closed or all of its recipients are settled: who
     * keeps a lease alive need not know that it has just come to its end.
     *
     * @throws LeaseLostException if it had run out and the work was handed out again, or the queue
     *     is closed
     */
    void extend(Instant until) throws LeaseLostException;

    /**
     * Opens a notice about this message: a message of its own that enters the queue with the
     * settlement that names it, so that neither is there without the other (I2). A queue takes it
     * even where it is full, as it is what lets other mail end. The writer's {@code commit} throws
     * an {@link IllegalStateException}; closing it without a settlement aborts.
     *
     * @param id unique among all messages that were ever in this queue
     * @throws IOException if the queue cannot take a message now
     * @throws IllegalStateException if the lease is closed or all of its recipients are settled
     */
    MailWriter notice(QueueId id) throws IOException;

    /**
     * Records what became of some or all of the recipients, and takes in the notices about it, as
     * one durable step: if this throws, nothing was recorded, no notice is in the queue, and the
     * writers of the notices are open still, to settle again or to abort. May be called again for
     * the other recipients. The notices are due from their arrival. A recipient that is done never
     * comes back; once all recipients of a message are done, the message is gone. A recipient to be
     * retried counts one attempt more and does not come back before its instant, unless an operator
     * wants it to. Those that one call gives the same instant come back together, in one lease; so
     * give it to all that may be tried together.
     *
     * @throws LeaseLostException if the lease had run out and the work was handed out again, or the
     *     queue is closed; nothing was recorded
     * @throws IOException if it could not be recorded; the work will be handed out again
     * @throws IllegalArgumentException if a settlement is not for an unsettled recipient of this
     *     lease, or two are for the same one; if a notice comes without a settlement, or its writer
     *     is not an open one of this lease, or two have the same one; nothing was recorded
     */
    void settle(List<Settlement> settlements, List<Notice> notices) throws IOException;

    /** Records what became of recipients of whom nobody is to be told. */
    default void settle(List<Settlement> settlements) throws IOException {
        settle(settlements, List.of());
    }

    /** Gives back what has not been settled, unless the lease was lost. Idempotent. */
    @Override
    void close();
}
