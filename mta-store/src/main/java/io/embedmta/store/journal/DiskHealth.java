package io.embedmta.store.journal;

import io.embedmta.queue.QueueFullException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk has room, and can be trusted still. Thread-safe.
 *
 * <p>After a failed sync nobody knows what is on the disk, and a second sync may claim success for
 * pages that were dropped. So the first failure is the last: everything is refused until the spool
 * is opened again, which reads what is really there. A full disk is no failure.
 */
final class DiskHealth {
    private static final Logger LOG = LoggerFactory.getLogger(DiskHealth.class);

    /** With no more octets than this beside the reserve, a write that failed had no room. */
    private static final int NEARLY = 1 << 20;

    private final SpoolDisk disk;
    private final long reserve;
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private volatile boolean full;

    /**
     * @param reserve octets that new messages must leave
     */
    DiskHealth(SpoolDisk disk, long reserve) {
        this.disk = disk;
        this.reserve = reserve;
    }

    boolean hasFailed() {
        return failure.get() != null;
    }

    /**
     * @throws IOException if there was a failure
     */
    void refuseIfFailed() throws IOException {
        IOException cause = failure.get();
        if (cause != null) {
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        }
    }

    /**
     * Asks the disk only after it was seen to be full.
     *
     * @throws QueueFullException if there is no room for new messages
     */
    void refuseIfFull() throws IOException {
        if (full && isFull(0)) {
            throw fullDisk();
        }
    }

    /**
     * @throws QueueFullException if so many octets more would not leave enough on the disk
     */
    void refuseWithoutRoomFor(int octets) throws IOException {
        if (isFull(octets)) {
            throw fullDisk();
        }
    }

    /** Looks whether there is room for so many octets beside the reserve, and remembers it. */
    boolean isFull(long octets) {
        try {
            full = disk.usableSpace() < reserve + octets;
        } catch (IOException e) {
            LOG.warn("The room on the disk of the spool is unknown", e);
        }
        return full;
    }

    /** What to tell who could not write a file that no record names yet. */
    IOException whyNotWritten(IOException cause) {
        return isFull(NEARLY) ? fullDisk() : cause;
    }

    /**
     * What to tell who waits for a write to the journal that failed: that there is no room, or else
     * that the queue has stopped.
     *
     * @param needed octets that the write may have needed
     */
    IOException refusalOrFailure(String name, IOException cause, long needed) {
        boolean wasFull = full;
        if (isFull(needed)) {
            if (!wasFull) {
                LOG.error("{} could not be written: the disk is full", name, cause);
            }
            return fullDisk();
        }
        return fail(
                new IOException("The queue has stopped: " + name + " cannot be written.", cause));
    }

    private static QueueFullException fullDisk() {
        return new QueueFullException("The disk of the spool is full.");
    }

    /** Makes a file durable. */
    void sync(String name, SpoolFile file) throws IOException {
        refuseIfFailed();
        try {
            file.sync();
        } catch (IOException e) {
            throw failedSync(name, e);
        }
    }

    /** Makes the names in the spool durable. */
    void syncDirectory() throws IOException {
        refuseIfFailed();
        try {
            disk.syncDirectory();
        } catch (IOException e) {
            throw failedSync("the directory of the spool", e);
        }
    }

    IOException failedSync(String name, IOException cause) {
        return fail(
                new IOException(
                        "The queue has stopped, as "
                                + name
                                + " could not be synced; see to the disk, and open the spool again.",
                        cause));
    }

    /** Refuses everything from now on. Returns the first failure, which is the one to tell of. */
    IOException fail(IOException cause) {
        IOException first = failure.compareAndExchange(null, cause);
        if (first != null) {
            return first;
        }
        LOG.error("{}", cause.getMessage(), cause);
        return cause;
    }
}
