package io.embedmta.listener;

import io.embedmta.message.MailDomain;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A block of addresses in CIDR notation, IPv4 or IPv6 (RFC 4632, RFC 4291 §2.3). Immutable. */
public final class Cidr {
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

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
        return new Cidr(masked(network, bits), bits);
    }

    /** Zeros below the prefix, so that a block has one form. */
    private static byte[] masked(byte[] address, int bits) {
        byte[] network = new byte[address.length];
        int whole = bits / 8;
        System.arraycopy(address, 0, network, 0, whole);
        if (bits % 8 > 0) {
            network[whole] = (byte) (address[whole] & 0xff00 >> bits % 8);
        }
        return network;
    }

    private static InetAddress address(String text, String host) {
        try {
            String literal = host.indexOf(':') >= 0 ? "[IPv6:" + host + "]" : "[" + host + "]";
            // An address literal, so it has an address.
            return MailDomain.of(literal).address().orElseThrow();
        } catch (IllegalArgumentException e) {
            throw malformed(text);
        }
    }

    /** One to three ASCII digits, or -1. */
    private static int length(String text, int from) {
        if (from == text.length() || text.length() - from > 3) {
            return -1;
        }
        int bits = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            bits = bits * 10 + (c - '0');
        }
        return bits;
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "Write a block of addresses like 10.0.0.0/8 or 2001:db8::/32, not \""
                        + text
                        + "\".");
    }

    /** Whether the address lies in the block. An IPv4 address mapped into IPv6 counts as IPv4. */
    public boolean contains(InetAddress address) {
        byte[] bytes = unmapped(address.getAddress());
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

    /** The IPv4 address within an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2). */
    private static byte[] unmapped(byte[] bytes) {
        boolean mapped =
                bytes.length == MAPPED.length + 4
                        && Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
        return mapped ? Arrays.copyOfRange(bytes, MAPPED.length, bytes.length) : bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cidr that
                && bits == that.bits
                && Arrays.equals(network, that.network);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(network) * 31 + bits;
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
