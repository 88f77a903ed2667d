package io.embedmta.queue;

import io.embedmta.message.Content;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The octets of one message: in an array as long as they are few and the heap has room, else in a
 * file. First written, then sealed and read, then freed. The array that was written is the one that
 * is read. For one thread at a time.
 */
final class MemoryBody extends OutputStream {
    private static final int FIRST_ARRAY = 4096;
    private static final byte[] NO_OCTETS = {};

    private final Spill spill;
    private byte[] octets = NO_OCTETS;
    private int length;
    private @Nullable Path file;
    private @Nullable OutputStream toFile;
    private boolean sealed;

    /** Set while octets go to the file, so that it stays set if they do not all get there. */
    private boolean broken;

    MemoryBody(Spill spill) {
        this.spill = spill;
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
            System.arraycopy(source, offset, octets, length, count);
            length += count;
        } else {
            writeToFile(source, offset, count);
        }
    }

    /** Whether so many more octets may go into the array, which grows for them. */
    private boolean fits(int more) {
        long needed = (long) length + more;
        if (needed > spill.spillAbove()) {
            return false;
        }
        if (needed <= octets.length) {
            return true;
        }
        long roomy = Math.max(needed, Math.max(FIRST_ARRAY, 2L * octets.length));
        int capacity = (int) Math.min(roomy, spill.spillAbove());
        if (!spill.takeHeap(capacity - octets.length)) {
            return false;
        }
        octets = Arrays.copyOf(octets, capacity);
        return true;
    }

    private void writeToFile(byte[] source, int offset, int count) throws IOException {
        refuseIfBroken();
        broken = true;
        if (toFile == null) {
            toFile = openFile();
            toFile.write(octets, 0, length);
            giveHeap();
        }
        toFile.write(source, offset, count);
        broken = false;
    }

    private OutputStream openFile() throws IOException {
        file = spill.newFile();
        // Buffered, as an SMTP session may write line by line.
        return new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.WRITE));
    }

    private void refuseIfBroken() throws IOException {
        if (broken) {
            throw new IOException("Part of the message could not be written.");
        }
    }

    /** Ends the writing. Idempotent. */
    void seal() throws IOException {
        sealed = true;
        refuseIfBroken();
        if (toFile != null) {
            broken = true;
            toFile.close();
            toFile = null;
            broken = false;
        } else if (length < octets.length / 2) {
            spill.giveHeap(octets.length - length);
            octets = Arrays.copyOf(octets, length);
        }
    }

    /** What was written; sealed it must be. */
    Content content() throws IOException {
        return file == null ? Content.wrap(octets, 0, length) : Content.of(file);
    }

    /** Gives up heap and file. Idempotent. */
    void free() {
        sealed = true;
        giveHeap();
        if (toFile != null) {
            try {
                toFile.close();
            } catch (IOException e) {
                // What could not be written is thrown away in any case.
            }
            toFile = null;
        }
        if (file != null) {
            Spill.delete(file);
        }
    }

    private void giveHeap() {
        spill.giveHeap(octets.length);
        octets = NO_OCTETS;
        length = 0;
    }
}
