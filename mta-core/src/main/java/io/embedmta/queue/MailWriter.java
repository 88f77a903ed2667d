package io.embedmta.queue;

import io.embedmta.message.Content;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A message on its way into the queue. The order is: write to {@link #body()}, look at {@link
 * #content()} as often as needed, then {@link #commit} once. Closing without a commit aborts and
 * leaves nothing behind; closing after one does nothing. For one thread at a time.
 */
public interface MailWriter extends AutoCloseable {

    /** Where the octets of the message go. The stream need not be closed and is not buffered. */
    OutputStream body();

    /**
     * What was written, for filters to read before anything is promised. Valid until commit or
     * close. Writing after this call throws an {@link IllegalStateException}.
     *
     * @throws IOException if it cannot be made readable
     * @throws IllegalStateException after commit or close
     */
    Content content() throws IOException;

    /**
     * Makes the message durable. On return it is in the queue and due at once; the engine then
     * answers 250. If this throws, the message is not in the queue.
     *
     * @throws QueueFullException if there is no room
     * @throws IOException if the message could not be made durable
     * @throws IllegalStateException after commit or close, and for a {@linkplain Lease#notice
     *     notice}, which is committed by its settlement
     */
    void commit(NewMail mail) throws IOException;

    /** Aborts, unless committed. */
    @Override
    void close();
}
