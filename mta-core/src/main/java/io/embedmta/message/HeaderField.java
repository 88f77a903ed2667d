package io.embedmta.message;

import io.embedmta.smtp.SyntaxException;

/**
 * One header field (RFC 5322 §2.2).
 *
 * @param name printable ASCII without a colon
 * @param value the body, already folded where it is long: each CRLF in it is followed by a space or
 *     tab
 */
public record HeaderField(String name, String value) {

    /** Checks that the field is one field, so that no caller's text can smuggle in a second. */
    public HeaderField {
        boolean nameOk = !name.isEmpty();
        for (int i = 0; nameOk && i < name.length(); i++) {
            char c = name.charAt(i);
            nameOk = c > ' ' && c < 127 && c != ':';
        }
        if (!nameOk) {
            throw new SyntaxException("A header field name is printable ASCII without a colon.");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean fold =
                    c == '\r'
                            && i + 2 < value.length()
                            && value.charAt(i + 1) == '\n'
                            && (value.charAt(i + 2) == ' ' || value.charAt(i + 2) == '\t');
            if (fold) {
                i++;
            } else if (c == '\r' || c == '\n' || c == 0) {
                throw new SyntaxException(
                        "A header field value holds a line break only as CRLF before a space or tab.");
            }
        }
    }

    /** The field as it stands in a message, with its CRLF. */
    @Override
    public String toString() {
        return name + ": " + value + "\r\n";
    }
}
