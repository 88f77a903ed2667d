package io.embedmta;

import io.embedmta.message.Content;
import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseLostException;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.queue.NewMail;
import io.embedmta.queue.Notice;
import io.embedmta.queue.Order;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.Settlement;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A queue in memory whose steps a test makes fail. */
class WrappedQueue implements MailQueue {
    private final MailQueue queue = MemoryQueue.create();

    /** Before each of these, a test may throw. */
    void onSettle(List<Settlement> settlements) throws IOException {}

    void onNotice() throws IOException {}

    void onCommit(NewMail mail) throws IOException {}

    void onLease() throws IOException {}

    void onNextDue() {}

    void onExtend() {}

    /** Instead of a message to be delivered, a test may give another, or throw. */
    Content onRead(Envelope envelope, Content content) throws IOException {
        return content;
    }

    void onLeaseClose() {}

    void onWriterClose() {}

    @Override
    public void start(Runnable workAdded) {
        queue.start(workAdded);
    }

    @Override
    public MailWriter begin(QueueId id) throws IOException {
        return new WrappedWriter(queue.begin(id));
    }

    @Override
    public Optional<Lease> lease(LeaseRequest request) throws IOException {
        onLease();
        return queue.lease(request).map(WrappedLease::new);
    }

    @Override
    public Optional<Instant> nextDue() {
        onNextDue();
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

    private static Notice unwrapped(Notice notice) {
        return new Notice(((WrappedWriter) notice.writer()).writer, notice.mail());
    }

    private final class WrappedWriter implements MailWriter {
        private final MailWriter writer;

        WrappedWriter(MailWriter writer) {
            this.writer = writer;
        }

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
            onCommit(mail);
            writer.commit(mail);
        }

        @Override
        public void close() {
            onWriterClose();
            writer.close();
        }
    }

    private final class WrappedLease implements Lease {
        private final Lease lease;

        WrappedLease(Lease lease) {
            this.lease = lease;
        }

        @Override
        public QueueId id() {
            return lease.id();
        }

        @Override
        public Destination destination() {
            return lease.destination();
        }

        @Override
        public Instant arrival() {
            return lease.arrival();
        }

        @Override
        public Envelope envelope() {
            return lease.envelope();
        }

        @Override
        public List<PendingRecipient> work() {
            return lease.work();
        }

        @Override
        public Optional<Order> order() {
            return lease.order();
        }

        @Override
        public Content content() throws IOException {
            return onRead(lease.envelope(), lease.content());
        }

        @Override
        public void extend(Instant until) throws LeaseLostException {
            onExtend();
            lease.extend(until);
        }

        @Override
        public MailWriter notice(QueueId id) throws IOException {
            onNotice();
            return new WrappedWriter(lease.notice(id));
        }

        @Override
        public void settle(List<Settlement> settlements, List<Notice> notices) throws IOException {
            onSettle(settlements);
            lease.settle(settlements, notices.stream().map(WrappedQueue::unwrapped).toList());
        }

        @Override
        public void close() {
            onLeaseClose();
            lease.close();
        }
    }
}
