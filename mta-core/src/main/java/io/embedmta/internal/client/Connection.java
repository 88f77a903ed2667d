package io.embedmta.internal.client;

import io.embedmta.internal.wire.Characters;
import io.embedmta.internal.wire.ReplyReader;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection to a server: writes commands and content, reads replies, and lets nothing last
 * for ever. All that can go wrong comes out as a {@link SessionEndedException}, 421 included (RFC
 * 5321 §3.8: the server is about to hang up); after one, the connection is of no use.
 *
 * <p>For one thread at a time, but for {@link #close} and {@link #closeIfStalled}, which any thread
 * may call and which end whatever the other thread waits for. Waits are measured by the system's
 * own timer, not by the engine's clock: the octets they wait for come in real time.
 */
final class Connection {
    /** How much goes into one write, and how much of a message a server must take in one wait. */
    static final int BLOCK = 16 * 1024;

    private final RemoteServer server;
    private final Socket socket;
    private @Nullable InetAddress localAddress;
    private final ClientTimeouts timeouts;
    private final BufferedOutputStream out = new BufferedOutputStream(new Output(), BLOCK);
    private final DeadlineInput wire;
    private ReplyReader replies;

    /** Null in plain text. */
    private @Nullable SSLSocket layer;

    /** An alert to our end of a handshake comes with the first reply (RFC 8446 §4.4.2.4). */
    private boolean handshakeMayFail;

    private volatile boolean watched;
    private volatile long watchDeadline;
    private volatile boolean stalled;

    /**
     * @param socket not connected yet; the connection owns it
     */
    Connection(RemoteServer server, Socket socket, ClientTimeouts timeouts) {
        this.server = server;
        this.socket = socket;
        this.timeouts = timeouts;
        this.wire = new DeadlineInput(socket);
        this.replies = new ReplyReader(wire);
    }

    RemoteServer server() {
        return server;
    }

    /**
     * @param from an address of ours; null leaves it to the system
     */
    void connect(@Nullable InetAddress from) throws SessionEndedException {
        try {
            if (from != null) {
                socket.bind(new InetSocketAddress(from, 0));
            }
            socket.connect(
                    new InetSocketAddress(server.address(), server.port()),
                    DeadlineInput.milliseconds(timeouts.connect().toNanos()));
            socket.setTcpNoDelay(true);
            localAddress = socket.getLocalAddress();
        } catch (IOException | IllegalArgumentException e) {
            // The latter where the socket cannot do that kind of address, IPv6 say.
            throw SessionEndedException.because(
                    "4.4.1", "cannot connect to " + server + ": " + e.getMessage(), e);
        }
    }

    /** Our end of it, even after it was closed. */
    InetAddress localAddress() {
        InetAddress known = localAddress;
        return known == null ? socket.getLocalAddress() : known;
    }

    /**
     * Runs a TLS handshake, all of it within its timeout; from then on everything goes through TLS.
     * What was read before is thrown away: it may be anybody's (RFC 3207 §6).
     *
     * @param serverName for SNI; empty sends none
     */
    SSLSession secure(TlsClient tls, String serverName) throws SessionEndedException {
        watch(wire.limit(timeouts.handshake()));
        try {
            SSLSocket secured = tls.layer(new LayeredSocket(socket, wire), serverName, server);
            secured.startHandshake();
            replies = new ReplyReader(new DecipheredInput(secured.getInputStream(), wire));
            layer = secured;
            handshakeMayFail = true;
            return secured.getSession();
        } catch (IOException | RuntimeException e) {
            // The latter, too, where a peer sends what TLS did not think of.
            throw failedHandshake(e);
        } finally {
            watched = false;
        }
    }

    private SessionEndedException failedHandshake(Exception e) {
        // Silence is of the network, as it is before and after the handshake.
        SessionEndedException ended;
        if (stalled || isCausedBy(e, SocketTimeoutException.class)) {
            ended =
                    SessionEndedException.because(
                            "4.4.2",
                            server
                                    + " did not finish the TLS handshake within "
                                    + inWords(timeouts.handshake()),
                            e);
        } else if (isHangUp(e)) {
            ended =
                    SessionEndedException.because(
                            "4.4.2", server + " hung up in the TLS handshake", e);
        } else {
            ended =
                    SessionEndedException.because(
                            "4.7.5",
                            "the TLS handshake with " + server + " failed: " + e.getMessage(),
                            e);
        }
        return ended.ofTls(new TlsFailure(Kind.VALIDATION_FAILURE, ended.reply().text()));
    }

    /** Whether TLS itself says what is wrong, such as an alert, and not the network. */
    private boolean isOfTls(IOException e) {
        return e instanceof SSLException && !stalled && !isHangUp(e);
    }

    private static boolean isHangUp(Exception e) {
        return isCausedBy(e, SocketException.class) || isCausedBy(e, EOFException.class);
    }

    private static boolean isCausedBy(Throwable e, Class<? extends IOException> kind) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    /** Has {@link #closeIfStalled} close the connection after the deadline. */
    private void watch(long deadline) {
        // The order matters: a deadline is set before it is watched.
        watchDeadline = deadline;
        watched = true;
    }

    /** Buffers a command; it leaves with the next {@link #flush}. */
    void write(String command) throws SessionEndedException {
        if (Characters.hasControls(command)) {
            throw new IllegalArgumentException("A command holds no control characters.");
        }
        try {
            // RFC 6531 §3.3: where an address is not ASCII, it is UTF-8.
            out.write(command.getBytes(StandardCharsets.UTF_8));
            out.write('\r');
            out.write('\n');
        } catch (IOException e) {
            throw lostWriting(e);
        }
    }

    /** Where the message goes; buffered. It throws nothing but {@link SessionEndedException}. */
    OutputStream content() {
        return out;
    }

    void flush() throws SessionEndedException {
        try {
            out.flush();
        } catch (IOException e) {
            throw lostWriting(e);
        }
    }

    /** Sends a command and waits for its reply. */
    Reply command(String command, Duration timeout) throws SessionEndedException {
        write(command);
        flush();
        int space = command.indexOf(' ');
        return reply(space < 0 ? command : command.substring(0, space), timeout);
    }

    /**
     * Waits for a reply.
     *
     * @param awaiting what is answered, as it reads in "the reply to ..."
     * @param timeout for all of it
     */
    Reply reply(String awaiting, Duration timeout) throws SessionEndedException {
        long deadline = wire.limit(timeout);
        Reply reply;
        try {
            if (layer != null) {
                // TLS may answer a peer that reads nothing, while we think that we read.
                watch(deadline);
            }
            reply = replies.read();
        } catch (SocketTimeoutException e) {
            throw SessionEndedException.because(
                    "4.4.2",
                    server + " gave no reply to " + awaiting + " within " + inWords(timeout),
                    e);
        } catch (ProtocolException e) {
            throw SessionEndedException.because(
                    "4.5.0", server + " answered " + awaiting + " with " + e.getMessage(), e);
        } catch (IOException e) {
            if (handshakeMayFail && isOfTls(e)) {
                throw failedHandshake(e);
            }
            throw SessionEndedException.because(
                    "4.4.2",
                    "lost the connection with "
                            + server
                            + " before its reply to "
                            + awaiting
                            + ": "
                            + e.getMessage(),
                    e);
        } finally {
            watched = false;
        }
        handshakeMayFail = false;
        if (reply.code() == 421) {
            throw SessionEndedException.bySaying(reply, server);
        }
        return reply;
    }

    /** The server gave a reply that has no place here. */
    SessionEndedException outOfPlace(String awaiting, Reply reply) {
        return SessionEndedException.because(
                "4.5.0", server + " answered " + awaiting + " with an unexpected " + reply);
    }

    /** Whether the connection is open and, as far as can be told, quiet. */
    boolean isQuiet() {
        try {
            watchLook();
            return !socket.isClosed() && !replies.hasUnread();
        } catch (IOException e) {
            return false;
        } finally {
            watched = false;
        }
    }

    /** Whether the server has said something that was not read yet, even if it is gone by now. */
    boolean hasUnread() {
        try {
            watchLook();
            return replies.hasUnread();
        } catch (IOException e) {
            return false;
        } finally {
            watched = false;
        }
    }

    /** To look at what has come in, TLS may have to answer a peer that reads nothing. */
    private void watchLook() {
        if (layer != null) {
            watch(System.nanoTime() + timeouts.quit().toNanos());
        }
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    /** Tells the server that no more comes, by TLS (RFC 8446 §6.1); it is not to wait for us. */
    void endTls() {
        SSLSocket secured = layer;
        if (secured != null) {
            try {
                secured.shutdownOutput();
            } catch (IOException e) {
                // It is about to be closed anyway.
            }
        }
    }

    /** Closes the connection if the server has taken too long to take a block. */
    void closeIfStalled() {
        if (watched && System.nanoTime() - watchDeadline > 0) {
            stalled = true;
            close();
        }
    }

    /** Closes at once, without QUIT. Idempotent. */
    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    private SessionEndedException lostWriting(IOException cause) {
        return cause instanceof SessionEndedException ended
                ? ended
                : SessionEndedException.because("4.4.2", cause.toString(), cause);
    }

    private static String inWords(Duration timeout) {
        return timeout.toSeconds() > 0
                ? timeout.toSeconds() + " seconds"
                : timeout.toMillis() + " milliseconds";
    }

    /**
     * Writes in blocks. A socket has no time limit for writing, so each block leaves its deadline
     * for {@link #closeIfStalled} to see.
     */
    private final class Output extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; done += BLOCK) {
                block(bytes, offset + done, Math.min(BLOCK, length - done));
            }
        }

        private void block(byte[] bytes, int offset, int length) throws IOException {
            watch(System.nanoTime() + timeouts.block().toNanos());
            try {
                SSLSocket secured = layer;
                (secured == null ? socket : secured).getOutputStream().write(bytes, offset, length);
            } catch (IOException e) {
                throw SessionEndedException.because(
                        "4.4.2",
                        stalled
                                ? server + " took no data for " + inWords(timeouts.block())
                                : "lost the connection with "
                                        + server
                                        + " while sending: "
                                        + e.getMessage(),
                        e);
            } finally {
                watched = false;
            }
        }
    }
}
