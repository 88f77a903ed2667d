package io.embedmta.queue;

import io.embedmta.message.Content;
import io.embedmta.message.QueueId;
import java.io.IOException;
import java.io.OutputStream;

/** A message on its way into a {@link MemoryQueue}. */
final class MemoryWriter implements MailWriter {
    private final MemoryQueue queue;
    private final QueueId id;
    private final MemoryBody body;
    private boolean over;

    MemoryWriter(MemoryQueue queue, QueueId id, MemoryBody body) {
        this.queue = queue;
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
        refuseIfOver();
        body.seal();
        queue.take(new MemoryMail(id, mail, body));
        over = true;
        queue.workAdded();
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
