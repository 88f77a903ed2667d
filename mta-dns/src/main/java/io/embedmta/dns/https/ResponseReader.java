package io.embedmta.dns.https;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads one answer of HTTP/1.1 (RFC 9112), and no more of it than is allowed: where two readings
 * are possible, it is refused.
 */
final class ResponseReader {
    private static final int MAX_LINE = 8 * 1024;
    private static final int MAX_LINES = 200;
    private static final int MAX_INTERIM = 8;
    private static final int BLOCK = 8 * 1024;

    private final InputStream in;
    private final int maxBody;
    private int lines;

    /**
     * @param in buffered or not; not closed here
     * @param maxBody octets
     */
    ResponseReader(InputStream in, int maxBody) {
        this.in = in;
        this.maxBody = maxBody;
    }

    /**
     * Reads the answer; the body too if the status is 200.
     *
     * @throws ProtocolException if it is none, or too large
     */
    HttpsResponse read() throws IOException {
        int status = status();
        Map<String, String> fields = fields();
        // RFC 9110 §15.2: any number of interim answers may come first; here, a few.
        for (int i = 0; status < 200; i++) {
            if (i == MAX_INTERIM) {
                throw new ProtocolException("only interim answers");
            }
            status = status();
            fields = fields();
        }
        return new HttpsResponse(status, fields, status == 200 ? body(fields) : new byte[0]);
    }

    /** RFC 9112 §4: HTTP-version SP 3DIGIT [SP reason]. */
    private int status() throws IOException {
        String line = line();
        boolean ok =
                line.length() >= 12
                        && line.startsWith("HTTP/1.")
                        && isDigit(line.charAt(7))
                        && line.charAt(8) == ' '
                        && line.charAt(9) >= '1'
                        && line.charAt(9) <= '5'
                        && isDigit(line.charAt(10))
                        && isDigit(line.charAt(11))
                        && (line.length() == 12 || line.charAt(12) == ' ');
        if (!ok) {
            throw new ProtocolException("no answer of HTTP/1");
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private Map<String, String> fields() throws IOException {
        Map<String, String> fields = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            // RFC 9112 §5.1 and §5.2: no space before the colon, and no folded lines.
            if (colon <= 0 || line.substring(0, colon).chars().anyMatch(c -> c <= ' ')) {
                throw new ProtocolException("a malformed field");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            fields.merge(name, line.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
        }
        return fields;
    }

    /** RFC 9112 §6.3, in its order. */
    private byte[] body(Map<String, String> fields) throws IOException {
        String coding = fields.get("transfer-encoding");
        String length = fields.get("content-length");
        if (!fields.getOrDefault("content-encoding", "identity").equalsIgnoreCase("identity")) {
            throw new ProtocolException("an encoding that was not asked for");
        }
        if (coding != null) {
            // Both would be a try to have two readers see two answers.
            if (!coding.equalsIgnoreCase("chunked") || length != null) {
                throw new ProtocolException("a transfer coding that is not understood");
            }
            return chunks();
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (length != null) {
            copy(number(length, 10), body);
        } else {
            untilTheEnd(body);
        }
        return body.toByteArray();
    }

    /** RFC 9112 §7.1; extensions are ignored, and trailers dropped. */
    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            lines = 0;
            int size = number(line().split(";", 2)[0].strip(), 16);
            if (size == 0) {
                fields();
                return body.toByteArray();
            }
            copy(size, body);
            if (!line().isEmpty()) {
                throw new ProtocolException("a malformed chunk");
            }
        }
    }

    private void copy(int count, ByteArrayOutputStream body) throws IOException {
        if (count > maxBody - body.size()) {
            throw tooLarge();
        }
        byte[] octets = in.readNBytes(count);
        if (octets.length < count) {
            throw new EOFException("the answer is cut off");
        }
        body.write(octets, 0, count);
    }

    private void untilTheEnd(ByteArrayOutputStream body) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int count = in.read(block); count >= 0; count = in.read(block)) {
            if (count > maxBody - body.size()) {
                throw tooLarge();
            }
            body.write(block, 0, count);
        }
    }

    private ProtocolException tooLarge() {
        return new ProtocolException("an answer of more than " + maxBody + " octets");
    }

    private static int number(String digits, int radix) throws IOException {
        try {
            int number = digits.startsWith("+") ? -1 : Integer.parseInt(digits, radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Also what is far larger than any answer that is taken.
        }
        throw new ProtocolException("a length that is no number, or far too large");
    }

    /** A line without its end: CRLF, or LF alone (RFC 9112 §2.2). */
    private String line() throws IOException {
        if (++lines > MAX_LINES) {
            throw new ProtocolException("too many fields");
        }
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the answer is cut off");
            }
            if (line.length() == MAX_LINE) {
                throw new ProtocolException("a line that is too long");
            }
            line.append((char) c);
        }
        int end = line.length() - 1;
        return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
    }
}
