package io.embedmta.message;

import io.embedmta.smtp.SyntaxException;
import java.net.IDN;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The part of a mail address after the at sign: a domain name, kept in lower-case A-labels so that
 * two spellings of one name are equal (RFC 6531 §3.2, RFC 5890), or an address literal (RFC 5321
 * §4.1.3). Immutable.
 */
public final class MailDomain {
    private static final int MAX_LENGTH = 255;

    private final String text;
    private final @Nullable InetAddress literal;

    private MailDomain(String text, @Nullable InetAddress literal) {
        this.text = text;
        this.literal = literal;
    }

    /**
     * Reads a domain name, in A-labels or U-labels, or an address literal in brackets.
     *
     * @throws SyntaxException if it is neither
     */
    public static MailDomain of(String text) {
        if (text.startsWith("[") && text.endsWith("]")) {
            return literal(AddressLiteral.parse(text.substring(1, text.length() - 1)));
        }
        String name = Characters.isAscii(text) ? text.toLowerCase(Locale.ROOT) : toALabels(text);
        if (name.length() > MAX_LENGTH) {
            throw new SyntaxException("A domain is no longer than 255 octets.");
        }
        checkLabels(name);
        return new MailDomain(name, null);
    }

    /** The literal of an address, such as {@code [192.0.2.1]} or {@code [IPv6:2001:db8::1]}. */
    public static MailDomain literal(InetAddress address) {
        String host = address.getHostAddress();
        int zone = host.indexOf('%');
        String plain = zone < 0 ? host : host.substring(0, zone);
        return new MailDomain((plain.indexOf(':') >= 0 ? "[IPv6:" : "[") + plain + "]", address);
    }

    /**
     * The JDK speaks IDNA 2003, and its limits are its own: it fails in several ways on long input
     * and lets some characters become dots, unless told to hold to letters, digits and hyphens.
     */
    private static String toALabels(String text) {
        if (text.length() > MAX_LENGTH || differsBetweenIdnas(text)) {
            throw new SyntaxException(
                    "The domain is too long, or is one to write in A-labels (xn--...).");
        }
        try {
            return IDN.toASCII(text, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw new SyntaxException("The domain is not an internationalized domain name.");
        }
    }

    /**
     * IDNA 2003 maps sharp s and final sigma to other letters and drops the joiners; IDNA 2008
     * keeps all four (RFC 5894 §7.2). Guessing would send mail to another domain than the one
     * meant.
     */
    private static boolean differsBetweenIdnas(String text) {
        return text.indexOf('\u00df') >= 0
                || text.indexOf('\u03c2') >= 0
                || text.indexOf('\u200c') >= 0
                || text.indexOf('\u200d') >= 0;
    }

    /** RFC 5321 §4.1.2: sub-domain = Let-dig [Ldh-str], of at most 63 octets (RFC 1035 §2.3.4). */
    private static void checkLabels(String name) {
        int label = 0;
        for (int i = 0; i <= name.length(); i++) {
            char c = i == name.length() ? '.' : name.charAt(i);
            if (c == '.') {
                if (label == 0 || label > 63 || name.charAt(i - 1) == '-') {
                    throw new SyntaxException(
                            "A domain is labels of 1 to 63 letters, digits and inner hyphens.");
                }
                label = 0;
            } else {
                boolean ok =
                        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && label > 0);
                if (!ok) {
                    throw new SyntaxException(
                            "A domain is labels of 1 to 63 letters, digits and inner hyphens.");
                }
                label++;
            }
        }
    }

    /** The name in lower-case A-labels, or the literal with its brackets. */
    public String text() {
        return text;
    }

    /** The name as people read it, in U-labels. */
    public String unicode() {
        return literal == null ? IDN.toUnicode(text) : text;
    }

    /** The address, if this is an address literal. */
    public Optional<InetAddress> address() {
        return Optional.ofNullable(literal);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MailDomain that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
