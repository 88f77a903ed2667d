package io.embedmta.queue;

import io.embedmta.message.QueueId;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Holds messages from the moment they are accepted until every recipient has an outcome.
 *
 * <p>A message enters through {@link #begin} and {@link MailWriter#commit}; from the return of
 * commit on it must survive whatever the implementation promises to survive. Work is handed out
 * under a {@link Lease}: one message, at one destination, to one owner, for a limited time, so that
 * several nodes may share a queue. Nobody but the queue knows where a message lies.
 *
 * <p>Implementations are thread-safe. An {@link IOException} out of {@code begin}, the writer or
 * {@code commit} makes the engine answer 451 4.3.0 and log the cause; a {@link QueueFullException}
 * makes it answer 452 4.3.1. An exception out of {@code lease} or {@code settle} makes it log,
 * wait, and try again. The tests in {@code MailQueueContract} (in the core's test-jar) are the
 * contract in executable form.
 */
public interface MailQueue extends AutoCloseable {

    /**
     * Tells the queue whom to wake. Called once, by the engine, before any other method.
     *
     * @param workAdded to be run, from any thread and without any lock of the queue held, whenever
     *     there may be work that was not there before: after a commit, a settlement, the end of a
     *     lease, or what an operator does by {@link QueueControl}. It returns at once and never
     *     throws.
     */
    void start(Runnable workAdded);

    /**
     * Opens a new message.
     *
     * @param id unique among all messages that were ever in this queue
     * @throws QueueFullException if there is no room
     * @throws IOException if the queue cannot take a message now
     */
    MailWriter begin(QueueId id) throws IOException;

    /**
     * Hands out one piece of due work: a message and those of its recipients that go to one
     * destination. Destinations take turns, and one that is not wanted keeps its turn; within one,
     * what has been due longest comes first. A lease that has run out is due again, since its end.
     * What an operator has {@linkplain Lease#order ordered} is due since {@link Instant#EPOCH}, so
     * that it comes before all else in its line, and is all that there is for who leases as if it
     * were then.
     *
     * @return empty if nothing that is wanted is due
     * @throws IOException if the queue cannot be read
     */
    Optional<Lease> lease(LeaseRequest request) throws IOException;

    /**
     * When the earliest work that is not under a lease is due; empty if there is none. The end of a
     * lease does not show here, so who hands out work asks {@link #lease} once in a lease's time,
     * too.
     */
    Optional<Instant> nextDue();

    /** The reply to a client whose message the queue could not take, by the cause. */
    static Reply refusal(IOException cause) {
        return cause instanceof QueueFullException
                ? Reply.of(452, "4.3.1", "The queue is full, try again later")
                : Reply.of(451, "4.3.0", "The message could not be queued, try again later");
    }

    /** How many messages have a recipient without an outcome, those that are held included. */
    long size();

    /**
     * Closes the queue and gives back all it holds. Open leases are lost, {@code begin}, {@code
     * commit} and {@code lease} throw an {@link IOException}, and nothing is due. Idempotent.
     */
    @Override
    void close();
}
