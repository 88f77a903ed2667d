package io.embedmta.message;

import io.embedmta.smtp.SyntaxException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Reads what stands between the brackets of an address literal (RFC 5321 §4.1.3).
 *
 * <p>By hand, as {@link InetAddress#getByName} asks a name server for whatever it does not take for
 * an address, and JDKs differ in what they take for one.
 */
final class AddressLiteral {
    private static final int IPV4_OCTETS = 4;
    private static final int IPV6_OCTETS = 16;

    private final String text;
    private int at;

    private AddressLiteral(String text, int at) {
        this.text = text;
        this.at = at;
    }

    /**
     * Reads {@code 192.0.2.1} or {@code IPv6:2001:db8::1}.
     *
     * @throws SyntaxException if the text is neither
     */
    static InetAddress parse(String text) {
        boolean v6 = hasIpv6Tag(text);
        AddressLiteral literal = new AddressLiteral(text, v6 ? 5 : 0);
        byte[] octets = new byte[v6 ? IPV6_OCTETS : IPV4_OCTETS];
        if (v6) {
            literal.readIpv6(octets);
        } else {
            literal.readIpv4(octets, 0);
        }
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four or sixteen octets are an address.", e);
        }
    }

    /** The tag in any case, by ASCII alone. */
    private static boolean hasIpv6Tag(String text) {
        return text.length() > 5
                && (text.charAt(0) == 'I' || text.charAt(0) == 'i')
                && text.regionMatches(true, 1, "Pv6:", 0, 4);
    }

    /** Groups of 16 bits; {@code ::} once for groups of zeros; the last 32 bits perhaps as IPv4. */
    private void readIpv6(byte[] octets) {
        int filled = 0;
        int gap = -1;
        if (text.startsWith("::", at)) {
            at += 2;
            gap = 0;
        }
        while (at < text.length()) {
            if (filled > 0 && gap != filled) {
                expect(':');
                if (gap < 0 && at < text.length() && text.charAt(at) == ':') {
                    at++;
                    gap = filled;
                    continue;
                }
            }
            if (filled + IPV4_OCTETS <= IPV6_OCTETS && restIsIpv4()) {
                readIpv4(octets, filled);
                filled += IPV4_OCTETS;
            } else if (filled + 2 <= IPV6_OCTETS) {
                int group = number(16, 4);
                octets[filled++] = (byte) (group >> 8);
                octets[filled++] = (byte) group;
            } else {
                throw malformed();
            }
        }
        spread(octets, filled, gap);
    }

    /** Moves the groups after the gap to the end. */
    private static void spread(byte[] octets, int filled, int gap) {
        boolean whole = gap < 0 ? filled == IPV6_OCTETS : filled < IPV6_OCTETS;
        if (!whole) {
            throw malformed();
        }
        if (gap >= 0) {
            int moved = filled - gap;
            System.arraycopy(octets, gap, octets, IPV6_OCTETS - moved, moved);
            Arrays.fill(octets, gap, IPV6_OCTETS - moved, (byte) 0);
        }
    }

    private boolean restIsIpv4() {
        return text.indexOf('.', at) >= 0 && text.indexOf(':', at) < 0;
    }

    /** Four decimal numbers up to 255, all that is left of the text. */
    private void readIpv4(byte[] octets, int from) {
        for (int i = 0; i < IPV4_OCTETS; i++) {
            if (i > 0) {
                expect('.');
            }
            int value = number(10, 3);
            if (value > 255) {
                throw malformed();
            }
            octets[from + i] = (byte) value;
        }
        if (at < text.length()) {
            throw malformed();
        }
    }

    private int number(int radix, int maxDigits) {
        int start = at;
        int value = 0;
        while (at < text.length() && text.charAt(at) < 128) {
            int digit = Character.digit(text.charAt(at), radix);
            if (digit < 0) {
                break;
            }
            value = value * radix + digit;
            at++;
            if (at - start > maxDigits) {
                throw malformed();
            }
        }
        if (at == start) {
            throw malformed();
        }
        return value;
    }

    private void expect(char c) {
        if (at >= text.length() || text.charAt(at) != c) {
            throw malformed();
        }
        at++;
    }

    private static SyntaxException malformed() {
        return new SyntaxException("An address literal is [192.0.2.1] or [IPv6:2001:db8::1].");
    }
}
