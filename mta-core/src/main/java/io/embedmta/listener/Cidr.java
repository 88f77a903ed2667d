package io.embedmta.listener;

import io.embedmta.message.MailDomain;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A block of addresses in CIDR notation, IPv4 or IPv6 (RFC 4632, RFC 4291 §2.3). Immutable. */
public final class Cidr {
    private final byte[] network;
    private final int bits;

    private Cidr(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /**
     * Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address without a length.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static Cidr of(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        byte[] network = address(text, host).getAddress();
        int bits = slash < 0 ? network.length * 8 : length(text, slash + 1);
        if (bits < 0 || bits > network.length * 8) {
            throw malformed(text);
        }
        return new Cidr(network, bits);
    }

    private static InetAddress address(String text, String host) {
        try {
            String literal = host.indexOf(':') >= 0 ? "[IPv6:" + host + "]" : "[" + host + "]";
            return MailDomain.of(literal).address().orElseThrow(() -> malformed(text));
        } catch (IllegalArgumentException e) {
            throw malformed(text);
        }
    }

    private static int length(String text, int from) {
        try {
            return Integer.parseInt(text, from, text.length(), 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "Write a block of addresses like 10.0.0.0/8 or 2001:db8::/32, not \""
                        + text
                        + "\".");
    }

    /** Whether the address lies in the block. An IPv4 address mapped into IPv6 counts as IPv4. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != network[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        return rest == 0 || ((bytes[whole] ^ network[whole]) & 0xff) >> (8 - rest) == 0;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
