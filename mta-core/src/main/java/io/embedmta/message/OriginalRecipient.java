package io.embedmta.message;

import io.embedmta.smtp.SyntaxException;
import io.embedmta.smtp.Xtext;
import java.util.Locale;

/**
 * The recipient as the sender wrote it, before any alias (ORCPT, RFC 3461 §4.2).
 *
 * @param type the address type, an atom such as {@code rfc822} or {@code utf-8}
 * @param address the address, decoded; not empty, without control characters
 */
public record OriginalRecipient(String type, String address) {

    /** Checks both parts, as a DSN prints them as they are. */
    public OriginalRecipient {
        if (!isAtom(type)) {
            throw new SyntaxException("The address type of ORCPT is an atom.");
        }
        if (address.isEmpty() || !Characters.areGraphic(address)) {
            throw new SyntaxException(
                    "The address of ORCPT is not empty and holds no control characters.");
        }
    }

    /** Atom of RFC 5322 §3.2.3, less the equals sign that no ESMTP value holds. */
    private static boolean isAtom(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ok =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || "!#$%&'*+-/?^_`{|}~".indexOf(c) >= 0;
            if (!ok) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The original of an address that came without ORCPT (RFC 3461 §5.2.1, RFC 6533 §3). */
    public static OriginalRecipient of(MailAddress address) {
        return new OriginalRecipient(address.isAscii() ? "rfc822" : "utf-8", address.toString());
    }

    /**
     * Reads the value of ORCPT: a type, a semicolon, and the address in xtext. Its length is
     * bounded by that of the command line, which RFC 3461 §4 lets grow by 500 octets.
     *
     * @throws SyntaxException if the value is malformed
     */
    public static OriginalRecipient parse(String value) {
        int semicolon = value.indexOf(';');
        if (semicolon < 0) {
            throw new SyntaxException("ORCPT is type;address.");
        }
        String type = value.substring(0, semicolon);
        String rest = value.substring(semicolon + 1);
        return new OriginalRecipient(type, isUtf8(type) ? utf8Address(rest) : Xtext.decode(rest));
    }

    private static boolean isUtf8(String type) {
        return type.equalsIgnoreCase("utf-8");
    }

    /**
     * RFC 6533 §3: UTF-8 as it is, or ASCII, with code points written as {@code \x{HEX}}. Plain
     * xtext is taken too, as senders confuse the two.
     */
    private static String utf8Address(String text) {
        String plain = Characters.isAscii(text) ? Xtext.decode(text) : text;
        StringBuilder out = new StringBuilder(plain.length());
        for (int i = 0; i < plain.length(); i++) {
            if (!plain.startsWith("\\x{", i)) {
                out.append(plain.charAt(i));
                continue;
            }
            int close = plain.indexOf('}', i);
            out.appendCodePoint(codePoint(plain, i + 3, close));
            i = close;
        }
        return out.toString();
    }

    /** One to six hex digits that name a character. */
    private static int codePoint(String text, int from, int to) {
        boolean ok = to > from && to - from <= 6;
        int point = 0;
        for (int i = from; ok && i < to; i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            ok = digit >= 0;
            point = point << 4 | digit;
        }
        boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        if (!ok || surrogate || !Character.isValidCodePoint(point)) {
            throw new SyntaxException("A code point in ORCPT is \\x{10} to \\x{10FFFF}.");
        }
        return point;
    }

    /** The value of an ORCPT parameter; always ASCII, so that it passes every server. */
    public String toParameter() {
        return type + ";" + (isUtf8(type) ? utf8Xtext() : Xtext.encode(address));
    }

    /** utf-8-addr-xtext of RFC 6533 §3, for hops without SMTPUTF8. */
    private String utf8Xtext() {
        StringBuilder out = new StringBuilder(address.length() + 8);
        address.codePoints().forEach(point -> appendUtf8Xtext(out, point));
        return out.toString();
    }

    private static void appendUtf8Xtext(StringBuilder out, int point) {
        boolean plain = point > ' ' && point < 127 && point != '+' && point != '=' && point != '\\';
        if (plain) {
            out.append((char) point);
        } else {
            String hex = Integer.toHexString(point).toUpperCase(Locale.ROOT);
            out.append("\\x{").append(hex).append('}');
        }
    }
}
