package io.embedmta.store.journal;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the parts of one queue share: the disk, the journal, and the numbers that are given once.
 * Thread-safe.
 *
 * @param heap octets that messages on their way in may still take in arrays
 */
record Spool(
        SpoolDisk disk,
        DiskHealth health,
        JournalLimits limits,
        Journal journal,
        AtomicLong lastMessage,
        AtomicLong lastFile,
        AtomicLong heap) {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    /** All messages on their way in together; beyond, even a small one goes to a file. */
    static final long MAX_HEAP = 64L << 20;

    long nextMessage() {
        return lastMessage.incrementAndGet();
    }

    long nextFile() {
        return lastFile.incrementAndGet();
    }

    boolean takeHeap(int octets) {
        if (heap.addAndGet(-octets) >= 0) {
            return true;
        }
        heap.addAndGet(octets);
        return false;
    }

    void giveHeap(int octets) {
        heap.addAndGet(octets);
    }

    void close(SpoolFile file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("A file of the spool could not be closed", e);
        }
    }

    /**
     * Takes away a large content that nothing names. If it cannot be, or a crash brings it back, it
     * is taken away when the spool is opened.
     */
    void deleteLarge(long file) {
        try {
            disk.delete(SpoolNames.large(file));
        } catch (IOException e) {
            LOG.warn("{} could not be deleted", SpoolNames.large(file), e);
        }
    }
}
