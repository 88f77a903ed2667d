package io.embedmta.internal.client;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the client behaves.
 *
 * @param heloName our name, or address literal, for EHLO and HELO (RFC 5321 §4.1.1.1)
 * @param timeouts how long it waits
 * @param idleKeep how long a connection is kept for the next message; zero keeps none
 * @param maxIdle how many connections are kept in all, 0 or more
 * @param maxIdlePerServer how many are kept to one server, 0 or more
 * @param maxTransactions after how many transactions a connection is given up, 1 or more
 * @param localAddresses the addresses to send from, one of a family at most; of a family without
 *     one, the system chooses
 */
public record ClientSettings(
        String heloName,
        ClientTimeouts timeouts,
        Duration idleKeep,
        int maxIdle,
        int maxIdlePerServer,
        int maxTransactions,
        List<InetAddress> localAddresses) {

    /** Checks the values. */
    public ClientSettings {
        if (heloName.isEmpty() || !isPrintable(heloName)) {
            throw new IllegalArgumentException(
                    "Give a HELO name of printable ASCII without spaces, such as mx.example.org.");
        }
        if (idleKeep.isNegative()) {
            throw new IllegalArgumentException("Give zero or more as the time to keep idle ones.");
        }
        if (maxIdle < 0 || maxIdlePerServer < 0) {
            throw new IllegalArgumentException("Give zero or more as the number of idle ones.");
        }
        if (maxTransactions < 1) {
            throw new IllegalArgumentException("Allow one transaction or more on a connection.");
        }
        localAddresses = List.copyOf(localAddresses);
        // By comparison, not by a stream: a part of the time that an agent takes to start.
        if (localAddresses.size() > 2
                || (localAddresses.size() == 2
                        && localAddresses.get(0).getClass() == localAddresses.get(1).getClass())) {
            throw new IllegalArgumentException(
                    "Give one IPv4 address and one IPv6 address at most to send from.");
        }
    }

    private static boolean isPrintable(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) <= ' ' || name.charAt(i) >= 127) {
                return false;
            }
        }
        return true;
    }

    /**
     * Settings for use on the Internet. Kept connections rest for 30 seconds at most, which is less
     * than servers usually allow.
     *
     * @param heloName our name
     */
    public static ClientSettings defaults(String heloName) {
        return new ClientSettings(
                heloName, ClientTimeouts.defaults(), Duration.ofSeconds(30), 20, 2, 100, List.of());
    }

    /** The same settings with other timeouts. */
    public ClientSettings withTimeouts(ClientTimeouts other) {
        return new ClientSettings(
                heloName,
                other,
                idleKeep,
                maxIdle,
                maxIdlePerServer,
                maxTransactions,
                localAddresses);
    }

    /** The same settings with another time to keep idle connections; zero keeps none. */
    public ClientSettings withIdleKeep(Duration keep) {
        return new ClientSettings(
                heloName,
                timeouts,
                keep,
                maxIdle,
                maxIdlePerServer,
                maxTransactions,
                localAddresses);
    }

    /** The same settings with other numbers of idle connections, in all and per server. */
    public ClientSettings withMaxIdle(int inAll, int perServer) {
        return new ClientSettings(
                heloName, timeouts, idleKeep, inAll, perServer, maxTransactions, localAddresses);
    }

    /** The same settings with another number of transactions on a connection. */
    public ClientSettings withMaxTransactions(int max) {
        return new ClientSettings(
                heloName, timeouts, idleKeep, maxIdle, maxIdlePerServer, max, localAddresses);
    }

    /** The same settings with addresses to send from. */
    public ClientSettings withLocalAddresses(List<InetAddress> addresses) {
        return new ClientSettings(
                heloName,
                timeouts,
                idleKeep,
                maxIdle,
                maxIdlePerServer,
                maxTransactions,
                addresses);
    }

    /** The address to send from to a server with that address; null leaves it to the system. */
    @Nullable InetAddress localAddressFor(InetAddress remote) {
        return localAddresses.stream()
                .filter(local -> local.getClass() == remote.getClass())
                .findAny()
                .orElse(null);
    }
}
