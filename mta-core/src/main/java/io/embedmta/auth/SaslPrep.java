package io.embedmta.auth;

import io.embedmta.smtp.SyntaxException;
import java.text.Normalizer;

/**
 * SASLprep (RFC 4013): gives user names and passwords one form, however they were typed. Characters
 * that Unicode 3.2 did not know yet are let through, as in a query (RFC 3454 §7), in what is stored
 * too: else nobody could have a password with a newer one.
 */
public final class SaslPrep {

    private SaslPrep() {}

    /**
     * Maps, normalizes and checks a text.
     *
     * @return the prepared text; may be empty
     * @throws SyntaxException if it holds what a name or password may not; the message does not
     *     hold the text
     */
    public static String prepare(String text) {
        if (isPlain(text)) {
            return text;
        }
        String prepared = Normalizer.normalize(map(text), Normalizer.Form.NFKC);
        if (prepared.codePoints().anyMatch(SaslPrep::isProhibited)) {
            throw new SyntaxException("A name or password holds a character that it must not.");
        }
        if (!isBidiClean(prepared)) {
            throw new SyntaxException("A name or password mixes directions of writing.");
        }
        return prepared;
    }

    /** Printable ASCII stays what it is. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** RFC 4013 §2.1. */
    private static String map(String text) {
        StringBuilder mapped = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> !isMappedToNothing(c))
                .forEach(c -> mapped.appendCodePoint(isOtherSpace(c) ? ' ' : c));
        return mapped.toString();
    }

    /** RFC 3454, table B.1. */
    private static boolean isMappedToNothing(int c) {
        return c == 0x00AD
                || c == 0x034F
                || c == 0x1806
                || isIn(c, 0x180B, 0x180D)
                || isIn(c, 0x200B, 0x200D)
                || c == 0x2060
                || isIn(c, 0xFE00, 0xFE0F)
                || c == 0xFEFF;
    }

    /** RFC 3454, table C.1.2; U+200B is in B.1 too, and has gone by then. */
    private static boolean isOtherSpace(int c) {
        return c == 0x00A0
                || c == 0x1680
                || isIn(c, 0x2000, 0x200B)
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    /** RFC 4013 §2.3, by the tables of RFC 3454. */
    private static boolean isProhibited(int c) {
        return isOtherSpace(c)
                || isControl(c)
                || isIn(c, 0xE000, 0xF8FF) // C.3: private use.
                || c >= 0xF0000
                || (c & 0xFFFE) == 0xFFFE // C.4: no characters.
                || isIn(c, 0xFDD0, 0xFDEF)
                || isIn(c, 0xD800, 0xDFFF) // C.5: surrogates.
                || isIn(c, 0xFFF9, 0xFFFD) // C.6: unfit for plain text.
                || isIn(c, 0x2FF0, 0x2FFB) // C.7: unfit for canonical forms.
                || changesDisplay(c)
                || c == 0xE0001 // C.9: tags.
                || isIn(c, 0xE0020, 0xE007F);
    }

    /** Tables C.2.1 and C.2.2. */
    private static boolean isControl(int c) {
        return c < 0x20
                || isIn(c, 0x7F, 0x9F)
                || c == 0x06DD
                || c == 0x070F
                || c == 0x180E
                || isIn(c, 0x200C, 0x200D)
                || isIn(c, 0x2028, 0x2029)
                || isIn(c, 0x2060, 0x2063)
                || isIn(c, 0x206A, 0x206F)
                || c == 0xFEFF
                || isIn(c, 0x1D173, 0x1D17A);
    }

    /** Table C.8. */
    private static boolean changesDisplay(int c) {
        return isIn(c, 0x0340, 0x0341)
                || isIn(c, 0x200E, 0x200F)
                || isIn(c, 0x202A, 0x202E)
                || isIn(c, 0x206A, 0x206F);
    }

    /** RFC 3454 §6: with text from right to left, there is no other, and it stands at both ends. */
    private static boolean isBidiClean(String text) {
        if (text.codePoints().noneMatch(SaslPrep::isRightToLeft)) {
            return true;
        }
        return text.codePoints()
                        .noneMatch(
                                c ->
                                        Character.getDirectionality(c)
                                                == Character.DIRECTIONALITY_LEFT_TO_RIGHT)
                && isRightToLeft(text.codePointAt(0))
                && isRightToLeft(text.codePointBefore(text.length()));
    }

    private static boolean isRightToLeft(int c) {
        byte direction = Character.getDirectionality(c);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }

    private static boolean isIn(int c, int first, int last) {
        return c >= first && c <= last;
    }
}
