package io.embedmta.store.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file of the spool. Reading is thread-safe and goes on when a reading thread is interrupted;
 * writing is for one thread at a time.
 */
interface SpoolFile extends Closeable {

    /** Octets in the file. */
    long size() throws IOException;

    /**
     * Reads some octets at a position.
     *
     * @return how many, or -1 at the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes all octets at a position. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Cuts the file. */
    void truncate(long size) throws IOException;

    /** Makes what was written durable, and the size of the file. */
    void sync() throws IOException;

    /** Reads until the buffer is full or the file ends. */
    default void readFully(ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int count = read(target, at);
            if (count < 0) {
                return;
            }
            at += count;
        }
    }
}
