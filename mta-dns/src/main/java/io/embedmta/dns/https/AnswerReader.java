package io.embedmta.dns.https;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Reads one answer of HTTP/1.1 (RFC 9112), all of it within bounds. For one thread. */
final class AnswerReader {
    private static final int MAX_LINE = 8192;
    private static final int MAX_FIELDS = 100;

    private final InputStream in;
    private final int maxBody;

    /**
     * @param in buffered
     * @param maxBody octets
     */
    AnswerReader(InputStream in, int maxBody) {
        this.in = in;
        this.maxBody = maxBody;
    }

    HttpsAnswer read() throws IOException {
        int status = status(line());
        Map<String, String> fields = fields();
        if (fields.containsKey("transfer-encoding")) {
            if (!fields.get("transfer-encoding").equalsIgnoreCase("chunked")) {
                throw new ProtocolException("the answer has a transfer coding we do not know");
            }
            return new HttpsAnswer(status, fields, text(chunks()));
        }
        String length = fields.get("content-length");
        return new HttpsAnswer(status, fields, text(length == null ? rest() : exactly(length)));
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** RFC 9112 §4; informational answers are not asked for, so none is skipped. */
    private static int status(String line) throws ProtocolException {
        boolean known = line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 ");
        try {
            int status = known && line.length() >= 12 ? Integer.parseInt(line.substring(9, 12)) : 0;
            if (status >= 100 && status <= 599) {
                return status;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ProtocolException("the answer is not HTTP");
    }

    private Map<String, String> fields() throws IOException {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i <= MAX_FIELDS; i++) {
            String line = line();
            if (line.isEmpty()) {
                return fields;
            }
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new ProtocolException("the answer has a malformed header");
            }
            fields.putIfAbsent(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        throw new ProtocolException("the answer has too many header fields");
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int octet = next();
            if (octet == '\n') {
                int length = line.length();
                if (length > 0 && line.charAt(length - 1) == '\r') {
                    line.setLength(length - 1);
                }
                return line.toString();
            }
            if (line.length() == MAX_LINE) {
                throw new ProtocolException("the answer has a line that is too long");
            }
            line.append((char) octet);
        }
    }

    private int next() throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new EOFException("the server hung up in the middle of its answer");
        }
        return octet;
    }

    private byte[] exactly(String length) throws IOException {
        int octets = size(length, 10);
        byte[] body = in.readNBytes(octets);
        if (body.length < octets) {
            throw new EOFException("the server hung up in the middle of its answer");
        }
        return body;
    }

    private byte[] rest() throws IOException {
        byte[] body = in.readNBytes(maxBody + 1);
        if (body.length > maxBody) {
            throw tooLarge();
        }
        return body;
    }

    /** RFC 9112 §7.1; extensions and trailers are skipped. */
    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String head = line();
            int semicolon = head.indexOf(';');
            int octets = size((semicolon < 0 ? head : head.substring(0, semicolon)).strip(), 16);
            if (octets == 0) {
                fields();
                return body.toByteArray();
            }
            if (body.size() + octets > maxBody) {
                throw tooLarge();
            }
            byte[] chunk = in.readNBytes(octets);
            if (chunk.length < octets || !line().isEmpty()) {
                throw new ProtocolException("the answer has a malformed chunk");
            }
            body.write(chunk, 0, octets);
        }
    }

    private int size(String text, int radix) throws IOException {
        try {
            long size = Long.parseLong(text, radix);
            if (size > maxBody) {
                throw tooLarge();
            }
            if (size >= 0) {
                return (int) size;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ProtocolException("the answer has a malformed length");
    }

    private IOException tooLarge() {
        return new ProtocolException("the answer is larger than " + maxBody + " octets");
    }
}
