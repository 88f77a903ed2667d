package io.embedmta.store.journal;

import io.embedmta.queue.QueueFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log that makes frames durable: appends what waits, syncs once for all of it, and tells those
 * who wait. It owns one thread, which alone writes; so a lone frame waits for nobody, and while one
 * sync runs, the frames of all others gather for the next.
 *
 * <p>After a failed sync nobody knows what is on the disk, and a second sync may claim success for
 * pages that were dropped. So the first failure is the last: the journal refuses everything until
 * the spool is opened again, which reads what is really there.
 */
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    /** What one sync covers at most. */
    private static final int MAX_BATCH = 8 << 20;

    /**
     * Small batches are written over zeros: a sync that need not grow the file is twice as fast.
     */
    private static final int ZEROS = 1 << 20;

    private static final int SMALL_BATCH = 128 << 10;

    private final SpoolDisk disk;
    private final long salt;
    private final JournalLimits limits;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(64 << 10);
    private final Thread thread = new Thread(this::run, "mta-journal");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final ArrayDeque<Ticket> waiting = new ArrayDeque<>();
    private final ArrayDeque<Segment> segments = new ArrayDeque<>();
    private volatile boolean closing;
    private volatile boolean full;
    private volatile @Nullable IOException failure;

    private volatile @Nullable Segment current;

    // Of the thread alone.
    private Runnable newSegment = () -> {};
    private long lastNumber;
    private long allocated;

    /** Where a frame went. Its segment stays on the disk until {@link #counted} is called. */
    record Place(Segment segment, int offset) {
        /** What is in the frame is counted where it belongs. */
        void counted() {
            segment.frameArrived();
        }
    }

    /** A frame and the thread that waits for it. */
    private static final class Ticket {
        final Frame frame;
        private final Thread owner = Thread.currentThread();
        private @Nullable Place place;
        private @Nullable IOException failure;
        private volatile boolean over;

        Ticket(Frame frame) {
            this.frame = frame;
        }

        void succeed() {
            over = true;
            LockSupport.unpark(owner);
        }

        void fail(IOException cause) {
            if (place != null) {
                place.segment.frameArrived();
            }
            failure = cause;
            over = true;
            LockSupport.unpark(owner);
        }

        /** Waits even when interrupted: who asked must learn what became of the message. */
        Place await() throws IOException {
            boolean interrupted = false;
            while (!over) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure != null) {
                String sentence = String.valueOf(failure.getMessage());
                throw failure instanceof QueueFullException
                        ? new QueueFullException(sentence)
                        : new IOException(sentence, failure);
            }
            if (place == null) {
                throw new IllegalStateException("A frame that succeeded has a place.");
            }
            return place;
        }
    }

    /**
     * @param old the segments that are there, oldest first
     * @param lastNumber no new segment gets this number or a lower one
     */
    Journal(SpoolDisk disk, long salt, JournalLimits limits, List<Segment> old, long lastNumber) {
        this.disk = disk;
        this.salt = salt;
        this.limits = limits;
        this.segments.addAll(old);
        this.lastNumber = lastNumber;
        thread.setDaemon(true);
    }

    /**
     * Starts the thread.
     *
     * @param onNewSegment told when the journal goes on in another segment; returns at once
     */
    void start(Runnable onNewSegment) {
        newSegment = onNewSegment;
        thread.start();
    }

    /**
     * Makes a frame durable.
     *
     * @throws QueueFullException if the disk has no room for it; nothing was recorded
     * @throws IOException if the journal is closed or failed; it may be recorded or not
     */
    Place append(Frame frame) throws IOException {
        Ticket ticket = new Ticket(frame);
        lock.lock();
        try {
            refuseIfOver();
            waiting.add(ticket);
            changed.signal();
        } finally {
            lock.unlock();
        }
        return ticket.await();
    }

    /**
     * @throws QueueFullException if the disk is too full for new messages
     * @throws IOException if the journal is closed or failed
     */
    void refuseIfFull() throws IOException {
        refuseIfOver();
        if (full) {
            full = disk.usableSpace() < limits.reserve();
            if (full) {
                throw fullDisk();
            }
        }
    }

    /** Told by whoever writes a large message that the disk may be full. */
    IOException whyNotWritten(IOException cause) {
        return isFull(0) ? fullDisk() : cause;
    }

    private static QueueFullException fullDisk() {
        return new QueueFullException("The disk of the spool is full.");
    }

    void refuseIfOver() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw new IOException(cause.getMessage(), cause);
        }
        if (closing) {
            throw new IOException("The queue is closed.");
        }
    }

    /** The segments, oldest first; the last one may be the one that is written to. */
    List<Segment> segments() {
        lock.lock();
        try {
            return List.copyOf(segments);
        } finally {
            lock.unlock();
        }
    }

    boolean isCurrent(Segment segment) {
        return segment == current;
    }

    /** Makes names in the directory durable; a failure is the journal's. */
    void syncDirectory() throws IOException {
        refuseIfFailed();
        try {
            disk.syncDirectory();
        } catch (IOException e) {
            throw failedSync("the directory of the spool", e);
        }
    }

    /** Forgets the oldest segment. */
    void drop(Segment oldest) {
        lock.lock();
        try {
            segments.remove(oldest);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread once all that waits is written. Idempotent. */
    void close() {
        lock.lock();
        try {
            closing = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        joinUninterruptibly(thread);
        segments().forEach(Segment::release);
    }

    static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Ticket> batch = new ArrayList<>();
        while (takeBatch(batch)) {
            try {
                write(batch);
            } catch (RuntimeException | Error e) {
                IOException cause = fail(new IOException("The journal failed unexpectedly.", e));
                batch.stream().filter(ticket -> !ticket.over).forEach(ticket -> ticket.fail(cause));
            }
            batch.clear();
        }
        cutZeros();
    }

    private boolean takeBatch(List<Ticket> batch) {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closing) {
                changed.awaitUninterruptibly();
            }
            long octets = 0;
            while (!waiting.isEmpty() && octets < MAX_BATCH) {
                Ticket ticket = waiting.remove();
                octets += ticket.frame.length();
                batch.add(ticket);
            }
            return !batch.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Writes all of a batch, in as many segments as it takes. */
    private void write(List<Ticket> batch) {
        int from = 0;
        try {
            while (from < batch.size()) {
                refuseIfFailed();
                Segment segment = segmentFor(batch.get(from).frame);
                int to = from + 1;
                long end = segment.end() + (long) batch.get(from).frame.length();
                while (to < batch.size()
                        && end + batch.get(to).frame.length() <= limits.segmentSize()) {
                    end += batch.get(to).frame.length();
                    to++;
                }
                writeAndSync(segment, batch.subList(from, to));
                from = to;
            }
        } catch (IOException e) {
            batch.subList(from, batch.size()).forEach(ticket -> ticket.fail(e));
        }
    }

    private void refuseIfFailed() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw cause;
        }
    }

    /** The current segment, or a new one where a frame no longer fits. */
    private Segment segmentFor(Frame frame) throws IOException {
        Segment old = current;
        if (old != null
                && (old.end() == SpoolHeader.LENGTH
                        || old.end() + (long) frame.length() <= limits.segmentSize())) {
            return old;
        }
        Segment next = create(++lastNumber);
        if (old != null) {
            cutZeros();
        }
        lock.lock();
        try {
            segments.add(next);
        } finally {
            lock.unlock();
        }
        current = next;
        allocated = SpoolHeader.LENGTH;
        newSegment.run();
        return next;
    }

    private Segment create(long number) throws IOException {
        String name = Segment.name(number);
        SpoolFile file;
        try {
            file = disk.create(name);
        } catch (IOException e) {
            throw refusalOrFailure(name, e, SpoolHeader.LENGTH);
        }
        try {
            file.write(SpoolHeader.of(number, salt).octets(), 0);
        } catch (IOException e) {
            file.close();
            disk.delete(name);
            throw refusalOrFailure(name, e, SpoolHeader.LENGTH);
        }
        sync(name, file);
        syncDirectory();
        return new Segment(number, file, SpoolHeader.LENGTH);
    }

    private void writeAndSync(Segment segment, List<Ticket> batch) throws IOException {
        int start = segment.end();
        long end;
        try {
            end = writeAll(segment, batch, start);
        } catch (IOException e) {
            throw undo(segment, e);
        }
        sync(segment.name(), segment.file());
        segment.end((int) end);
        batch.forEach(Ticket::succeed);
    }

    private long writeAll(Segment segment, List<Ticket> batch, int start) throws IOException {
        long end = start;
        long written = start;
        buffer.clear();
        for (Ticket ticket : batch) {
            ticket.place = new Place(segment, (int) end);
            segment.frameArrives();
            for (ByteBuffer part : ticket.frame.seal(salt, start)) {
                ByteBuffer source = part.duplicate();
                while (source.hasRemaining()) {
                    if (!buffer.hasRemaining()) {
                        written += flush(segment, written);
                    }
                    move(source, buffer);
                }
            }
            end += ticket.frame.length();
        }
        flush(segment, written);
        allocate(segment, start, end);
        return end;
    }

    private static void move(ByteBuffer source, ByteBuffer target) {
        int count = Math.min(source.remaining(), target.remaining());
        target.put(target.position(), source, source.position(), count);
        source.position(source.position() + count);
        target.position(target.position() + count);
    }

    private int flush(Segment segment, long position) throws IOException {
        int count = buffer.flip().remaining();
        segment.file().write(buffer, position);
        buffer.clear();
        return count;
    }

    /** Keeps zeros ahead of small batches, and an eye on the room that is left. */
    private void allocate(Segment segment, int start, long end) throws IOException {
        if (end <= allocated) {
            return;
        }
        full = isFull(ZEROS);
        allocated = end;
        if (!full && end - start <= SMALL_BATCH) {
            long target = Math.min(end + ZEROS, limits.segmentSize());
            while (allocated < target) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), target - allocated));
                int count = zeros.remaining();
                segment.file().write(zeros, allocated);
                allocated += count;
            }
        }
    }

    /**
     * A write that failed for want of room may have left some of its frames, well-made. None of
     * them was promised, so none may come back after a crash.
     */
    private IOException undo(Segment segment, IOException cause) {
        IOException refusal = refusalOrFailure(segment.name(), cause, MAX_BATCH);
        if (refusal instanceof QueueFullException) {
            try {
                segment.file().truncate(segment.end());
                sync(segment.name(), segment.file());
                allocated = segment.end();
            } catch (IOException e) {
                return failedSync(segment.name(), e);
            }
        }
        return refusal;
    }

    private IOException refusalOrFailure(String name, IOException cause, long needed) {
        if (isFull(needed)) {
            if (!full) {
                LOG.error("{} could not be written: the disk is full", name, cause);
            }
            full = true;
            return fullDisk();
        }
        return fail(
                new IOException("The queue has stopped: " + name + " cannot be written.", cause));
    }

    private boolean isFull(long needed) {
        try {
            return disk.usableSpace() < limits.reserve() + needed;
        } catch (IOException e) {
            LOG.warn("The room on the disk of the spool is unknown", e);
            return false;
        }
    }

    private void sync(String name, SpoolFile file) throws IOException {
        try {
            file.sync();
        } catch (IOException e) {
            throw failedSync(name, e);
        }
    }

    private IOException failedSync(String name, IOException cause) {
        return fail(
                new IOException(
                        "The queue has stopped, as "
                                + name
                                + " could not be synced; see to the disk, and open the spool again.",
                        cause));
    }

    private IOException fail(IOException cause) {
        lock.lock();
        try {
            IOException first = failure;
            if (first != null) {
                return first;
            }
            failure = cause;
        } finally {
            lock.unlock();
        }
        LOG.error("{}", cause.getMessage(), cause);
        return cause;
    }

    /** Gives back the room ahead of a segment that is no longer written to. */
    private void cutZeros() {
        Segment segment = current;
        if (segment == null || failure != null || allocated == segment.end()) {
            return;
        }
        try {
            segment.file().truncate(segment.end());
            segment.file().sync();
        } catch (IOException e) {
            fail(
                    new IOException(
                            "The queue has stopped: " + segment.name() + " cannot be cut.", e));
        }
    }
}
