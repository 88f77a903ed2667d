package io.embedmta.queue;

import io.embedmta.message.QueueId;
import io.embedmta.queue.MemoryWork.Sighting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue for tests, and for mail that may be lost with the process: a committed message survives
 * everything but the end of the process or of the queue.
 *
 * <p>Small messages lie in the heap, large ones in files of a private temporary directory, which
 * are gone when the message or the queue is. So the heap is bounded by {@link MemoryLimits},
 * whatever the size of the messages. Thread-safe.
 */
public final class MemoryQueue implements MailQueue, QueueControl {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryQueue.class);

    private final int maxMessages;
    private final Spill spill;

    /** Guards the work, the counts of the messages, and all that follows. Never held for I/O. */
    private final ReentrantLock lock = new ReentrantLock();

    private MemoryWork work = new MemoryWork();
    private int messages;
    private boolean closed;

    private volatile Runnable workAdded = () -> {};

    private MemoryQueue(MemoryLimits limits) {
        this.maxMessages = limits.maxMessages();
        this.spill = new Spill(limits);
    }

    /** An empty queue with the {@linkplain MemoryLimits#defaults() usual limits}. */
    public static MemoryQueue create() {
        return create(MemoryLimits.defaults());
    }

    /** An empty queue. */
    public static MemoryQueue create(MemoryLimits limits) {
        return new MemoryQueue(limits);
    }

    @Override
    public void start(Runnable callback) {
        workAdded = callback;
    }

    @Override
    public MailWriter begin(QueueId id) throws IOException {
        lock.lock();
        try {
            refuseIfClosedOrFull();
        } finally {
            lock.unlock();
        }
        return new MemoryWriter(this, null, id, new MemoryBody(spill));
    }

    MailWriter beginNotice(MemoryLease lease, QueueId id) throws IOException {
        lock.lock();
        try {
            refuseIfClosed();
        } finally {
            lock.unlock();
        }
        return new MemoryWriter(this, lease, id, new MemoryBody(spill));
    }

    @Override
    public Optional<Lease> lease(LeaseRequest request) throws IOException {
        lock.lock();
        try {
            refuseIfClosed();
            return work.lease(request).map(this::open);
        } finally {
            lock.unlock();
        }
    }

    private Lease open(WorkIndex.Claim<MemoryMail.Piece> claim) {
        claim.work().message.readers++;
        return new MemoryLease(this, claim);
    }

    @Override
    public Optional<Instant> nextDue() {
        lock.lock();
        try {
            return work.nextDue();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long size() {
        lock.lock();
        try {
            return messages;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        long lost;
        lock.lock();
        try {
            closed = true;
            lost = messages;
            work = new MemoryWork();
            messages = 0;
        } finally {
            lock.unlock();
        }
        if (lost > 0) {
            LOG.warn("{} undelivered messages are lost with the queue in memory.", lost);
        }
        spill.close();
    }

    /** Puts a complete message in the queue. */
    void take(MemoryMail message) throws IOException {
        lock.lock();
        try {
            refuseIfClosedOrFull();
            enter(message);
        } finally {
            lock.unlock();
        }
    }

    private void enter(MemoryMail message) {
        messages++;
        message.pieces().forEach(piece -> work.add(message.mail.arrival(), piece));
    }

    void workAdded() {
        workAdded.run();
    }

    void extend(MemoryLease lease, Instant until) throws LeaseLostException {
        lock.lock();
        try {
            if (!lease.over) {
                refuseIfLost(lease);
                work.extend(lease.claim, until);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records what became of a lease's recipients.
     *
     * @param done how many have their outcome
     * @param again those to be tried again, by when
     * @param rest those still to be settled under the lease
     * @param notices complete messages that tell of it
     */
    void record(
            MemoryLease lease,
            int done,
            Map<Instant, List<PendingRecipient>> again,
            List<PendingRecipient> rest,
            Map<MemoryWriter, MemoryMail> notices)
            throws LeaseLostException {
        MemoryMail message = lease.message;
        boolean messageIsOver;
        lock.lock();
        try {
            refuseIfLost(lease);
            notices.forEach(
                    (writer, notice) -> {
                        enter(notice);
                        writer.committed();
                    });
            again.forEach((at, recipients) -> work.again(lease, at, recipients));
            message.pending -= done;
            if (message.pending == 0) {
                messages--;
            }
            if (rest.isEmpty()) {
                work.finish(lease.claim);
                end(lease);
            } else {
                lease.claim.work().recipients = List.copyOf(rest);
            }
            messageIsOver = message.isOver();
        } finally {
            lock.unlock();
        }
        if (messageIsOver) {
            message.body.free();
        }
        if (!again.isEmpty() || !notices.isEmpty()) {
            workAdded();
        }
    }

    /** Puts what a lease has not settled back in its line, unless somebody else has it now. */
    void giveBack(MemoryLease lease) {
        boolean released;
        boolean messageIsOver;
        lock.lock();
        try {
            if (lease.over) {
                return;
            }
            end(lease);
            released = !closed && work.holds(lease.claim);
            if (released) {
                work.giveBack(lease);
            }
            messageIsOver = lease.message.isOver();
        } finally {
            lock.unlock();
        }
        if (messageIsOver) {
            lease.message.body.free();
        }
        if (released) {
            workAdded();
        }
    }

    @Override
    public void list(Selection which, Consumer<QueuedMail> each) throws IOException {
        List<Sighting> seen;
        lock.lock();
        try {
            refuseIfClosed();
            seen = work.sightings(which);
        } finally {
            lock.unlock();
        }
        for (int from = 0, to = 0; from < seen.size(); from = to) {
            MemoryMail message = seen.get(from).message();
            while (to < seen.size() && seen.get(to).message() == message) {
                to++;
            }
            OptionalLong size = sizeIfStillThere(message);
            if (size.isPresent()) {
                each.accept(show(message, size.getAsLong(), seen.subList(from, to)));
            }
        }
    }

    private static QueuedMail show(MemoryMail message, long size, List<Sighting> seen) {
        List<QueuedRecipient> recipients = new ArrayList<>();
        for (Sighting one : seen) {
            one.recipients().forEach(pending -> recipients.add(one.show(pending)));
        }
        return new QueuedMail(
                message.id,
                message.mail.arrival(),
                size,
                message.mail.envelope().from(),
                recipients);
    }

    private OptionalLong sizeIfStillThere(MemoryMail message) throws IOException {
        lock.lock();
        try {
            if (closed || message.pending == 0) {
                return OptionalLong.empty();
            }
            message.readers++;
        } finally {
            lock.unlock();
        }
        try {
            return OptionalLong.of(message.content().size());
        } finally {
            stopReading(message);
        }
    }

    private void stopReading(MemoryMail message) {
        boolean messageIsOver;
        lock.lock();
        try {
            message.readers--;
            messageIsOver = message.isOver();
        } finally {
            lock.unlock();
        }
        if (messageIsOver) {
            message.body.free();
        }
    }

    @Override
    public int hold(Selection which) throws IOException {
        return control(() -> work.hold(which));
    }

    @Override
    public int release(Selection which) throws IOException {
        return control(() -> work.release(which));
    }

    @Override
    public int retry(Selection which, Instant now) throws IOException {
        return control(() -> work.retry(which, now));
    }

    @Override
    public int bounce(Selection which) throws IOException {
        return control(() -> work.order(which, Order.BOUNCE));
    }

    @Override
    public int remove(Selection which) throws IOException {
        return control(() -> work.order(which, Order.REMOVE));
    }

    private int control(IntSupplier action) throws IOException {
        int changed;
        lock.lock();
        try {
            refuseIfClosed();
            changed = action.getAsInt();
        } finally {
            lock.unlock();
        }
        if (changed > 0) {
            workAdded();
        }
        return changed;
    }

    private static void end(MemoryLease lease) {
        lease.over = true;
        lease.message.readers--;
    }

    private void refuseIfClosed() throws IOException {
        if (closed) {
            throw new IOException("The queue is closed.");
        }
    }

    private void refuseIfClosedOrFull() throws IOException {
        refuseIfClosed();
        if (messages >= maxMessages) {
            throw new QueueFullException(
                    "The queue holds its maximum of " + maxMessages + " messages.");
        }
    }

    private void refuseIfLost(MemoryLease lease) throws LeaseLostException {
        if (closed || !work.holds(lease.claim)) {
            throw new LeaseLostException(
                    "The lease of " + lease.id() + " ran out and was handed out again.");
        }
    }

    long heapOctets() {
        return spill.heapOctets();
    }

    @Nullable Path spillDirectory() {
        return spill.directory();
    }
}
