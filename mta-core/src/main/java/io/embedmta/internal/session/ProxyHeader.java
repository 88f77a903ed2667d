package io.embedmta.internal.session;

import io.embedmta.message.MailDomain;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The header by which a proxy says whose connection it passes on: the PROXY protocol of HAProxy,
 * versions 1 (§2.1 of its specification) and 2 (§2.2).
 */
final class ProxyHeader {
    /** §2.1: with CRLF. */
    private static final int MAX_TEXT = 107;

    /** §2.2; also what the shortest header of version 1 has at least. */
    private static final byte[] SIGNATURE = {
        '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
    };

    private static final int VERSION_2_LOCAL = 0x20;
    private static final int VERSION_2_PROXY = 0x21;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;

    /** There is no header, or none that can be understood. */
    static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedException(String why) {
            super(why);
        }
    }

    private ProxyHeader() {}

    /**
     * Reads the header, and nothing behind it.
     *
     * @return the client; empty if the proxy speaks for itself, as in a health check, or does not
     *     know the client
     * @throws MalformedException if it is no header
     * @throws EOFException if the proxy closes before its end
     */
    static Optional<InetSocketAddress> read(InputStream in) throws IOException {
        byte[] start = read(in, SIGNATURE.length);
        if (Arrays.equals(start, SIGNATURE)) {
            return binary(in);
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("PROXY ")) {
            throw new MalformedException("there is none");
        }
        return text(in, new StringBuilder(text));
    }

    private static byte[] read(InputStream in, int length) throws IOException {
        byte[] octets = in.readNBytes(length);
        if (octets.length < length) {
            throw new EOFException("The proxy closed the connection.");
        }
        return octets;
    }

    // Version 1.

    private static Optional<InetSocketAddress> text(InputStream in, StringBuilder line)
            throws IOException {
        while (line.indexOf("\r\n") < 0) {
            if (line.length() == MAX_TEXT) {
                throw new MalformedException("it is longer than 107 octets");
            }
            line.append((char) (read(in, 1)[0] & 0xff));
        }
        String[] words = line.substring(0, line.length() - 2).split(" ", -1);
        return switch (words[1]) {
            // §2.1: whatever follows has to be ignored.
            case "UNKNOWN" -> Optional.empty();
            case "TCP4", "TCP6" -> Optional.of(named(words));
            default -> throw new MalformedException("it is neither TCP4, TCP6 nor UNKNOWN");
        };
    }

    private static InetSocketAddress named(String[] words) throws MalformedException {
        if (words.length != 6) {
            throw new MalformedException("it has not two addresses and two ports");
        }
        boolean six = words[1].equals("TCP6");
        InetAddress client = address(words[2], six);
        address(words[3], six);
        int port = port(words[4]);
        port(words[5]);
        return new InetSocketAddress(client, port);
    }

    /** By the grammar of address literals, so that no name is ever looked up. */
    private static InetAddress address(String text, boolean six) throws MalformedException {
        if (six == text.indexOf(':') >= 0) {
            try {
                Optional<InetAddress> found =
                        MailDomain.of((six ? "[IPv6:" : "[") + text + "]").address();
                if (found.isPresent()) {
                    return found.get();
                }
            } catch (IllegalArgumentException e) {
                // Said below.
            }
        }
        throw new MalformedException("an address is malformed");
    }

    private static int port(String text) throws MalformedException {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65535) {
            throw new MalformedException("a port is malformed");
        }
        return Integer.parseInt(text);
    }

    // Version 2.

    private static Optional<InetSocketAddress> binary(InputStream in) throws IOException {
        byte[] start = read(in, 4);
        int command = start[0] & 0xff;
        int family = start[1] & 0xff;
        int length = unsigned(start, 2);
        if (command != VERSION_2_LOCAL && command != VERSION_2_PROXY) {
            throw new MalformedException("its version or command is not known");
        }
        // §2.2: of LOCAL, and of families that are not ours, the addresses are skipped.
        boolean named = command == VERSION_2_PROXY;
        int octets = named && family == TCP_OVER_IPV4 ? 4 : 0;
        octets = named && family == TCP_OVER_IPV6 ? 16 : octets;
        int needed = octets == 0 ? 0 : 2 * octets + 4;
        if (length < needed) {
            throw new MalformedException("it is too short for its addresses");
        }
        byte[] addresses = read(in, needed);
        skip(in, length - needed);
        if (octets == 0) {
            return Optional.empty();
        }
        InetAddress client = InetAddress.getByAddress(Arrays.copyOf(addresses, octets));
        return Optional.of(new InetSocketAddress(client, unsigned(addresses, 2 * octets)));
    }

    private static int unsigned(byte[] octets, int at) {
        return ((octets[at] & 0xff) << 8) | (octets[at + 1] & 0xff);
    }

    /** §2.2.1: what a proxy has to say beside the addresses, 64 KiB at most. */
    private static void skip(InputStream in, int length) throws IOException {
        int left = length;
        while (left > 0) {
            left -= read(in, Math.min(left, 512)).length;
        }
    }
}
