package io.embedmta.internal.dsn;

/**
 * Text that strangers wrote, made safe to stand in a message: without control characters, and in
 * lines that every server passes.
 */
final class Lines {
    /** RFC 5322 §2.1.1: 78 octets is polite, 998 the limit; both without CRLF. */
    private static final int POLITE = 78;

    private static final int LIMIT = 998;

    private Lines() {}

    /** Without controls and line breaks, in ASCII; what is neither becomes a question mark. */
    static String ascii(String text, int maxLength) {
        return clean(text, maxLength, 127);
    }

    /** Without controls and line breaks, in any script. */
    static String unicode(String text, int maxLength) {
        return clean(text, maxLength, Character.MAX_CODE_POINT + 1);
    }

    private static String clean(String text, int maxLength, int ceiling) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), maxLength) + 3);
        for (int i = 0; i < text.length(); ) {
            if (i >= maxLength) {
                return out.append("...").toString();
            }
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (point == '\t' || point == '\r' || point == '\n') {
                out.append(' ');
            } else if (point >= ceiling || isUnfit(point)) {
                out.append('?');
            } else {
                out.appendCodePoint(point);
            }
        }
        return out.toString();
    }

    /** Controls, other line breaks, halves of a surrogate pair, and what turns the line around. */
    private static boolean isUnfit(int point) {
        boolean bidiOverride =
                (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
        return bidiOverride
                || switch (Character.getType(point)) {
                    case Character.CONTROL,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SURROGATE ->
                            true;
                    default -> false;
                };
    }

    /**
     * Appends a line and its CRLF, broken at spaces to stay within 78 octets; only a word that is
     * longer than a line may be is broken inside. Each break takes the place of one space, so that
     * a header field with an indent of one space unfolds to what it was (RFC 5322 §2.2.3).
     *
     * @param indent spaces that begin the lines after the first
     */
    static void append(StringBuilder out, String line, String indent) {
        int column = 0;
        int start = 0;
        while (start <= line.length()) {
            int space = line.indexOf(' ', start);
            int end = space < 0 ? line.length() : space;
            if (start > 0) {
                boolean fits = column + 1 + octets(line, start, end) <= POLITE;
                // A break before an empty word would leave a line of nothing but spaces.
                if (fits || start == end || column <= indent.length()) {
                    // Nobody misses the spaces beyond a line that is full of them.
                    if (column < LIMIT) {
                        out.append(' ');
                        column++;
                    }
                } else {
                    out.append("\r\n").append(indent);
                    column = indent.length();
                }
            }
            column = appendWord(out, line.substring(start, end), indent, column);
            start = end + 1;
        }
        out.append("\r\n");
    }

    private static int appendWord(StringBuilder out, String word, String indent, int column) {
        int at = column;
        for (int i = 0; i < word.length(); ) {
            int point = word.codePointAt(i);
            i += Character.charCount(point);
            int octets = octets(point);
            if (at + octets > LIMIT) {
                out.append("\r\n").append(indent);
                at = indent.length();
            }
            out.appendCodePoint(point);
            at += octets;
        }
        return at;
    }

    private static int octets(String text, int start, int end) {
        int sum = 0;
        for (int i = start; i < end; ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            sum += octets(point);
        }
        return sum;
    }

    private static int octets(int point) {
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
}
