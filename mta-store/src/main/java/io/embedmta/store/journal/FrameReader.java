package io.embedmta.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads single frames that are known to be there. Thread-safe. */
final class FrameReader {
    /** Holds the records of nearly all frames. */
    private static final int FIRST_READ = 1024;

    private final long salt;

    FrameReader(long salt) {
        this.salt = salt;
    }

    /**
     * Reads the records of a frame.
     *
     * @throws IOException if they cannot be read, or are not what was written
     */
    Records records(Segment segment, int offset) throws IOException {
        byte[] octets = new byte[FIRST_READ];
        int filled = read(segment, offset, octets, 0);
        int length = filled < Frame.HEADER ? -1 : RecordInput.int32(octets, 4);
        if (length < 0 || length > segment.end() - offset - Frame.HEADER) {
            throw damaged(segment, offset);
        }
        if (filled < Frame.HEADER + length) {
            octets = Arrays.copyOf(octets, Frame.HEADER + length);
            filled += read(segment, offset + filled, octets, filled);
        }
        if (filled < Frame.HEADER + length
                || RecordInput.int32(octets, 0) != Frame.MAGIC
                || RecordInput.int32(octets, 16) != Frame.checksum(salt, octets, 0, length)) {
            throw damaged(segment, offset);
        }
        return Records.parse(octets, Frame.HEADER, length);
    }

    private static int read(Segment segment, long position, byte[] octets, int from)
            throws IOException {
        ByteBuffer target = ByteBuffer.wrap(octets, from, octets.length - from);
        segment.file().readFully(target, position);
        return target.position() - from;
    }

    private static IOException damaged(Segment segment, int offset) {
        return new IOException(segment.name() + " is damaged at " + offset + ".");
    }
}
