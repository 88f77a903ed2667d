package io.embedmta.store.journal;

import io.embedmta.message.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The octets of a message on its way in: in an array as long as it is small, else in the file that
 * will be its place. First written, then sealed and read, then kept or thrown away. For one thread
 * at a time.
 */
final class JournalBody extends OutputStream {
    private static final int FIRST_ARRAY = 8 << 10;
    private static final int FILE_BUFFER = 64 << 10;
    private static final byte[] NO_OCTETS = {};

    private final Spool spool;
    private final boolean mayUseReserve;
    private final CRC32C crc = new CRC32C();
    private byte[] octets = NO_OCTETS;
    private int inArray;
    private long written;
    private long fileNumber;
    private @Nullable SpoolFile file;
    private boolean sealed;

    /** Set while octets go to the file, so that it stays set if they do not all get there. */
    private boolean broken;

    /**
     * @param mayUseReserve whether it is taken in on a disk that is full, too
     */
    JournalBody(Spool spool, boolean mayUseReserve) {
        this.spool = spool;
        this.mayUseReserve = mayUseReserve;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, source.length);
        if (sealed) {
            throw new IllegalStateException("Write before content(), commit() and close().");
        }
        if (file == null && fits(count)) {
            System.arraycopy(source, offset, octets, inArray, count);
            inArray += count;
        } else {
            writeToFile(source, offset, count);
        }
    }

    /** Whether so many more octets may go into the array, which grows for them. */
    private boolean fits(int more) {
        long needed = (long) inArray + more;
        int most = spool.limits().largeAbove();
        if (needed > most) {
            return false;
        }
        if (needed > octets.length) {
            long roomy = Math.max(needed, Math.max(FIRST_ARRAY, 2L * octets.length));
            int capacity = (int) Math.min(roomy, most);
            if (!spool.takeHeap(capacity - octets.length)) {
                return false;
            }
            octets = Arrays.copyOf(octets, capacity);
        }
        return true;
    }

    /** From the first octet that the array has no room for, it is the buffer of the file. */
    private void writeToFile(byte[] source, int offset, int count) throws IOException {
        refuseIfBroken();
        broken = true;
        try {
            if (file == null) {
                fileNumber = spool.nextFile();
                file = spool.disk().create(SpoolNames.large(fileNumber));
                spool.giveHeap(octets.length);
                drain();
                octets = new byte[FILE_BUFFER];
            }
            int at = offset;
            while (at < offset + count) {
                int part = Math.min(offset + count - at, octets.length - inArray);
                System.arraycopy(source, at, octets, inArray, part);
                inArray += part;
                at += part;
                if (inArray == octets.length) {
                    drain();
                }
            }
        } catch (IOException e) {
            throw spool.health().whyNotWritten(e);
        }
        broken = false;
    }

    private void drain() throws IOException {
        SpoolFile open = file;
        if (open != null && inArray > 0) {
            if (!mayUseReserve) {
                spool.health().refuseWithoutRoomFor(inArray);
            }
            open.write(ByteBuffer.wrap(octets, 0, inArray), written);
            crc.update(octets, 0, inArray);
            written += inArray;
            inArray = 0;
        }
    }

    private void refuseIfBroken() throws IOException {
        if (broken) {
            throw new IOException("Part of the message could not be written.");
        }
    }

    /** Ends the writing. Idempotent. */
    private void seal() throws IOException {
        refuseIfBroken();
        if (sealed) {
            return;
        }
        sealed = true;
        broken = true;
        try {
            drain();
        } catch (IOException e) {
            throw spool.health().whyNotWritten(e);
        }
        broken = false;
    }

    /** What was written, to be read until this is kept or thrown away. */
    Content content() throws IOException {
        seal();
        if (file == null) {
            return Content.wrap(octets, 0, inArray);
        }
        return new LargeContent(
                spool.disk(), ContentPlace.inFile(fileNumber, written, (int) crc.getValue()));
    }

    /**
     * Makes a large content durable in its file; a small one becomes so with its record.
     *
     * @param inlineAt where a small one will stand in the content part of its frame
     */
    ContentPlace place(int inlineAt) throws IOException {
        seal();
        if (file == null) {
            crc.reset();
            crc.update(octets, 0, inArray);
            return ContentPlace.inline(inlineAt, inArray, (int) crc.getValue());
        }
        // What a failed sync leaves behind is unknown: the journal stops, and nothing is tried
        // again.
        spool.health().sync(SpoolNames.large(fileNumber), file);
        spool.health().syncDirectory();
        return ContentPlace.inFile(fileNumber, written, (int) crc.getValue());
    }

    /** The octets of a small content, for its frame. */
    List<ByteBuffer> inline() {
        return file == null ? List.of(ByteBuffer.wrap(octets, 0, inArray)) : List.of();
    }

    /** The content belongs to the queue now. Idempotent. */
    void keep() {
        release();
    }

    /** The content goes. Idempotent. */
    void discard() {
        boolean hadFile = file != null;
        release();
        if (hadFile) {
            spool.deleteLarge(fileNumber);
        }
    }

    private void release() {
        sealed = true;
        SpoolFile open = file;
        if (open == null) {
            spool.giveHeap(octets.length);
        } else {
            spool.close(open);
            file = null;
        }
        octets = NO_OCTETS;
        inArray = 0;
    }
}
