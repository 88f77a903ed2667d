package io.embedmta.queue;

import java.io.IOException;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * What an operator does with a queue, beside what the engine does with it as a {@link MailQueue}.
 * Thread-safe.
 *
 * <p>A selection means what is in the queue at that moment; what comes in later goes its way. Each
 * count is of the messages for which something changed. Work whose lease has run out may be taken
 * from its owner, as if it were handed out again.
 *
 * <p>To bounce and to remove are orders: the engine carries them out before any other work, so that
 * events and the outcomes of submissions come as for any other end. They reach what waits and what
 * is held. What is under a lease is reached when it comes back, unsettled or to be retried; a
 * recipient that its attempt ends has ended so. Of two different orders the later one counts.
 */
public interface QueueControl {

    /**
     * Shows the selected messages, in no promised order, and of each the recipients that were
     * selected. A message that comes or goes meanwhile may or may not be shown. Takes no more than
     * some tens of octets of heap for a message.
     *
     * @param each is called on this thread, without any lock of the queue held
     * @throws IOException if the queue is closed or cannot be read
     */
    void list(Selection which, Consumer<QueuedMail> each) throws IOException;

    /**
     * Lets no attempt be made until it is released. What is under a lease is held when it comes
     * back. Lasts as long as the queue's messages do. Of what is ordered to end, nothing is held.
     *
     * @return how many messages have work that was not held before
     * @throws IOException if the queue is closed or it could not be recorded
     */
    int hold(Selection which) throws IOException;

    /**
     * Gives free what is held; it is due when it was to be.
     *
     * @return how many messages have work that was held before
     * @throws IOException if the queue is closed or it could not be recorded
     */
    int release(Selection which) throws IOException;

    /**
     * Makes what waits due at once; what is held stays held.
     *
     * @return how many messages have work that was to wait longer
     * @throws IOException if the queue is closed or it could not be recorded
     */
    int retry(Selection which, Instant now) throws IOException;

    /**
     * Gives up: the sender gets a DSN as if the recipients had failed.
     *
     * @return how many messages have work that was not yet to bounce
     * @throws IOException if the queue is closed or it could not be recorded
     */
    int bounce(Selection which) throws IOException;

    /**
     * Removes without a word to the sender.
     *
     * @return how many messages have work that was not yet to be removed
     * @throws IOException if the queue is closed or it could not be recorded
     */
    int remove(Selection which) throws IOException;
}
