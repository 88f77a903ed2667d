package io.embedmta.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads a segment from its start, and finds every whole frame in it, whatever lies between them.
 * For one thread.
 */
final class FrameScanner {
    private final SpoolFile file;
    private final long size;
    private final long salt;
    private byte[] window = new byte[1 << 20];
    private long windowStart;
    private int windowLength;

    /** What is found, in the order of the file. */
    interface Visitor {
        void frame(Scanned frame) throws IOException;

        /** Octets between two frames that are none. */
        void gap(long from, long to) throws IOException;
    }

    /**
     * A frame with a right checksum.
     *
     * @param offset in the file
     * @param batchStart all before it was durable when the frame was written
     * @param contentAt where the content part begins in the file
     * @param end of the frame
     * @param intact whether the contents are what they were, too
     */
    record Scanned(
            int offset, int batchStart, Records records, int contentAt, int end, boolean intact) {}

    FrameScanner(SpoolFile file, long size, long salt) {
        this.file = file;
        this.size = size;
        this.salt = salt;
    }

    /**
     * Visits all frames.
     *
     * @return the end of the last one
     * @throws IOException if the file cannot be read, or holds what this version does not know
     */
    int scan(Visitor visitor) throws IOException {
        long good = SpoolHeader.LENGTH;
        long at = good;
        while (at + Frame.HEADER <= size) {
            int length = frameLength(at);
            if (length < 0) {
                at = nextMagic(at + 1);
                continue;
            }
            if (at > good) {
                visitor.gap(good, at);
            }
            visitor.frame(scanned(at));
            at += length;
            good = at;
        }
        return (int) good;
    }

    /** Whether all octets are zeros, such as those that are written ahead. */
    boolean isBlank(long from, long to) throws IOException {
        for (long at = from; at < to; at++) {
            if (octet(at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The length of the frame that begins here, or -1 if none does. */
    private int frameLength(long at) throws IOException {
        if (!has(at, Frame.HEADER) || int32(at) != Frame.MAGIC) {
            return -1;
        }
        int records = int32(at + 4);
        int content = int32(at + 8);
        long length = Frame.HEADER + (long) records + content;
        if (records < 0 || content < 0 || length > size - at) {
            return -1;
        }
        boolean right =
                has(at, (int) length)
                        && int32(at + 16) == Frame.checksum(salt, window, inWindow(at), records);
        return right ? (int) length : -1;
    }

    private Scanned scanned(long at) throws IOException {
        int recordsLength = int32(at + 4);
        int contentLength = int32(at + 8);
        Records records = Records.parse(window, inWindow(at) + Frame.HEADER, recordsLength);
        long contentAt = at + Frame.HEADER + recordsLength;
        boolean intact = true;
        for (MessageRecord message : records.messages()) {
            intact &= isIntact(message.content(), contentAt, contentLength);
        }
        return new Scanned(
                (int) at,
                int32(at + 12),
                records,
                (int) contentAt,
                (int) (contentAt + contentLength),
                intact);
    }

    private boolean isIntact(ContentPlace place, long contentAt, int contentLength) {
        if (!place.isInline()) {
            return true;
        }
        if (place.offset() + place.length() > contentLength) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(window, inWindow(contentAt + place.offset()), (int) place.length());
        return (int) crc.getValue() == place.checksum();
    }

    private long nextMagic(long from) throws IOException {
        byte first = (byte) (Frame.MAGIC >>> 24);
        long at = from;
        while (at < size) {
            if (!has(at, 1)) {
                return size;
            }
            int index = inWindow(at);
            while (index < windowLength && window[index] != first) {
                index++;
            }
            at = windowStart + index;
            if (index < windowLength) {
                return at;
            }
        }
        return size;
    }

    private byte octet(long at) throws IOException {
        if (!has(at, 1)) {
            throw new IOException("The file is shorter than it was.");
        }
        return window[inWindow(at)];
    }

    private int int32(long at) {
        return RecordInput.int32(window, inWindow(at));
    }

    private int inWindow(long at) {
        return (int) (at - windowStart);
    }

    /** Brings octets into the window; false if the file does not hold them. */
    private boolean has(long at, int length) throws IOException {
        if (at >= windowStart && at + length <= windowStart + windowLength) {
            return true;
        }
        if (length > window.length) {
            window = Arrays.copyOf(window, Math.max(length, 2 * window.length));
        }
        int kept = 0;
        if (at >= windowStart && at < windowStart + windowLength) {
            kept = (int) (windowStart + windowLength - at);
            System.arraycopy(window, inWindow(at), window, 0, kept);
        }
        ByteBuffer target = ByteBuffer.wrap(window, kept, window.length - kept);
        file.readFully(target, at + kept);
        windowStart = at;
        windowLength = target.position();
        return length <= windowLength;
    }
}
