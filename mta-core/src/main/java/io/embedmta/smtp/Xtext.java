package io.embedmta.smtp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The xtext encoding of DSN parameters (RFC 3461 §4). */
public final class Xtext {
    private static final String HEX = "0123456789ABCDEF";

    private Xtext() {}

    /**
     * Decodes xtext.
     *
     * @throws SyntaxException if the text is not xtext
     */
    public static String decode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '+') {
                int high = i + 2 < text.length() ? HEX.indexOf(text.charAt(i + 1)) : -1;
                int low = i + 2 < text.length() ? HEX.indexOf(text.charAt(i + 2)) : -1;
                if (high < 0 || low < 0) {
                    throw new SyntaxException(
                            "In xtext, + is followed by two upper-case hex digits.");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (c > ' ' && c < 127 && c != '=') {
                bytes.write(c);
            } else {
                throw new SyntaxException("xtext holds printable ASCII without = and space.");
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new SyntaxException("The xtext does not decode to UTF-8.");
        }
    }

    /**
     * Encodes any text as xtext.
     *
     * @throws SyntaxException if the text holds an unpaired surrogate, which has no UTF-8 form
     */
    public static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        ByteBuffer bytes = toUtf8(text);
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            if (b > ' ' && b < 127 && b != '+' && b != '=') {
                out.append((char) b);
            } else {
                out.append('+').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
            }
        }
        return out.toString();
    }

    private static ByteBuffer toUtf8(String text) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new SyntaxException("The text holds half a character.");
        }
    }
}
