package io.embedmta.internal.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * Reads of a socket that all end at one deadline, however slowly it trickles in. For one thread at
 * a time.
 */
final class DeadlineInput extends InputStream {
    private final Socket socket;
    private long deadline;

    DeadlineInput(Socket socket) {
        this.socket = socket;
    }

    /**
     * Sets the deadline of the reads to come.
     *
     * @param timeout a day at most
     * @return the deadline, by {@link System#nanoTime}
     */
    long limit(Duration timeout) {
        deadline = System.nanoTime() + timeout.toNanos();
        return deadline;
    }

    /** For a socket, whose zero would mean for ever. */
    static int milliseconds(long nanos) {
        // A day at most, so it fits.
        return (int) Math.max(1, nanos / 1_000_000);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("Read timed out");
        }
        socket.setSoTimeout(milliseconds(left));
        return socket.getInputStream().read(target, offset, length);
    }

    @Override
    public int available() throws IOException {
        return socket.getInputStream().available();
    }
}
