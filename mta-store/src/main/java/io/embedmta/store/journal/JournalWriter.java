package io.embedmta.store.journal;

import io.embedmta.message.Content;
import io.embedmta.message.QueueId;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.NewMail;
import io.embedmta.queue.QueueFullException;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way into a {@link JournalQueue}: by its own commit, or, if it is a notice, by
 * the settlement of its lease.
 */
final class JournalWriter implements MailWriter {
    private final JournalQueue queue;
    private final Spool spool;
    private final @Nullable JournalLease lease;
    private final QueueId id;
    private final JournalBody body;
    private boolean over;

    /**
     * @param lease whose notice this is, if it is one
     */
    JournalWriter(JournalQueue queue, Spool spool, @Nullable JournalLease lease, QueueId id) {
        this.queue = queue;
        this.spool = spool;
        this.lease = lease;
        this.id = id;
        this.body = new JournalBody(spool, lease != null);
    }

    @Override
    public OutputStream body() {
        return body;
    }

    @Override
    public Content content() throws IOException {
        refuseIfOver();
        return body.content();
    }

    @Override
    public void commit(NewMail mail) throws IOException {
        if (lease != null) {
            throw new IllegalStateException("A notice is committed by its lease: settle with it.");
        }
        refuseIfOver();
        Frame frame = new Frame();
        MessageRecord record = addTo(frame, mail);
        try {
            queue.take(frame, record);
        } catch (QueueFullException e) {
            throw e;
        } catch (IOException e) {
            handOver();
            throw e;
        }
        handOver();
        queue.workAdded();
    }

    /** Whether this is a notice of that lease which is neither committed nor aborted. */
    boolean isOpenFor(JournalLease other) {
        return lease == other && !over;
    }

    /** Makes a large content durable, and adds all the rest to a frame. */
    MessageRecord addTo(Frame frame, NewMail mail) throws IOException {
        ContentPlace place = body.place(frame.contentLength());
        MessageRecord record = new MessageRecord(spool.nextMessage(), id, mail, place);
        frame.add(record, body.inline());
        return record;
    }

    /**
     * The octets are the queue's from now on; after a failed append, perhaps: it may have reached
     * the disk, and then its large content must be there when the spool is opened again. If it did
     * not, opening takes the file away.
     */
    void handOver() {
        over = true;
        body.keep();
    }

    @Override
    public void close() {
        if (!over) {
            over = true;
            body.discard();
        }
    }

    private void refuseIfOver() {
        if (over) {
            throw new IllegalStateException("The message is committed or aborted; begin another.");
        }
    }
}
