package io.embedmta.route;

import io.embedmta.message.MailDomain;
import io.embedmta.resolver.DnsName;

/** The host of a route, in the one form to compare and to look up. */
final class HostName {
    private HostName() {}

    /**
     * A name in lower-case A-labels, or an address literal of RFC 5321 §4.1.3.
     *
     * @throws IllegalArgumentException if the text is neither a name nor an address
     */
    static String canonical(String text) {
        try {
            if (text.startsWith("[") || text.indexOf(':') >= 0 || isNumeric(text)) {
                return MailDomain.of(literal(text)).text();
            }
            return isHostName(text) ? DnsName.of(text).text() : MailDomain.of(text).text();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Give the smart host as a name such as smtp.isp.example, or an address such as"
                            + " 192.0.2.1, and its port apart; not as \""
                            + text
                            + "\".",
                    e);
        }
    }

    /** As a path has it, from an address with or without brackets and tag. */
    private static String literal(String text) {
        String address = text.startsWith("[") ? text.substring(1, text.length() - 1) : text;
        boolean bareIpv6 =
                address.indexOf(':') >= 0 && !address.regionMatches(true, 0, "IPv6:", 0, 5);
        return (bareIpv6 ? "[IPv6:" : "[") + address + "]";
    }

    /** No domain ends in digits alone (RFC 1123 §2.1), so this is an address or a mistake. */
    private static boolean isNumeric(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    /** Letters, digits and hyphens; underscores too, as container networks name hosts with them. */
    private static boolean isHostName(String text) {
        return text.length() > 1
                && text.chars()
                        .allMatch(
                                c ->
                                        (c >= 'a' && c <= 'z')
                                                || (c >= 'A' && c <= 'Z')
                                                || (c >= '0' && c <= '9')
                                                || c == '-'
                                                || c == '_'
                                                || c == '.');
    }
}
