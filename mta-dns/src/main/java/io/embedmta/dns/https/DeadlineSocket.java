package io.embedmta.dns.https;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A socket whose connect and reads all end at one deadline, however slowly octets trickle in. */
final class DeadlineSocket extends Socket {
    private final long deadline;

    /**
     * @param deadline by {@link System#nanoTime}
     */
    DeadlineSocket(long deadline) {
        this.deadline = deadline;
    }

    void connectTo(InetSocketAddress server) throws IOException {
        connect(server, millisLeft());
    }

    private int millisLeft() throws SocketTimeoutException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException("it took too long");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream in = super.getInputStream();
        return new InputStream() {
            @Override
            public int read() throws IOException {
                setSoTimeout(millisLeft());
                return in.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                setSoTimeout(millisLeft());
                return in.read(target, offset, length);
            }

            @Override
            public int available() throws IOException {
                return in.available();
            }
        };
    }
}
