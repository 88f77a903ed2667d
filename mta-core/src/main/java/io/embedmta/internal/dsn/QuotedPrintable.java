package io.embedmta.internal.dsn;

import java.io.ByteArrayOutputStream;

/** Quoted-printable (RFC 2045 §6.7), for text that must pass servers without 8BITMIME. */
final class QuotedPrintable {
    private static final String HEX = "0123456789ABCDEF";
    private static final int LINE = 76;

    private QuotedPrintable() {}

    /**
     * Encodes a text.
     *
     * @param text with CRLF line ends
     */
    static byte[] encode(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + text.length / 8 + 16);
        int column = 0;
        for (int i = 0; i < text.length; i++) {
            if (isLineEnd(text, i)) {
                out.write('\r');
                out.write('\n');
                column = 0;
                i++;
                continue;
            }
            int width = isLiteral(text, i) ? 1 : 3;
            // The last column is kept for the sign of a soft line break.
            if (column + width > LINE - 1) {
                out.write('=');
                out.write('\r');
                out.write('\n');
                column = 0;
            }
            if (width == 1) {
                out.write(text[i]);
            } else {
                out.write('=');
                out.write(HEX.charAt(text[i] >> 4 & 15));
                out.write(HEX.charAt(text[i] & 15));
            }
            column += width;
        }
        return out.toByteArray();
    }

    private static boolean isLineEnd(byte[] text, int at) {
        return text[at] == '\r' && at + 1 < text.length && text[at + 1] == '\n';
    }

    /** A space or tab at the end of a line would get lost on the way, so it is encoded. */
    private static boolean isLiteral(byte[] text, int at) {
        byte octet = text[at];
        if (octet == ' ' || octet == '\t') {
            return at + 1 < text.length && !isLineEnd(text, at + 1);
        }
        return octet > ' ' && octet < 127 && octet != '=';
    }
}
