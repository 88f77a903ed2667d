package io.embedmta.internal.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a peer sends, through one buffer of bounded size: command lines, and the raw octets of a
 * message. For one thread.
 *
 * <p>Before it waits for the peer it runs {@link BeforeWait}, so that batched replies go out in one
 * write just when the peer has to see them (RFC 2920 §3.1), and the wait gets its limit.
 */
public final class WireInput {
    /**
     * The longest command line that RFC 5321 §4.5.3.1.4 asks for. An idle session costs twice this:
     * on a platform thread the JVM keeps a buffer of its own, as large as the read.
     */
    private static final int SMALL = 512;

    /** For a peer that sends commands in batches. */
    private static final int MEDIUM = 4096;

    /** Once a message comes, reads are worth being larger. */
    private static final int LARGE = 16384;

    /** How long a large buffer waits for the next command: a peer that is busy sends it sooner. */
    private static final int KEEP_MILLIS = 1000;

    private final InputStream in;
    private final BeforeWait beforeWait;
    private byte[] buffer = new byte[SMALL];
    private int position;
    private int limit;

    /** Runs before each read that may wait for the peer. */
    @FunctionalInterface
    public interface BeforeWait {
        /**
         * Flushes what the peer has to see, and limits the wait.
         *
         * @param millis how long the wait may be at most, whatever the peer's time is
         * @throws IOException if the peer is gone or its time is up
         */
        void run(int millis) throws IOException;
    }

    /** How a line came to its end. */
    public enum LineEnd {
        /** With CRLF, and its text is UTF-8. */
        CRLF,
        /** With a bare LF: not a line of SMTP (RFC 5321 §2.3.8). */
        BARE_LF,
        /** Beyond the limit; the rest up to its LF is thrown away. */
        TOO_LONG,
        /** With CRLF, but its octets are not UTF-8. */
        NOT_TEXT
    }

    /**
     * One line.
     *
     * @param text without its end; empty unless it ended with CRLF
     */
    public record Line(String text, LineEnd end) {}

    private static final Line BARE_LF = new Line("", LineEnd.BARE_LF);
    private static final Line TOO_LONG = new Line("", LineEnd.TOO_LONG);
    private static final Line NOT_TEXT = new Line("", LineEnd.NOT_TEXT);

    /** Reads from the stream, which its owner closes. */
    public WireInput(InputStream in, BeforeWait beforeWait) {
        this.in = in;
        this.beforeWait = beforeWait;
    }

    /**
     * Reads a command line.
     *
     * @param max how many octets it may have, CRLF included
     * @throws EOFException if the peer has closed
     */
    public Line readLine(int max) throws IOException {
        int scanned = position;
        boolean tooLong = false;
        while (true) {
            int lineFeed = indexOfLineFeed(scanned);
            if (lineFeed >= 0) {
                return finishLine(lineFeed, tooLong || lineFeed + 1 - position > max);
            }
            if (limit - position >= max) {
                // Only its last octet matters now: a CR may be followed by the LF.
                tooLong = true;
                position = limit;
            }
            int kept = limit - position;
            makeRoom();
            limit += kept == 0 && buffer.length > SMALL ? readOrShrink() : read(Integer.MAX_VALUE);
            scanned = position + kept;
        }
    }

    private int indexOfLineFeed(int from) {
        byte[] octets = buffer;
        for (int i = from; i < limit; i++) {
            if (octets[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private Line finishLine(int lineFeed, boolean tooLong) {
        int start = position;
        position = lineFeed + 1;
        if (tooLong) {
            return TOO_LONG;
        }
        if (lineFeed == start || buffer[lineFeed - 1] != '\r') {
            return BARE_LF;
        }
        return text(start, lineFeed - 1 - start);
    }

    private Line text(int start, int length) {
        int bits = 0;
        for (int i = start; i < start + length; i++) {
            bits |= buffer[i];
        }
        if (bits >= 0) {
            return new Line(
                    new String(buffer, start, length, StandardCharsets.ISO_8859_1), LineEnd.CRLF);
        }
        try {
            return new Line(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(buffer, start, length))
                            .toString(),
                    LineEnd.CRLF);
        } catch (CharacterCodingException e) {
            return NOT_TEXT;
        }
    }

    /** Makes room behind the octets not yet taken. May move them. */
    private void makeRoom() {
        if (position == limit) {
            if (limit == buffer.length && limit < MEDIUM) {
                buffer = new byte[MEDIUM];
            }
            position = 0;
            limit = 0;
        } else if (limit == buffer.length && position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        }
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }

    /** Sessions are kept open between messages, and an idle one is not worth a large buffer. */
    private int readOrShrink() throws IOException {
        try {
            return read(KEEP_MILLIS);
        } catch (SocketTimeoutException e) {
            buffer = new byte[SMALL];
            return read(Integer.MAX_VALUE);
        }
    }

    private int read(int millis) throws IOException {
        beforeWait.run(millis);
        int got = in.read(buffer, limit, buffer.length - limit);
        if (got < 0) {
            throw new EOFException("The peer has closed the connection.");
        }
        return got;
    }

    /** Makes room for the octets of a message. */
    public void expectMessage() {
        if (buffer.length < LARGE) {
            buffer = Arrays.copyOf(buffer, LARGE);
        }
    }

    /** Whether there are octets that can be had without waiting for the peer. */
    public boolean hasBuffered() {
        return position < limit;
    }

    /**
     * Waits until there is at least one octet between {@link #position()} and {@link #limit()}.
     *
     * @throws EOFException if the peer has closed
     */
    void await() throws IOException {
        if (position == limit) {
            makeRoom();
            limit += read(Integer.MAX_VALUE);
        }
    }

    byte[] buffer() {
        return buffer;
    }

    int position() {
        return position;
    }

    int limit() {
        return limit;
    }

    /** Takes the octets up to there. */
    void advanceTo(int newPosition) {
        position = newPosition;
    }
}
