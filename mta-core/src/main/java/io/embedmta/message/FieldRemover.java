package io.embedmta.message;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Leaves fields out of a header section as the message streams by. Keeps the beginning of one line
 * and no more, since a header section may be as long as the whole message (I5). For one thread.
 */
final class FieldRemover extends InputStream {
    /** RFC 5322 §2.1.1: no line, and so no name, is longer than this. */
    private static final int MAX_LINE = 1000;

    private final InputStream in;
    private final Set<String> names;

    /** A line with its LF, or a part of one that is too long. */
    private final byte[] piece = new byte[MAX_LINE];

    private int at;
    private int end;
    private boolean atLineStart = true;
    private boolean inHeader = true;
    private boolean removing;
    private long removed;

    /**
     * @param in the message from its start; closed with this
     * @param names of the fields to leave out, in lower case
     */
    FieldRemover(InputStream in, Set<String> names) {
        this.in = new BufferedInputStream(in);
        this.names = names;
    }

    /**
     * How many octets of a message it leaves out; reads no further than the header section.
     *
     * @throws IOException if the content cannot be read
     */
    static long countRemoved(Content content, Set<String> names) throws IOException {
        try (FieldRemover remover = new FieldRemover(content.open(), names)) {
            while (remover.inHeader) {
                remover.nextPiece();
            }
            return remover.removed;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (at == end && inHeader) {
            nextPiece();
        }
        if (at == end) {
            return in.read(target, offset, length);
        }
        int count = Math.min(length, end - at);
        System.arraycopy(piece, at, target, offset, count);
        at += count;
        return count;
    }

    private void nextPiece() throws IOException {
        at = 0;
        end = 0;
        int octet = 0;
        while (end < MAX_LINE && octet != '\n' && (octet = in.read()) >= 0) {
            piece[end++] = (byte) octet;
        }
        if (end == 0 || (atLineStart && isEmptyLine())) {
            inHeader = false;
            removing = false;
        } else if (atLineStart && !isBlank(piece[0])) {
            removing = names.contains(name());
        }
        atLineStart = octet == '\n';
        if (removing) {
            removed += end;
            end = 0;
        }
    }

    private boolean isEmptyLine() {
        return piece[0] == '\n' || (end == 2 && piece[0] == '\r' && piece[1] == '\n');
    }

    /** The name in lower case; blanks before the colon are obsolete, and read (RFC 5322 §4.5). */
    private String name() {
        int colon = 0;
        while (colon < end && piece[colon] != ':') {
            colon++;
        }
        int length = colon == end ? 0 : colon;
        while (length > 0 && isBlank(piece[length - 1])) {
            length--;
        }
        return new String(piece, 0, length, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
