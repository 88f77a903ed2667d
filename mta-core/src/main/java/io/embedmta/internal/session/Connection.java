package io.embedmta.internal.session;

import io.embedmta.internal.sasl.ChannelBinding;
import io.embedmta.internal.sasl.TlsBinding;
import io.embedmta.internal.wire.ReplyBuffer;
import io.embedmta.internal.wire.WireInput;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.TlsSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The two directions of a session's socket, each wait with a limit (RFC 5321 §4.5.3.2). The socket
 * stays its owner's to close. For one thread.
 */
final class Connection implements SessionScript.Wire {
    /** How long, and for how many octets, to listen to a client that we hang up on. */
    private static final int LINGER_MILLIS = 500;

    private static final int LINGER_OCTETS = 65536;

    private final Socket socket;
    private final SessionScript script;
    private WireInput input;
    private ReplyBuffer output;
    private @Nullable TlsLayer tls;
    private long pauseMillis;

    /** How long the reader of commands wants to wait at most, whatever the client's time is. */
    private int waitMillis = Integer.MAX_VALUE;

    private long deadline;

    /** When the write under way began, by {@link System#nanoTime}; for the watch over it. */
    private volatile long writingSince;

    private volatile boolean writing;

    Connection(Socket socket, SessionScript script) throws IOException {
        this.socket = socket;
        this.script = script;
        this.input = new WireInput(script.input(socket.getInputStream()), this::beforeWait);
        this.output = new ReplyBuffer(script.output(socket.getOutputStream()));
    }

    /**
     * What the client sends, as it comes over the wire, each wait limited; for what comes before
     * any command.
     */
    InputStream wire() throws IOException {
        return new LimitedInput();
    }

    /**
     * Goes on over TLS. What the client has sent in plain text before is thrown away: it may be
     * somebody else's who wants it to be taken for the client's (RFC 3207 §4.2, CVE-2011-0411).
     *
     * @throws IOException if TLS does not come about; then nothing more can be said
     */
    TlsSession startTls(SSLEngine engine) throws IOException {
        flush();
        waitMillis = Integer.MAX_VALUE;
        TlsLayer layer = new TlsLayer(engine, new LimitedInput(), new WatchedOutput());
        TlsSession session = layer.handshake();
        tls = layer;
        input = new WireInput(script.input(layer.input()), this::beforeWait);
        output = new ReplyBuffer(script.output(layer.output()));
        return session;
    }

    /** What a log-in may be bound to. */
    ChannelBinding channelBinding() {
        return tls == null ? ChannelBinding.NONE : TlsBinding.ofServer(tls.session());
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
        script.said(reply);
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
        waitMillis = millis;
        limitWait();
    }

    private void limitWait() throws IOException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            // A client that sends an octet now and then must not hold a session for ever.
            throw new SocketTimeoutException("The client took too long.");
        }
        socket.setSoTimeout((int) Math.min(waitMillis, Math.min(pauseMillis, left)));
    }

    /**
     * Hangs up on a client that may still be sending. Closing with unread octets would reset the
     * connection and could take our last reply away from the client.
     */
    void hangUp() throws IOException {
        flush();
        sayTlsIsOver();
        drain();
    }

    /** Hangs up without a word, as where plain words would not be understood. */
    void drain() throws IOException {
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

    @Override
    public void write(byte[] octets) throws IOException {
        flush();
        startWriting();
        try {
            OutputStream out = tls == null ? socket.getOutputStream() : tls.output();
            script.output(out).write(octets);
        } finally {
            writing = false;
        }
    }

    @Override
    public void awaitEnd() throws IOException {
        flush();
        socket.setSoTimeout(0);
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    @Override
    public void close() throws IOException {
        flush();
        socket.close();
    }

    @Override
    public void reset() throws IOException {
        flush();
        // A linger time of zero makes the close a reset.
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private void sayTlsIsOver() throws IOException {
        if (tls != null) {
            tls.close();
        }
    }

    /** The socket's input; before each read the wait gets its limit. */
    private final class LimitedInput extends InputStream {
        /** Taken once: of a socket that was cut there is none to be had, only an end to be read. */
        private final InputStream from = socket.getInputStream();

        LimitedInput() throws IOException {}

        @Override
        public int read() throws IOException {
            limitWait();
            return from.read();
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            limitWait();
            return from.read(to, offset, length);
        }
    }

    /** The socket's output; for the watch over a client that does not read. */
    private final class WatchedOutput extends OutputStream {
        private final OutputStream to = socket.getOutputStream();

        WatchedOutput() throws IOException {}

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            startWriting();
            try {
                to.write(octets, offset, length);
            } finally {
                writing = false;
            }
        }
    }
}
