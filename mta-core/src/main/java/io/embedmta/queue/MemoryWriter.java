package io.embedmta.queue;

import io.embedmta.message.Content;
import io.embedmta.message.QueueId;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way into a {@link MemoryQueue}: by its own commit, or, if it is a notice, by the
 * settlement of its lease.
 */
final class MemoryWriter implements MailWriter {
    private final MemoryQueue queue;
    private final @Nullable MemoryLease lease;
    private final QueueId id;
    private final MemoryBody body;
    private boolean over;

    /**
     * @param lease whose notice this is, if it is one
     */
    MemoryWriter(MemoryQueue queue, @Nullable MemoryLease lease, QueueId id, MemoryBody body) {
        this.queue = queue;
        this.lease = lease;
        this.id = id;
        this.body = body;
    }

    @Override
    public OutputStream body() {
        return body;
    }

    @Override
    public Content content() throws IOException {
        refuseIfOver();
        body.seal();
        return body.content();
    }

    @Override
    public void commit(NewMail mail) throws IOException {
        if (lease != null) {
            throw new IllegalStateException("A notice is committed by its lease: settle with it.");
        }
        queue.take(complete(mail));
        committed();
        queue.workAdded();
    }

    /** Whether this is a notice of that lease which is neither committed nor aborted. */
    boolean isOpenFor(MemoryLease other) {
        return lease == other && !over;
    }

    /** The message as it is to be put in the queue. */
    MemoryMail complete(NewMail mail) throws IOException {
        refuseIfOver();
        body.seal();
        return new MemoryMail(id, mail, body);
    }

    /** The octets are the queue's from now on. */
    void committed() {
        over = true;
    }

    @Override
    public void close() {
        if (!over) {
            over = true;
            body.free();
        }
    }

    private void refuseIfOver() {
        if (over) {
            throw new IllegalStateException("The message is committed or aborted; begin another.");
        }
    }
}
