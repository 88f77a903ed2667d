package io.embedmta.store.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What reaches the journal as a whole or not at all: some records, then the content of the messages
 * among them.
 *
 * <pre>
 *  0  magic                4 octets
 *  4  length of records    4
 *  8  length of content    4
 * 12  start of the batch   4   all before it was durable when this was written
 * 16  CRC-32C              4   of the spool's salt, octets 4 to 15, and the records
 * 20  records, each: type 1, version 1, length 4, value
 *     content, with a CRC-32C of its own in the record of its message
 * </pre>
 *
 * <p>The salt, which only the spool's owner can read, keeps a message that carries a well-made
 * frame from being taken for one when the frames around it are damaged.
 *
 * <p>For one thread at a time.
 */
final class Frame {
    static final int HEADER = 20;
    static final int MAGIC = 0xE3_4D_54_41;

    static final int MESSAGE = 1;
    static final int STATE = 2;
    static final int VERSION = 1;

    private final RecordOutput out = new RecordOutput();
    private final List<ByteBuffer> contents = new ArrayList<>(1);
    private int contentLength;

    Frame() {
        out.int32(MAGIC);
        for (int i = 4; i < HEADER; i += 4) {
            out.int32(0);
        }
    }

    /** Adds what became of recipients. */
    Frame add(StateRecord state) {
        int length = begin(STATE);
        state.writeTo(out);
        end(length);
        return this;
    }

    /**
     * Adds a message.
     *
     * @param content what stands at {@link #contentLength}, where the record says so; not copied,
     *     and empty where the content is in a file of its own
     */
    Frame add(MessageRecord message, List<ByteBuffer> content) {
        int length = begin(MESSAGE);
        message.writeTo(out);
        end(length);
        for (ByteBuffer octets : content) {
            contentLength += octets.remaining();
            contents.add(octets);
        }
        return this;
    }

    private int begin(int type) {
        out.octet(type);
        out.octet(VERSION);
        return out.skipInt32();
    }

    private void end(int lengthAt) {
        out.setInt32(lengthAt, out.length() - lengthAt - 4);
    }

    /** Where the next inline content will begin. */
    int contentLength() {
        return contentLength;
    }

    /** Where the content part begins, from the start of the frame. */
    int recordsEnd() {
        return out.length();
    }

    /** Octets in the journal. */
    int length() {
        return out.length() + contentLength;
    }

    /** Completes the header. */
    List<ByteBuffer> seal(long salt, int batchStart) {
        out.setInt32(4, out.length() - HEADER);
        out.setInt32(8, contentLength);
        out.setInt32(12, batchStart);
        out.setInt32(16, checksum(salt, out.octets(), 0, out.length() - HEADER));
        List<ByteBuffer> parts = new ArrayList<>(contents.size() + 1);
        parts.add(ByteBuffer.wrap(out.octets(), 0, out.length()));
        parts.addAll(contents);
        return parts;
    }

    /** The checksum of the frame that begins at an offset of an array. */
    static int checksum(long salt, byte[] octets, int at, int recordsLength) {
        CRC32C crc = new CRC32C();
        for (int shift = 56; shift >= 0; shift -= 8) {
            crc.update((int) (salt >>> shift));
        }
        crc.update(octets, at + 4, 12);
        crc.update(octets, at + HEADER, recordsLength);
        return (int) crc.getValue();
    }
}
