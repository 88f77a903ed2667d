package io.embedmta.store.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a spool for one owner. The lock is the operating system's, so that it is gone with the
 * process, however that ends.
 */
final class SpoolLock implements Closeable {
    /**
     * What this process has open. A POSIX lock belongs to the process, and is lost when any of its
     * descriptors of the file is closed: so a second queue must be refused before it opens one.
     */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private SpoolLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws IOException if somebody else has it, or the file cannot be made
     */
    static SpoolLock take(Path spool) throws IOException {
        Path directory = spool.toRealPath();
        if (!OPEN.add(directory)) {
            throw inUse(spool, "this process");
        }
        boolean taken = false;
        try {
            FileChannel channel = lock(spool);
            taken = true;
            return new SpoolLock(directory, channel);
        } finally {
            if (!taken) {
                OPEN.remove(directory);
            }
        }
    }

    private static FileChannel lock(Path spool) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        spool.resolve(SpoolNames.LOCK),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            FileLock lock = channel.tryLock();
            locked = lock != null;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        if (!locked) {
            throw inUse(spool, "another process");
        }
        return channel;
    }

    private static IOException inUse(Path spool, String owner) {
        return new IOException(
                "The spool " + spool + " is in use by " + owner + "; close that queue first.");
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            OPEN.remove(directory);
        }
    }
}
