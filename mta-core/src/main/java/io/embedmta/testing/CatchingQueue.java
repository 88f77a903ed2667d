package io.embedmta.testing;

import io.embedmta.internal.delivery.SoleQueue;
import io.embedmta.message.Content;
import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.queue.NewMail;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A queue in memory that shows a test each message as it is taken: before the client reads its 250,
 * so that nobody who has read it finds the message missing.
 */
final class CatchingQueue implements SoleQueue {
    private final Mailroom room;
    private final KeptContents contents;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Runnable workAdded;
    private boolean closed;

    /** Made for the first message, as it is a good part of a start; null before. */
    private @Nullable MemoryQueue queue;

    CatchingQueue(Mailroom room, KeptContents contents) {
        this.room = room;
        this.contents = contents;
    }

    @Override
    public void start(Runnable newWorkAdded) {
        workAdded = newWorkAdded;
    }

    private MemoryQueue queue() {
        lock.lock();
        try {
            MemoryQueue made = queue;
            if (made == null) {
                made = MemoryQueue.create();
                made.start(Objects.requireNonNull(workAdded, "An engine starts its queue first."));
                if (closed) {
                    made.close();
                }
                queue = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public MailWriter begin(QueueId id) throws IOException {
        MailWriter writer = queue().begin(id);
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
        return queue().lease(request);
    }

    @Override
    public Optional<Instant> nextDue() {
        return queue().nextDue();
    }

    @Override
    public long size() {
        lock.lock();
        try {
            return queue == null ? 0 : queue.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        MemoryQueue made;
        lock.lock();
        try {
            closed = true;
            made = queue;
        } finally {
            lock.unlock();
        }
        if (made != null) {
            // Not under the lock: it may have files to take away.
            made.close();
        }
    }
}
