package io.embedmta.store.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a spool for one owner. The lock is the operating system's, so that it is gone with the
 * process, however that ends.
 */
final class SpoolLock implements Closeable {
    private final FileChannel channel;

    private SpoolLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws IOException if somebody else has it, or the file cannot be made
     */
    static SpoolLock take(Path directory) throws IOException {
        Path file = directory.resolve(SpoolNames.LOCK);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = tryLock(channel);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new IOException(
                    "The spool "
                            + directory
                            + " is in use; stop the other process or queue that has it open.");
        }
        return new SpoolLock(channel);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another queue of this process has it.
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
