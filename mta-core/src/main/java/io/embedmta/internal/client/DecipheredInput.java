package io.embedmta.internal.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * What comes through TLS. TLS cannot tell by itself whether octets on the wire are of its own or
 * hold something for us, so {@link #available} has a look. For one thread at a time.
 */
final class DecipheredInput extends InputStream {
    /**
     * How long to wait for what a record holds that has begun to arrive unasked: a ticket for
     * another session, most likely, which is nothing to us.
     */
    private static final Duration GLANCE = Duration.ofMillis(50);

    private final InputStream in;
    private final DeadlineInput wire;
    private int seen = -1;

    /**
     * @param in from TLS
     * @param wire beneath TLS
     */
    DecipheredInput(InputStream in, DeadlineInput wire) {
        this.in = in;
        this.wire = wire;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (seen < 0 || length == 0) {
            return in.read(target, offset, length);
        }
        target[offset] = (byte) seen;
        seen = -1;
        return 1;
    }

    @Override
    public int available() throws IOException {
        int known = in.available() + (seen < 0 ? 0 : 1);
        if (known > 0 || wire.available() == 0) {
            return known;
        }
        wire.limit(GLANCE);
        try {
            seen = in.read();
        } catch (SocketTimeoutException e) {
            return 0;
        }
        if (seen < 0) {
            throw new EOFException("the server closed the connection");
        }
        return 1;
    }
}
