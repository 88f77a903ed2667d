package io.embedmta.message;

import io.embedmta.smtp.SyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox address (RFC 5321 §4.1.2): a local part and a domain. The local part is kept without
 * its quotes and compared letter for letter, as its owner alone may fold its case (RFC 5321 §2.4).
 * Immutable.
 */
public final class MailAddress {
    /** RFC 5321 §4.5.3.1.1 asks for 64 at least; bounce addresses that encode another need more. */
    private static final int MAX_LOCAL_PART = 256;

    private final String localPart;
    private final MailDomain domain;

    private MailAddress(String localPart, MailDomain domain) {
        this.localPart = localPart;
        this.domain = domain;
    }

    /**
     * An address from its two parts.
     *
     * @param localPart without quotes, 1 to 256 characters, none of them a control
     * @throws SyntaxException if the local part is empty, too long, or holds a control character or
     *     half a surrogate pair
     */
    public static MailAddress of(String localPart, MailDomain domain) {
        if (localPart.isEmpty() || localPart.length() > MAX_LOCAL_PART) {
            throw new SyntaxException("A local part has 1 to 256 characters.");
        }
        if (!Characters.areGraphic(localPart)) {
            throw new SyntaxException("A local part holds no control or broken characters.");
        }
        return new MailAddress(localPart, domain);
    }

    /**
     * Reads an address as it stands between the angle brackets of a path, without a source route.
     *
     * @param text such as {@code ann@example.org}, {@code "odd one"@example.org} or {@code
     *     ann@[192.0.2.1]}
     * @throws SyntaxException if it is not an address
     */
    public static MailAddress of(String text) {
        int at = text.startsWith("\"") ? closingQuote(text) + 1 : text.indexOf('@');
        if (at < 0 || at >= text.length() || text.charAt(at) != '@') {
            throw new SyntaxException("An address is local-part@domain.");
        }
        String local = text.startsWith("\"") ? unquote(text, at - 1) : dotString(text, at);
        return of(local, MailDomain.of(text.substring(at + 1)));
    }

    /**
     * Reads an address as a path carries it: a source route in front is accepted and ignored (RFC
     * 5321 §4.1.1.3 and appendix C).
     *
     * @throws SyntaxException if it is not an address
     */
    public static MailAddress ofPath(String path) {
        if (!path.startsWith("@")) {
            return of(path);
        }
        int colon = path.indexOf(':');
        if (colon < 0) {
            throw new SyntaxException("A source route ends with a colon.");
        }
        for (String hop : path.substring(0, colon).split(",", -1)) {
            if (!hop.startsWith("@")) {
                throw new SyntaxException("A source route is @host,@host: before the address.");
            }
            MailDomain.of(hop.substring(1));
        }
        return of(path.substring(colon + 1));
    }

    private static int closingQuote(String text) {
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == '"') {
                return i;
            }
        }
        throw new SyntaxException("The closing quote of the local part is missing.");
    }

    private static String unquote(String text, int end) {
        StringBuilder plain = new StringBuilder(end);
        for (int i = 1; i < end; i++) {
            char c = text.charAt(i);
            plain.append(c == '\\' ? text.charAt(++i) : c);
        }
        return plain.toString();
    }

    private static String dotString(String text, int at) {
        String local = text.substring(0, at);
        if (!isDotString(local)) {
            throw new SyntaxException("The local part is malformed; it may need quotes.");
        }
        return local;
    }

    /** Dot-string of RFC 5321 §4.1.2, with UTF-8 as of RFC 6531 §3.3. */
    private static boolean isDotString(String text) {
        boolean afterDot = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && afterDot) {
                return false;
            }
            afterDot = c == '.';
            boolean atext =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c > 127
                            || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
            if (!afterDot && !atext) {
                return false;
            }
        }
        return !afterDot;
    }

    /** The local part, without quotes. */
    public String localPart() {
        return localPart;
    }

    /** The domain as text, in the one form to compare: lower-case A-labels. */
    public String domain() {
        return domain.text();
    }

    /** The domain as a value. */
    public MailDomain mailDomain() {
        return domain;
    }

    /** Whether the local part is ASCII; the domain always has an ASCII form. */
    public boolean isAscii() {
        return Characters.isAscii(localPart);
    }

    /**
     * The address without its subaddress (RFC 5233): {@code ann+lists@x} with {@code '+'} is {@code
     * ann@x}; the address itself if it has none.
     */
    public MailAddress withoutDetail(char separator) {
        int at = localPart.indexOf(separator);
        return at <= 0 ? this : new MailAddress(localPart.substring(0, at), domain);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MailAddress that
                && localPart.equals(that.localPart)
                && domain.equals(that.domain);
    }

    @Override
    public int hashCode() {
        return localPart.hashCode() * 31 + domain.hashCode();
    }

    /** The address as a path carries it, quoted where it must be. */
    @Override
    public String toString() {
        if (isDotString(localPart)) {
            return localPart + "@" + domain;
        }
        StringBuilder text = new StringBuilder(localPart.length() + 8).append('"');
        for (int i = 0; i < localPart.length(); i++) {
            char c = localPart.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\');
            }
            text.append(c);
        }
        return text.append("\"@").append(domain).toString();
    }
}
