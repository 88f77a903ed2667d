package io.embedmta.internal.session;

import io.embedmta.internal.wire.ReplyBuffer;
import io.embedmta.internal.wire.WireInput;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * The two directions of a session's socket, each wait with a limit (RFC 5321 §4.5.3.2). The socket
 * stays its owner's to close. For one thread.
 */
final class Connection {
    /** How long, and for how many octets, to listen to a client that we hang up on. */
    private static final int LINGER_MILLIS = 500;

    private static final int LINGER_OCTETS = 65536;

    private final Socket socket;
    private final WireInput input;
    private final ReplyBuffer output;
    private long pauseMillis;
    private long deadline;

    /** When the write under way began, by {@link System#nanoTime}; for the watch over it. */
    private volatile long writingSince;

    private volatile boolean writing;

    Connection(Socket socket) throws IOException {
        this.socket = socket;
        this.input = new WireInput(socket.getInputStream(), this::beforeWait);
        this.output = new ReplyBuffer(socket.getOutputStream());
    }

    WireInput input() {
        return input;
    }

    /** Limits each wait from now on, and all of them together. */
    void allow(Duration pause, Duration inAll) {
        pauseMillis = Math.max(1, pause.toMillis());
        deadline = System.nanoTime() + inAll.toNanos();
    }

    void say(Reply reply) throws IOException {
        startWriting();
        try {
            output.add(reply);
        } finally {
            writing = false;
        }
    }

    void flush() throws IOException {
        startWriting();
        try {
            output.flush();
        } finally {
            writing = false;
        }
    }

    private void startWriting() {
        writingSince = System.nanoTime();
        writing = true;
    }

    /** Whether one write has been under way for that long; for any thread. */
    boolean isWritingFor(Duration limit) {
        return writing && System.nanoTime() - writingSince > limit.toNanos();
    }

    private void beforeWait(int millis) throws IOException {
        flush();
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            // A client that sends an octet now and then must not hold a session for ever.
            throw new SocketTimeoutException("The client took too long.");
        }
        socket.setSoTimeout((int) Math.min(millis, Math.min(pauseMillis, left)));
    }

    /**
     * Hangs up on a client that may still be sending. Closing with unread octets would reset the
     * connection and could take our last reply away from the client.
     */
    void hangUp() throws IOException {
        flush();
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        byte[] scrap = new byte[4096];
        long end = System.nanoTime() + Duration.ofMillis(LINGER_MILLIS).toNanos();
        socket.setSoTimeout(LINGER_MILLIS);
        int octets = 0;
        int got;
        try {
            while (octets < LINGER_OCTETS
                    && System.nanoTime() < end
                    && (got = in.read(scrap)) >= 0) {
                octets += got;
            }
        } catch (SocketTimeoutException e) {
            // It has had its time to read the last words; there is nothing more to tell it.
        }
    }
}
