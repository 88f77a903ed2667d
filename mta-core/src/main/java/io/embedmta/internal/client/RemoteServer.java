package io.embedmta.internal.client;

import java.net.InetAddress;

/**
 * A server to send to.
 *
 * @param name its name, as the DNS or the administrator gave it; not empty
 * @param address one of its addresses
 * @param port 1 to 65535
 */
public record RemoteServer(String name, InetAddress address, int port) {

    /** Checks name and port. */
    public RemoteServer {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("Give the server a name.");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("A port is 1 to 65535.");
        }
    }

    /** As logs and replies name it: {@code mx.example.org[192.0.2.1]:25}. */
    @Override
    public String toString() {
        return name + "[" + address.getHostAddress() + "]:" + port;
    }
}
