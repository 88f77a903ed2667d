package io.embedmta.listener;

import io.embedmta.internal.session.SmtpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * An SMTP server (RFC 5321). Immutable; each method returns a changed copy. Unless told otherwise
 * it relays for nobody, and refuses a message with a bare CR or LF.
 */
public final class SmtpListener implements Listener {
    /** Connections that wait to be accepted; the kernel's own limit applies too. */
    private static final int BACKLOG = 1024;

    private final InetSocketAddress address;
    private final List<Cidr> relayFrom;
    private final SmtpLimits limits;
    private final boolean repairLineEnds;

    private SmtpListener(
            InetSocketAddress address,
            List<Cidr> relayFrom,
            SmtpLimits limits,
            boolean repairLineEnds) {
        this.address = address;
        this.relayFrom = relayFrom;
        this.limits = limits;
        this.repairLineEnds = repairLineEnds;
    }

    /**
     * On all addresses of this machine.
     *
     * @param port 0 to 65535; 0 takes a free one
     * @throws IllegalArgumentException if the port is outside that
     */
    public static SmtpListener on(int port) {
        return on(new InetSocketAddress(port));
    }

    /**
     * On one address.
     *
     * @param host a name or an address of this machine
     * @param port 0 to 65535; 0 takes a free one
     * @throws IllegalArgumentException if the port is outside that
     */
    public static SmtpListener on(String host, int port) {
        return on(new InetSocketAddress(host, port));
    }

    /** On one address. */
    public static SmtpListener on(InetSocketAddress address) {
        return new SmtpListener(address, List.of(), SmtpLimits.defaults(), false);
    }

    /**
     * Lets these clients send to any domain, beside those they were let by before.
     *
     * @param blocks such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}
     * @throws IllegalArgumentException if one is malformed
     */
    public SmtpListener relayFrom(String... blocks) {
        List<Cidr> all = new ArrayList<>(relayFrom);
        for (String block : blocks) {
            all.add(Cidr.of(block));
        }
        return new SmtpListener(address, Collections.unmodifiableList(all), limits, repairLineEnds);
    }

    /** Sets the bounds. */
    public SmtpListener limits(SmtpLimits newLimits) {
        return new SmtpListener(address, relayFrom, newLimits, repairLineEnds);
    }

    /**
     * Mends a bare CR or LF within a message to CRLF instead of refusing the message. It still ends
     * no message. The limit of size counts the octets as they were sent.
     */
    public SmtpListener repairLineEnds() {
        return new SmtpListener(address, relayFrom, limits, true);
    }

    /** The bounds. */
    public SmtpLimits limits() {
        return limits;
    }

    /** Whether a bare CR or LF is mended rather than refused. */
    public boolean repairsLineEnds() {
        return repairLineEnds;
    }

    /** Whether a client of this address may send to any domain. */
    public boolean mayRelay(InetAddress client) {
        for (Cidr block : relayFrom) {
            if (block.contains(client)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public RunningListener start(Engine engine) throws IOException {
        ServerSocket socket = bind();
        try {
            return SmtpServer.start(this, engine, socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private ServerSocket bind() throws IOException {
        if (address.isUnresolved()) {
            throw new IOException(
                    "Cannot listen for SMTP on " + address.getHostString() + ": no such host.");
        }
        ServerSocket socket = new ServerSocket();
        try {
            // A relay that restarts must not wait for the connections of its former life.
            socket.setReuseAddress(true);
            socket.bind(address, BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException(
                    "Cannot listen for SMTP on "
                            + address.getAddress().getHostAddress()
                            + " port "
                            + address.getPort()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
