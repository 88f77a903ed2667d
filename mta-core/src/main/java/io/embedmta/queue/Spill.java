package io.embedmta.queue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the octets of a {@link MemoryQueue} may lie: counts those in the heap, and makes files for
 * the others in a private temporary directory that is there only once a file is. Thread-safe.
 */
final class Spill {
    private static final Logger log = LoggerFactory.getLogger(Spill.class);

    private final int spillAbove;
    private final long maxHeapOctets;
    private final AtomicLong heapOctets = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Path directory;
    private long files;
    private boolean closed;

    Spill(MemoryLimits limits) {
        this.spillAbove = limits.spillAbove();
        this.maxHeapOctets = limits.maxHeapOctets();
    }

    int spillAbove() {
        return spillAbove;
    }

    /** Whether there is room in the heap; if so it is taken. */
    boolean takeHeap(int octets) {
        if (heapOctets.addAndGet(octets) <= maxHeapOctets) {
            return true;
        }
        heapOctets.addAndGet(-octets);
        return false;
    }

    void giveHeap(int octets) {
        heapOctets.addAndGet(-octets);
    }

    long heapOctets() {
        return heapOctets.get();
    }

    /** Makes an empty file. */
    Path newFile() throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("The queue is closed.");
            }
            // Cleaners of temporary directories take away what has long been left alone.
            if (directory == null || !Files.isDirectory(directory)) {
                directory = Files.createTempDirectory("embedmta-queue-");
            }
            return Files.createFile(directory.resolve(files++ + ".eml"));
        } finally {
            lock.unlock();
        }
    }

    /** The directory, if there is one. */
    @Nullable Path directory() {
        lock.lock();
        try {
            return directory;
        } finally {
            lock.unlock();
        }
    }

    /** Deletes a file. What is left is tried again when the queue is closed. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("Cannot delete {}; it is tried again when the queue is closed", file, e);
        }
    }

    /** Deletes the directory and all files in it. */
    void close() {
        lock.lock();
        try {
            closed = true;
            if (directory != null && Files.isDirectory(directory)) {
                deleteAll(directory);
            }
        } catch (IOException e) {
            log.warn("Cannot delete {}; delete it by hand", directory, e);
        } finally {
            lock.unlock();
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(directory);
    }
}
