package io.embedmta.store.journal;

import io.embedmta.queue.QueueFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The log that makes frames durable: appends what waits, syncs once for all of it, and tells those
 * who wait. It owns one thread, which alone writes; so a lone frame waits for nobody, and while one
 * sync runs, the frames of all others gather for the next.
 */
final class Journal {
    /** What one sync covers at most. */
    private static final int MAX_BATCH = 8 << 20;

    /**
     * Small batches are written over zeros: a sync that need not grow the file is twice as fast.
     */
    private static final int ZEROS = 1 << 20;

    private static final int SMALL_BATCH = 128 << 10;

    /** How often those are let go first who may join the next sync. */
    private static final int MAX_YIELDS = 8;

    private final SpoolDisk disk;
    private final DiskHealth health;
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

    /**
     * @param old the segments that are there, oldest first
     * @param lastNumber no new segment gets this number or a lower one
     */
    Journal(
            SpoolDisk disk,
            DiskHealth health,
            long salt,
            JournalLimits limits,
            List<Segment> old,
            long lastNumber) {
        this.disk = disk;
        this.health = health;
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
     * @throws IOException if the journal is closed or failed
     */
    void refuseIfOver() throws IOException {
        health.refuseIfFailed();
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
                IOException cause =
                        health.fail(new IOException("The journal failed unexpectedly.", e));
                batch.stream()
                        .filter(ticket -> !ticket.isOver())
                        .forEach(ticket -> ticket.fail(cause));
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
            gather();
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

    /**
     * Lets threads that are ready to run add what they have, for as long as some do. One that waits
     * alone has it for free: there is nobody to give way to.
     */
    @SuppressWarnings("ThreadPriorityCheck") // A hint is enough: without it, batches are smaller.
    private void gather() {
        int before = 0;
        for (int i = 0; i < MAX_YIELDS && waiting.size() > before; i++) {
            before = waiting.size();
            lock.unlock();
            Thread.yield();
            lock.lock();
        }
    }

    /** Writes all of a batch, in as many segments as it takes. */
    private void write(List<Ticket> batch) {
        int from = 0;
        try {
            while (from < batch.size()) {
                health.refuseIfFailed();
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
        // Current before it is listed: the cleaner takes any other segment without messages for
        // over.
        current = next;
        allocated = SpoolHeader.LENGTH;
        lock.lock();
        try {
            segments.add(next);
        } finally {
            lock.unlock();
        }
        newSegment.run();
        return next;
    }

    private Segment create(long number) throws IOException {
        String name = Segment.name(number);
        SpoolFile file;
        try {
            file = disk.create(name);
        } catch (IOException e) {
            throw health.refusalOrFailure(name, e, SpoolHeader.LENGTH);
        }
        try {
            file.write(SpoolHeader.of(number, salt).octets(), 0);
        } catch (IOException e) {
            file.close();
            disk.delete(name);
            throw health.refusalOrFailure(name, e, SpoolHeader.LENGTH);
        }
        health.sync(name, file);
        health.syncDirectory();
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
        health.sync(segment.name(), segment.file());
        segment.end((int) end);
        batch.forEach(Ticket::succeed);
    }

    private long writeAll(Segment segment, List<Ticket> batch, int start) throws IOException {
        long end = start;
        long written = start;
        buffer.clear();
        for (Ticket ticket : batch) {
            ticket.place(new Place(segment, (int) end));
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
        boolean full = health.isFull(ZEROS);
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
        IOException refusal = health.refusalOrFailure(segment.name(), cause, MAX_BATCH);
        if (refusal instanceof QueueFullException) {
            try {
                segment.file().truncate(segment.end());
                health.sync(segment.name(), segment.file());
                allocated = segment.end();
            } catch (IOException e) {
                return health.failedSync(segment.name(), e);
            }
        }
        return refusal;
    }

    /** Gives back the room ahead of a segment that is no longer written to. */
    private void cutZeros() {
        Segment segment = current;
        if (segment == null || health.hasFailed() || allocated == segment.end()) {
            return;
        }
        try {
            segment.file().truncate(segment.end());
            health.sync(segment.name(), segment.file());
        } catch (IOException e) {
            health.fail(
                    new IOException(
                            "The queue has stopped: " + segment.name() + " cannot be cut.", e));
        }
    }
}
