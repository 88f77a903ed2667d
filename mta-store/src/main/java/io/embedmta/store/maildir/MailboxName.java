package io.embedmta.store.maildir;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The directory name of a local part. No two local parts share one, but for their case, and none
 * leads out of the root: whatever is not plainly harmless becomes {@code %} and two hex digits for
 * each octet of its UTF-8, as in a URI. So the name is ASCII as well, and does not depend on the
 * locale of the process or on a file system's idea of Unicode.
 */
final class MailboxName {
    /** File systems take 255 octets; those that encrypt names, some 140. */
    private static final int MAX_LENGTH = 140;

    private static final int KEPT_OF_LONG = 60;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private MailboxName() {}

    /**
     * The name. Case is folded although RFC 5321 §2.4 lets the owner of the domain tell {@code Ann}
     * from {@code ann}: people type either and mean one, and a file system that folds case would
     * mix the two up anyway.
     */
    static String of(String localPart) {
        String name = escape(localPart.toLowerCase(Locale.ROOT));
        // "%-" is no escape, so no short name looks like a shortened one.
        return name.length() <= MAX_LENGTH
                ? name
                : name.substring(0, KEPT_OF_LONG) + "%-" + sha256(name);
    }

    /** The text with all that is special escaped: different texts stay different. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            boolean inside = i > 0 && i < text.length() - 1;
            if (isSafe(point) || (inside && isSafeInside(point))) {
                escaped.append((char) point);
            } else {
                escape(point, escaped);
            }
            i += Character.charCount(point);
        }
        return escaped.toString();
    }

    private static boolean isSafe(int point) {
        return (point >= 'a' && point <= 'z')
                || (point >= 'A' && point <= 'Z')
                || (point >= '0' && point <= '9')
                || point == '_'
                || point == '+'
                || point == '=';
    }

    /** In front a dot hides or climbs and a hyphen reads as an option; Windows drops a last dot. */
    private static boolean isSafeInside(int point) {
        return point == '.' || point == '-';
    }

    private static void escape(int point, StringBuilder escaped) {
        if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
            // Half a character has no UTF-8, and must not be taken for a question mark.
            escaped.append("%u").append(HEX.toHexDigits((char) point));
            return;
        }
        for (byte octet : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
            escaped.append('%');
            HEX.toHexDigits(escaped, octet);
        }
    }

    /** The digest of an ASCII text, in 64 hex digits. */
    static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(digest.digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
