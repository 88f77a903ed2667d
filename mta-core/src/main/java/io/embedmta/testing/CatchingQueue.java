package io.embedmta.testing;

import io.embedmta.message.Content;
import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.queue.NewMail;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;

/**
 * A queue in memory that shows a test each message as it is taken: before the client reads its 250,
 * so that nobody who has read it finds the message missing.
 */
final class CatchingQueue implements MailQueue {
    private final MemoryQueue queue = MemoryQueue.create();
    private final Mailroom room;
    private final KeptContents contents;

    CatchingQueue(Mailroom room, KeptContents contents) {
        this.room = room;
        this.contents = contents;
    }

    @Override
    public void start(Runnable workAdded) {
        queue.start(workAdded);
    }

    @Override
    public MailWriter begin(QueueId id) throws IOException {
        MailWriter writer = queue.begin(id);
        return new MailWriter() {
            @Override
            public OutputStream body() {
                return writer.body();
            }

            @Override
            public Content content() throws IOException {
                return writer.content();
            }

            @Override
            public void commit(NewMail mail) throws IOException {
                Content kept = contents.keep(id, writer.content());
                writer.commit(mail);
                room.take(id, mail.arrival(), mail.envelope(), kept);
            }

            @Override
            public void close() {
                writer.close();
            }
        };
    }

    @Override
    public Optional<Lease> lease(LeaseRequest request) throws IOException {
        return queue.lease(request);
    }

    @Override
    public Optional<Instant> nextDue() {
        return queue.nextDue();
    }

    @Override
    public long size() {
        return queue.size();
    }

    @Override
    public void close() {
        queue.close();
    }
}
