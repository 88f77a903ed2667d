package io.embedmta.message;

import io.embedmta.smtp.SyntaxException;
import io.embedmta.smtp.Xtext;
import java.util.Locale;

/**
 * The recipient as the sender wrote it, before any alias (ORCPT, RFC 3461 §4.2).
 *
 * @param type the address type, such as {@code rfc822} or {@code utf-8}
 * @param address the address, decoded
 */
public record OriginalRecipient(String type, String address) {

    /** The original of an address that came without ORCPT (RFC 3461 §5.2.1, RFC 6533 §3). */
    public static OriginalRecipient of(MailAddress address) {
        return new OriginalRecipient(address.isAscii() ? "rfc822" : "utf-8", address.toString());
    }

    /**
     * Reads the value of ORCPT: a type, a semicolon, and the address in xtext.
     *
     * @throws SyntaxException if the value is malformed
     */
    public static OriginalRecipient parse(String value) {
        int semicolon = value.indexOf(';');
        if (semicolon <= 0 || semicolon == value.length() - 1 || value.length() > 500) {
            throw new SyntaxException("ORCPT is type;address, of at most 500 octets.");
        }
        String type = value.substring(0, semicolon);
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            if (c <= ' ' || c >= 127 || c == '(' || c == ')' || c == '<' || c == '>') {
                throw new SyntaxException("The address type of ORCPT is an atom.");
            }
        }
        String rest = value.substring(semicolon + 1);
        String address = type.equalsIgnoreCase("utf-8") ? utf8Address(rest) : Xtext.decode(rest);
        for (int i = 0; i < address.length(); i++) {
            if (Character.isISOControl(address.charAt(i))) {
                throw new SyntaxException("The address of ORCPT holds no control characters.");
            }
        }
        return new OriginalRecipient(type, address);
    }

    /** RFC 6533 §3: bare UTF-8, or xtext, with code points written as {@code \x{HEX}}. */
    private static String utf8Address(String text) {
        String plain = MailDomain.isAscii(text) ? Xtext.decode(text) : text;
        StringBuilder out = new StringBuilder(plain.length());
        for (int i = 0; i < plain.length(); i++) {
            int close = plain.startsWith("\\x{", i) ? plain.indexOf('}', i) : -1;
            if (close < 0) {
                out.append(plain.charAt(i));
                continue;
            }
            out.appendCodePoint(codePoint(plain.substring(i + 3, close)));
            i = close;
        }
        return out.toString();
    }

    private static int codePoint(String hex) {
        try {
            int point = hex.length() > 6 ? -1 : Integer.parseInt(hex, 16);
            if (Character.isValidCodePoint(point)
                    && !(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
                return point;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new SyntaxException("A code point in ORCPT is \\x{10} to \\x{10FFFF}.");
    }

    /** The value of an ORCPT parameter; always ASCII, so that it passes every server. */
    public String toParameter() {
        if (MailDomain.isAscii(address)) {
            return type + ";" + Xtext.encode(address);
        }
        StringBuilder escaped = new StringBuilder();
        address.codePoints()
                .forEach(
                        point -> {
                            if (point < 128) {
                                escaped.appendCodePoint(point);
                            } else {
                                // RFC 6533 §3: utf-8-addr-xtext, for hops without SMTPUTF8.
                                escaped.append("\\x{")
                                        .append(Integer.toHexString(point).toUpperCase(Locale.ROOT))
                                        .append('}');
                            }
                        });
        return type + ";" + Xtext.encode(escaped.toString());
    }
}
