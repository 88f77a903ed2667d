package io.embedmta.internal.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a message as DATA carries it (RFC 5321 §4.5.2): a dot in front of every line that begins
 * with one, and a lone dot at the end. It passes runs of octets on as it gets them and keeps none,
 * so give it a buffered stream; it never closes that. For one thread at a time.
 */
public final class DotStuffingOutputStream extends OutputStream {
    private static final byte CR = '\r';
    private static final byte LF = '\n';
    private static final byte[] CRLF = {CR, LF};
    private static final byte[] END = ".\r\n".getBytes(StandardCharsets.US_ASCII);

    private enum Place {
        LINE_START,
        WITHIN_LINE,
        AFTER_CR
    }

    private final OutputStream out;
    private Place place = Place.LINE_START;
    private long octets;

    /**
     * @param out where the octets go
     */
    public DotStuffingOutputStream(OutputStream out) {
        this.out = out;
    }

    /** How many octets of the message were written, without stuffing and end. */
    public long octets() {
        return octets;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    /**
     * Writes a part of the message; parts may be cut anywhere.
     *
     * @throws BareLineBreakException if there is a CR without LF or an LF without CR; the message
     *     must not be finished then
     */
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        int run = offset;
        int at = offset;
        while (at < end) {
            if (place == Place.AFTER_CR) {
                if (bytes[at] != LF) {
                    throw bare("CR", octets + at - offset - 1);
                }
                place = Place.LINE_START;
                at++;
                continue;
            }
            if (place == Place.LINE_START && bytes[at] == '.') {
                // The run ends with this dot, and the next one begins with it again.
                out.write(bytes, run, at + 1 - run);
                run = at;
            }
            at = lineBreak(bytes, at, end);
            if (at == end) {
                place = Place.WITHIN_LINE;
            } else if (bytes[at] == LF) {
                throw bare("LF", octets + at - offset);
            } else {
                place = Place.AFTER_CR;
                at++;
            }
        }
        out.write(bytes, run, end - run);
        octets += length;
    }

    private static int lineBreak(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != CR && bytes[at] != LF) {
            at++;
        }
        return at;
    }

    private static BareLineBreakException bare(String which, long at) {
        return new BareLineBreakException("a bare " + which + " at octet " + at);
    }

    /**
     * Ends the message. Its last line gets a CRLF if it has none (RFC 5321 §4.1.1.4).
     *
     * @throws BareLineBreakException if the last octet was a CR
     */
    public void finish() throws IOException {
        if (place == Place.AFTER_CR) {
            throw bare("CR", octets - 1);
        }
        if (place == Place.WITHIN_LINE) {
            out.write(CRLF);
        }
        out.write(END);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
