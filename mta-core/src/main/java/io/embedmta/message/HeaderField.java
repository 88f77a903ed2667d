package io.embedmta.message;

import io.embedmta.smtp.SyntaxException;

/**
 * One header field (RFC 5322 §2.2).
 *
 * @param name printable ASCII without a colon
 * @param value the body, already folded where it is long: each CRLF in it is followed by a space or
 *     tab and, on the same line, by something to see
 */
public record HeaderField(String name, String value) {

    /** Checks that the field is one field, so that no caller's text can smuggle in a second. */
    public HeaderField {
        checkName(name);
        checkValue(value);
    }

    /** ftext of RFC 5322 §3.6.8. */
    static void checkName(String name) {
        boolean ok = !name.isEmpty();
        for (int i = 0; ok && i < name.length(); i++) {
            char c = name.charAt(i);
            ok = c > ' ' && c < 127 && c != ':';
        }
        if (!ok) {
            throw new SyntaxException("A header field name is printable ASCII without a colon.");
        }
    }

    /**
     * A folded line of blanks alone is obsolete (RFC 5322 §4.2), and some readers take it for the
     * end of the header section.
     */
    private static void checkValue(String value) {
        boolean blankFold = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' && !blankFold && isFold(value, i)) {
                blankFold = true;
                i++;
            } else if (c == '\r' || c == '\n' || c == 0) {
                throw new SyntaxException(
                        "A header field value holds a line break only as CRLF before a space or tab.");
            } else if (c != ' ' && c != '\t') {
                blankFold = false;
            }
        }
        if (blankFold) {
            throw new SyntaxException("A folded line of a header field is not blank.");
        }
    }

    private static boolean isFold(String value, int at) {
        return at + 2 < value.length()
                && value.charAt(at + 1) == '\n'
                && (value.charAt(at + 2) == ' ' || value.charAt(at + 2) == '\t');
    }

    /** Whether the value is ASCII; else it is written in UTF-8, which needs 8BITMIME on its way. */
    public boolean isAscii() {
        return Characters.isAscii(value);
    }

    /** The field as it stands in a message, with its CRLF. */
    @Override
    public String toString() {
        return name + ": " + value + "\r\n";
    }
}
