package io.embedmta.resolver;

import java.net.InetAddress;
import java.util.Locale;

/**
 * A domain name to ask for: absolute, in lower case, without the final dot. Labels may hold
 * underscores, as service names do.
 *
 * @param text 1 to 253 octets of ASCII; the root is {@code "."}
 */
public record DnsName(String text) {

    /**
     * Puts the name into its one form.
     *
     * @throws IllegalArgumentException if it is empty, not ASCII, or a label or the whole is too
     *     long (RFC 1035 §2.3.4)
     */
    public DnsName {
        boolean absolute = text.length() > 1 && text.endsWith(".");
        String name = absolute ? text.substring(0, text.length() - 1) : text;
        if (!isName(name) || (absolute && name.equals("."))) {
            throw new IllegalArgumentException(
                    "A domain name is labels of 1 to 63 printable ASCII characters, 253 in all: "
                            + text);
        }
        // Only now, as folding makes ASCII of letters that are not: the Kelvin sign becomes a k.
        text = name.toLowerCase(Locale.ROOT);
    }

    /** The name of that text. */
    public static DnsName of(String text) {
        return new DnsName(text);
    }

    private static boolean isName(String text) {
        if (text.equals(".")) {
            return true;
        }
        int label = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 127 || (c == '.' && label == 0)) {
                return false;
            }
            label = c == '.' ? 0 : label + 1;
            if (label > 63) {
                return false;
            }
        }
        return label > 0 && text.length() <= 253;
    }

    /**
     * The name under which the names of an address are found: {@code 1.2.0.192.in-addr.arpa} (RFC
     * 1035 §3.5), or 32 nibbles under {@code ip6.arpa} (RFC 3596 §2.5).
     */
    public static DnsName reverse(InetAddress address) {
        byte[] bytes = address.getAddress();
        StringBuilder text = new StringBuilder(72);
        for (int i = bytes.length - 1; i >= 0; i--) {
            int octet = bytes[i] & 0xff;
            if (bytes.length == 4) {
                text.append(octet).append('.');
            } else {
                text.append(Character.forDigit(octet & 0xf, 16)).append('.');
                text.append(Character.forDigit(octet >> 4, 16)).append('.');
            }
        }
        return new DnsName(text.append(bytes.length == 4 ? "in-addr.arpa" : "ip6.arpa").toString());
    }

    /** The name one label up; the parent of the root is the root. */
    public DnsName parent() {
        int dot = text.indexOf('.');
        return dot < 0 || isRoot() ? new DnsName(".") : new DnsName(text.substring(dot + 1));
    }

    /** Whether this is the root, which a null MX names (RFC 7505). */
    public boolean isRoot() {
        return text.equals(".");
    }

    @Override
    public String toString() {
        return text;
    }
}
