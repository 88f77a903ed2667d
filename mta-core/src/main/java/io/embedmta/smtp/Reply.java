package io.embedmta.smtp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An SMTP reply (RFC 5321 §4.2): a three-digit code, mostly an enhanced status code (RFC 2034), and
 * one or more lines of text. Immutable and thread-safe.
 *
 * <p>Whoever made it, a peer included, a reply holds no control character but the tab: each becomes
 * a question mark, so that no text smuggles a line into a session, a log or a DSN. On the wire,
 * what is not ASCII becomes one too, and no line is longer than the 512 octets of RFC 5321
 * §4.5.3.1.5.
 */
public final class Reply {
    /** 512 octets less the code, a separator, the longest enhanced code, a space and CRLF. */
    private static final int MAX_TEXT = 512 - 4 - 10 - 2;

    private final int code;
    private final @Nullable EnhancedCode enhanced;
    private final List<String> lines;
    private volatile byte @Nullable [] wire;

    private Reply(int code, @Nullable EnhancedCode enhanced, List<String> lines) {
        if (code < 200 || code > 599) {
            throw new SyntaxException("A reply code is 200 to 599, not " + code + ".");
        }
        if (enhanced != null && enhanced.category() != code / 100) {
            // RFC 2034 §4: the class digits of both codes agree.
            throw new SyntaxException(
                    "The reply code " + code + " and the status " + enhanced + " disagree.");
        }
        this.code = code;
        this.enhanced = enhanced;
        this.lines = withoutControls(lines);
    }

    /** At least one line; without a stream, since a reply is made for each message. */
    private static List<String> withoutControls(List<String> lines) {
        String[] clean = new String[Math.max(1, lines.size())];
        clean[0] = "";
        for (int i = 0; i < lines.size(); i++) {
            clean[i] = withoutControls(lines.get(i));
        }
        return List.of(clean);
    }

