package io.embedmta.examples.relay;

import java.net.InetSocketAddress;

/** A host by name or address, and a port. */
record HostAndPort(String host, int port) {

    static HostAndPort parse(String option, String text, int lowestPort) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = colon < 0 ? -1 : number(text.substring(colon + 1));
        if (host.isEmpty() || port < lowestPort || port > 65535) {
            throw new IllegalArgumentException(option + " takes HOST:PORT, not \"" + text + "\"");
        }
        return new HostAndPort(host, port);
    }

    private static int number(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    InetSocketAddress resolve(String option) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IllegalArgumentException(option + ": there is no host " + host);
        }
        return address;
    }

    static String of(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
