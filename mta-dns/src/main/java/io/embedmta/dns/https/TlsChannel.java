package io.embedmta.dns.https;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * A TLS connection whose connecting, handshake, writing and reading all end by one limit, however
 * slowly the other end drips. Blocking sockets have no limit for writing, and one for each read
 * alone; so the socket does not block, and a selector waits.
 *
 * <p>For one thread, but for {@link #close}, which any may call and which ends what the other waits
 * for.
 */
final class TlsChannel implements Closeable {
    private final SSLEngine engine;
    private final TimeLimit limit;
    private final Selector selector;
    private final SocketChannel channel;
    private final SelectionKey key;

    /** Ready to be drained: what came and is not decrypted yet, and what is decrypted. */
    private final ByteBuffer cipherIn;

    private final ByteBuffer plainIn;
    private final ByteBuffer cipherOut;

    /**
     * A channel, not connected yet.
     *
     * @param engine of a client, set up to check the server's name
     */
    TlsChannel(SSLEngine engine, TimeLimit limit) throws IOException {
        this.engine = engine;
        this.limit = limit;
        int packet = engine.getSession().getPacketBufferSize();
        cipherIn = ByteBuffer.allocate(packet).flip();
        plainIn = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
        cipherOut = ByteBuffer.allocate(packet);
        selector = Selector.open();
        SocketChannel opened = null;
        try {
            opened = SocketChannel.open();
            opened.configureBlocking(false);
            key = opened.register(selector, 0);
        } catch (IOException e) {
            if (opened != null) {
                opened.close();
            }
            selector.close();
            throw e;
        }
        channel = opened;
    }

    /** Connects to the address, within a limit of its own that lies within the whole one. */
    void connect(InetSocketAddress address, TimeLimit within) throws IOException {
        boolean connected;
        try {
            connected = channel.connect(address);
        } catch (UnsupportedAddressTypeException e) {
            // IPv6, where the JVM or the machine has none.
            throw new IOException("this machine cannot connect to such an address", e);
        }
        if (!connected) {
            while (!channel.finishConnect()) {
                await(SelectionKey.OP_CONNECT, within);
            }
        }
    }

    /** Agrees on keys, and lets the engine check the certificate. */
    void handshake() throws IOException {
        engine.beginHandshake();
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!unwrap()) {
                        throw new EOFException("the server hung up");
                    }
                }
                case NEED_TASK -> runTasks();
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    /** What was agreed upon in the handshake. */
    SSLSession session() {
        return engine.getSession();
    }

    void write(byte[] octets) throws IOException {
        ByteBuffer plain = ByteBuffer.wrap(octets);
        while (plain.hasRemaining()) {
            int before = plain.remaining();
            wrap(plain);
            if (plain.remaining() == before) {
                throw new SSLException("TLS takes no data");
            }
        }
    }

    /** The decrypted octets; they end where the server says so, or hangs up. */
    InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                while (!plainIn.hasRemaining()) {
                    if (engine.isInboundDone() || !unwrap()) {
                        return -1;
                    }
                    goOn();
                }
                int count = Math.min(length, plainIn.remaining());
                plainIn.get(target, offset, count);
                return count;
            }
        };
    }

    /**
     * What a record may ask for: TLS 1.3 updates keys (RFC 8446 §4.6.3). A new handshake, as TLS
     * 1.2 has it, is refused: the certificate might be another.
     */
    private void goOn() throws IOException {
        runTasks();
        if (engine.isInboundDone() || !isShakingHands()) {
            return;
        }
        if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
            throw new SSLException("the server wants to renegotiate");
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            wrap(ByteBuffer.allocate(0));
        }
    }

    private void wrap(ByteBuffer plain) throws IOException {
        SSLEngineResult result = engine.wrap(plain, cipherOut.clear());
        cipherOut.flip();
        while (cipherOut.hasRemaining()) {
            if (channel.write(cipherOut) == 0) {
                await(SelectionKey.OP_WRITE, limit);
            }
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new SSLException("the server closed TLS");
        }
    }

    /** Decrypts one record, or a part of the handshake; false at the end of the connection. */
    private boolean unwrap() throws IOException {
        while (true) {
            plainIn.compact();
            SSLEngineResult result;
            try {
                result = engine.unwrap(cipherIn, plainIn);
            } finally {
                plainIn.flip();
            }
            switch (result.getStatus()) {
                case BUFFER_UNDERFLOW -> {
                    if (!receive()) {
                        return false;
                    }
                }
                case BUFFER_OVERFLOW -> throw new SSLException("a record is too large");
                case CLOSED -> {
                    return false;
                }
                case OK -> {
                    return true;
                }
            }
        }
    }

    private boolean receive() throws IOException {
        cipherIn.compact();
        try {
            if (!cipherIn.hasRemaining()) {
                throw new SSLException("a record is too large");
            }
            // Here too, not in waits alone: empty records may come faster than they are read.
            limit.millisLeft();
            int count = channel.read(cipherIn);
            while (count == 0) {
                await(SelectionKey.OP_READ, limit);
                count = channel.read(cipherIn);
            }
            if (count < 0 && (cipherIn.position() > 0 || isShakingHands())) {
                throw new EOFException("the server hung up");
            }
            return count > 0;
        } finally {
            cipherIn.flip();
        }
    }

    private boolean isShakingHands() {
        return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    private void runTasks() {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
            task.run();
            task = engine.getDelegatedTask();
        }
    }

    private void await(int operation, TimeLimit until) throws IOException {
        try {
            key.interestOps(operation);
            selector.select(until.millisLeft());
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException | CancelledKeyException e) {
            throw new IOException("the client was closed", e);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Hangs up at once. What was asked for has come, or is of no use; so nobody says good-bye. */
    @Override
    public void close() throws IOException {
        channel.close();
        selector.close();
    }
}
