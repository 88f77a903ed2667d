package io.embedmta.internal.wire;

import io.embedmta.smtp.Reply;
import io.embedmta.smtp.SyntaxException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the replies of a server. How long it may take is the stream's affair; how much it may send
 * is bounded here. For one thread at a time.
 */
public final class ReplyReader {
    /**
     * Octets of a line with its end, four times what RFC 5321 §4.5.3.1.5 allows: servers exceed it.
     */
    static final int MAX_LINE = 2048;

    static final int MAX_LINES = 128;

    /**
     * Characters of a reply that are kept, whole lines of them: a transaction keeps a reply for
     * each of its recipients, and no notice prints more. Two lines at least.
     */
    private static final int MAX_TEXT = 2 * MAX_LINE;

    private final InputStream in;

    /** A line always lies in here as a whole, from {@code at} on. */
    private final byte[] buffer = new byte[MAX_LINE];

    private int at;
    private int end;

    /**
     * @param in where the replies come from; need not be buffered
     */
    public ReplyReader(InputStream in) {
        this.in = in;
    }

    /**
     * Waits for the next reply, of one line or more (RFC 5321 §4.2.1). Of a long one the lines
     * beyond some 4096 characters are left out.
     *
     * @throws EOFException if the stream ends first
     * @throws ProtocolException if what comes is no reply, or one beyond all bounds; nothing more
     *     can be read then
     * @throws IOException if the stream fails
     */
    public Reply read() throws IOException {
        List<String> kept = new ArrayList<>();
        int read = 0;
        int length = 0;
        String line;
        do {
            if (read++ == MAX_LINES) {
                throw new ProtocolException("a reply of more than " + MAX_LINES + " lines");
            }
            line = readLine();
            length += line.length();
            if (length <= MAX_TEXT) {
                kept.add(line);
            }
        } while (isContinued(line));
        try {
            return Reply.parse(kept);
        } catch (SyntaxException e) {
            throw new ProtocolException("not an SMTP reply: " + e.getMessage());
        }
    }

    /** Whether the server has sent more than was read; it should speak when spoken to. */
    public boolean hasUnread() throws IOException {
        return at < end || in.available() > 0;
    }

    private static boolean isContinued(String line) {
        return line.length() > 3
                && line.charAt(3) == '-'
                && isDigit(line.charAt(0))
                && isDigit(line.charAt(1))
                && isDigit(line.charAt(2));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** A line without its end. An LF alone ends it too: old servers send that. */
    private String readLine() throws IOException {
        int scan = at;
        while (true) {
            while (scan < end && buffer[scan] != '\n') {
                scan++;
            }
            if (scan < end) {
                int stop = scan > at && buffer[scan - 1] == '\r' ? scan - 1 : scan;
                // RFC 6531 §3.7.4.2: text may be UTF-8.
                String line = new String(buffer, at, stop - at, StandardCharsets.UTF_8);
                at = scan + 1;
                return line;
            }
            scan -= at;
            fill();
        }
    }

    /** Moves the begun line to the front and reads more behind it. */
    private void fill() throws IOException {
        System.arraycopy(buffer, at, buffer, 0, end - at);
        end -= at;
        at = 0;
        if (end == buffer.length) {
            throw new ProtocolException("a reply line of more than " + MAX_LINE + " octets");
        }
        int got = in.read(buffer, end, buffer.length - end);
        if (got < 0) {
            throw new EOFException("the server closed the connection");
        }
        end += got;
    }
}