    private static String withoutControls(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (isControl(line.charAt(i))) {
                return replaceControls(line);
            }
        }
        return line;
    }

    private static String replaceControls(String line) {
        char[] clean = line.toCharArray();
        for (int i = 0; i < clean.length; i++) {
            clean[i] = isControl(clean[i]) ? '?' : clean[i];
        }
        return new String(clean);
    }

    private static boolean isControl(char c) {
        return c != '\t' && Character.isISOControl(c);
    }

    /**
     * A reply with an enhanced status code.
     *
     * @param code 200 to 599
     * @param enhanced such as {@code "5.1.1"}; its first digit is that of the code
     * @param lines the text, a line each
     * @throws SyntaxException if the code is outside that, or the status is none or of another
     *     class
     */
    public static Reply of(int code, String enhanced, String... lines) {
        return of(code, EnhancedCode.of(enhanced), lines);
    }

    /**
     * A reply with an enhanced status code.
     *
     * @param code 200 to 599
     * @throws SyntaxException if the code is outside that, or the status is of another class
     */
    public static Reply of(int code, EnhancedCode enhanced, String... lines) {
        return new Reply(code, enhanced, List.of(lines));
    }

    /**
     * A reply without an enhanced status code: the greeting, HELO, EHLO, and 354 (RFC 2034 §4).
     *
     * @param code 200 to 599
     * @throws SyntaxException if the code is outside that
     */
    public static Reply plain(int code, String... lines) {
        return new Reply(code, null, List.of(lines));
    }

    /** A reply without an enhanced status code, from a list of lines. */
    public static Reply plain(int code, List<String> lines) {
        return new Reply(code, null, lines);
    }

    /**
     * Reads a whole reply of a peer, its lines without CRLF.
     *
     * @throws SyntaxException if a line has no code, or the lines' codes differ
     */
    public static Reply parse(List<String> wireLines) {
        if (wireLines.isEmpty()) {
            throw new SyntaxException("A reply has at least one line.");
        }
        int code = codeOf(wireLines.get(0));
        EnhancedCode enhanced = null;
        List<String> texts = new ArrayList<>(wireLines.size());
        for (String line : wireLines) {
            if (codeOf(line) != code) {
                throw new SyntaxException("The lines of a reply differ in their code.");
            }
            String text = line.length() > 4 ? line.substring(4) : "";
            int space = text.indexOf(' ');
            Optional<EnhancedCode> status =
                    EnhancedCode.parse(space < 0 ? text : text.substring(0, space))
                            .filter(found -> found.category() == code / 100);
            if (status.isPresent()) {
                enhanced = status.get();
                text = space < 0 ? "" : text.substring(space + 1);
            }
            texts.add(text);
        }
        return new Reply(code, enhanced, texts);
    }

    private static int codeOf(String line) {
        if (line.length() < 3) {
            throw new SyntaxException("A reply line begins with a code of three digits.");
        }
        int code = 0;
        for (int i = 0; i < 3; i++) {
            char c = line.charAt(i);
            if (c < '0' || c > '9') {
                throw new SyntaxException("A reply line begins with a code of three digits.");
            }
            code = code * 10 + (c - '0');
        }
        if (line.length() > 3 && line.charAt(3) != ' ' && line.charAt(3) != '-') {
            throw new SyntaxException("A reply code is followed by a space or a hyphen.");
        }
        return code;
    }

    /** The three-digit code. */
    public int code() {
        return code;
    }

    /** The enhanced status code, if the reply carries one. */
    public Optional<EnhancedCode> enhanced() {
        return Optional.ofNullable(enhanced);
    }

    /**
     * The enhanced status code, or the undefined one of the reply's class, such as 5.0.0 for 550
     * (RFC 3463 §3.1). A 3yz reply counts as a success.
     */
    public EnhancedCode status() {
        if (enhanced != null) {
            return enhanced;
        }
        int category = code / 100;
        return new EnhancedCode(category == 3 ? 2 : category, 0, 0);
    }

    /** The lines of text, without code and enhanced code; at least one. */
    public List<String> lines() {
        return lines;
    }

    /** The text as one line. */
    public String text() {
        return String.join(" ", lines);
    }

    /** 2yz: done. */
    public boolean isPositive() {
        return code < 300;
    }

    /** 3yz: go on. */
    public boolean isIntermediate() {
        return code / 100 == 3;
    }

    /** 4yz: try again. */
    public boolean isTransient() {
        return code / 100 == 4;
    }

    /** 5yz: do not try again. */
    public boolean isPermanent() {
        return code >= 500;
    }

    /**
     * Writes the reply as it goes over the wire.
     *
     * @throws IOException if the stream fails
     */
    public void writeTo(OutputStream out) throws IOException {
        byte[] bytes = wire;
        if (bytes == null) {
            // Encoded once: most replies are constants. A race encodes the same bytes twice.
            bytes = encode();
            wire = bytes;
        }
        out.write(bytes);
    }

    private byte[] encode() {
        List<String> parts = new ArrayList<>(lines.size());
        for (String line : lines) {
            for (int from = 0; from == 0 || from < line.length(); from += MAX_TEXT) {
                parts.add(line.substring(from, Math.min(line.length(), from + MAX_TEXT)));
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            text.append(code).append(i + 1 < parts.size() ? '-' : ' ');
            if (enhanced != null) {
                text.append(enhanced).append(' ');
            }
            appendAscii(text, parts.get(i));
            text.append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Reply text is ASCII (RFC 5321 §4.2); anything else becomes a mark. */
    private static void appendAscii(StringBuilder out, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c < 128 ? c : '?');
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Reply that
                && code == that.code
                && enhanced().equals(that.enhanced())
                && lines.equals(that.lines);
    }

    @Override
    public int hashCode() {
        return code * 31 + lines.hashCode();
    }

    /** The reply on one line, for logs and diagnostics: {@code 550 5.1.1 no such user}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(code).append(' ');
        if (enhanced != null) {
            text.append(enhanced).append(' ');
        }
        appendAscii(text, text());
        return text.toString().stripTrailing();
    }
}
