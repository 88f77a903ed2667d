package io.embedmta.internal.session;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that count as one client. Whoever has an IPv6 address has the 64 bits behind its
 * prefix to choose from (RFC 4291 §2.5.4), so they say nothing of who it is.
 */
final class ClientBlock {
    private static final int PREFIX_OCTETS = 8;

    private final byte[] octets;

    private ClientBlock(byte[] octets) {
        this.octets = octets;
    }

    static ClientBlock of(InetAddress client) {
        byte[] octets = client.getAddress();
        return new ClientBlock(
                client instanceof Inet6Address ? Arrays.copyOf(octets, PREFIX_OCTETS) : octets);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientBlock that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }
}
