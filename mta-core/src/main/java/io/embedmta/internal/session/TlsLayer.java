package io.embedmta.internal.session;

import io.embedmta.tls.TlsSession;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS over the two streams of a socket, whose limits of time hold for each octet of it: a record
 * that drips in is no way around them. For one thread, but for nothing that another may do to the
 * socket.
 *
 * <p>An engine of the JDK rather than one of its sockets: these close the way out together with the
 * way in, and follow a client through any number of renegotiations and new keys within one read.
 */
final class TlsLayer {
    private static final Logger LOG = LoggerFactory.getLogger(TlsLayer.class);

    /** Enough for the records of commands; grows for those of messages. */
    private static final int SMALL = 1024;

    /**
     * How many records in a row may bring nothing, such as new keys (RFC 8446 §4.6.3) or empty
     * ones. An honest client changes its keys once in millions of records.
     */
    private static final int IDLE_RECORDS = 32;

    /** How many steps a handshake may take; an honest one takes some twenty. */
    private static final int HANDSHAKE_STEPS = 500;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final InputStream in;
    private final OutputStream out;

    /** What has come in, from the wire and decrypted; each ready to be read from. */
    private ByteBuffer sealed = ByteBuffer.allocate(SMALL).limit(0);

    private ByteBuffer plain = ByteBuffer.allocate(SMALL).limit(0);

    /**
     * @param in gives what the client sends, waiting no longer than the client may take
     */
    TlsLayer(SSLEngine engine, InputStream in, OutputStream out) {
        this.engine = engine;
        this.in = in;
        this.out = out;
    }

    /** The session of the JDK. */
    SSLSession session() {
        return engine.getSession();
    }

    /**
     * Agrees with the client on keys.
     *
     * @throws SSLException if they do not agree; the client has been told
     * @throws IOException if the client is gone or its time is up
     */
    TlsSession handshake() throws IOException {
        engine.beginHandshake();
        try {
            HandshakeStatus status = engine.getHandshakeStatus();
            for (int steps = 0; isUnderWay(status); steps++) {
                if (steps == HANDSHAKE_STEPS) {
                    throw new SSLException("The handshake does not come to an end.");
                }
                status = step(status);
            }
        } catch (SSLException e) {
            tell();
            throw e;
        }
        return new TlsSession(
                engine.getSession().getProtocol(),
                engine.getSession().getCipherSuite(),
                peerCertificates());
    }

    private static boolean isUnderWay(HandshakeStatus status) {
        return status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING;
    }

    private HandshakeStatus step(HandshakeStatus status) throws IOException {
        if (status == HandshakeStatus.NEED_WRAP) {
            return seal(NOTHING).getHandshakeStatus();
        }
        if (status == HandshakeStatus.NEED_TASK) {
            runTasks();
            return engine.getHandshakeStatus();
        }
        SSLEngineResult result = unseal();
        if (result.getStatus() == Status.BUFFER_UNDERFLOW && !fill()) {
            throw new EOFException("The client closed the connection.");
        }
        if (result.getStatus() == Status.CLOSED) {
            throw new SSLException("The client ended the handshake.");
        }
        return result.getHandshakeStatus();
    }

    private void runTasks() {
        Runnable task;
        while ((task = engine.getDelegatedTask()) != null) {
            task.run();
        }
    }

    private List<X509Certificate> peerCertificates() {
        List<X509Certificate> shown = new ArrayList<>();
        try {
            for (Certificate each : engine.getSession().getPeerCertificates()) {
                shown.add((X509Certificate) each);
            }
        } catch (SSLPeerUnverifiedException e) {
            // It has shown none, which is its right.
        }
        return shown;
    }

    /** What the client says. */
    InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] octet = new byte[1];
                return read(octet, 0, 1) < 0 ? -1 : octet[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                if (!plain.hasRemaining() && !awaitPlain()) {
                    return -1;
                }
                int got = Math.min(length, plain.remaining());
                plain.get(to, offset, got);
                return got;
            }
        };
    }

    /** What is said to the client. */
    OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] octets, int offset, int length) throws IOException {
                ByteBuffer from = ByteBuffer.wrap(octets, offset, length);
                while (from.hasRemaining()) {
                    if (seal(from).getStatus() == Status.CLOSED) {
                        throw new IOException("The way to the client is closed.");
                    }
                }
            }
        };
    }

    /** Whether there is something to read; else the client has closed. */
    private boolean awaitPlain() throws IOException {
        try {
            int idleRecords = 0;
            while (true) {
                SSLEngineResult result = unseal();
                if (plain.hasRemaining()) {
                    return true;
                }
                switch (result.getStatus()) {
                    case BUFFER_UNDERFLOW -> {
                        if (!fill()) {
                            return false;
                        }
                    }
                    case CLOSED -> {
                        // RFC 8446 §6.1: it is told that we have heard it.
                        close();
                        return false;
                    }
                    default -> {
                        if (result.bytesConsumed() > 0 && ++idleRecords > IDLE_RECORDS) {
                            throw new SSLException("The client sends records without content.");
                        }
                        answer(result.getHandshakeStatus());
                    }
                }
            }
        } catch (SSLException e) {
            tell();
            throw e;
        }
    }

    /** New keys that the client asks for are answered (RFC 8446 §4.6.3). */
    private void answer(HandshakeStatus status) throws IOException {
        if (!isUnderWay(status)) {
            return;
        }
        if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
            // A handshake costs the server much more than the client, and nobody needs a second.
            throw new SSLException("The client wants to renegotiate.");
        }
        if (status == HandshakeStatus.NEED_WRAP) {
            seal(NOTHING);
        } else if (status == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
    }

    /** Decrypts one record, if a whole one is there. */
    private SSLEngineResult unseal() throws SSLException {
        plain.clear();
        SSLEngineResult result = engine.unwrap(sealed, plain);
        while (result.getStatus() == Status.BUFFER_OVERFLOW) {
            // The engine has looked at the length of the record, which has a bound.
            plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize() + SMALL);
            result = engine.unwrap(sealed, plain);
        }
        plain.flip();
        return result;
    }

    /** Reads from the wire; false at its end. */
    private boolean fill() throws IOException {
        sealed.compact();
        if (!sealed.hasRemaining()) {
            sealed = grown(sealed);
        }
        try {
            int got = in.read(sealed.array(), sealed.position(), sealed.remaining());
            sealed.position(sealed.position() + Math.max(0, got));
            return got >= 0;
        } catch (SocketTimeoutException e) {
            shrinkIfEmpty();
            throw e;
        } finally {
            sealed.flip();
        }
    }

    private ByteBuffer grown(ByteBuffer full) throws SSLException {
        int most = engine.getSession().getPacketBufferSize() + SMALL;
        if (full.capacity() >= most) {
            throw new SSLException("The client sends a record that is too large.");
        }
        return ByteBuffer.allocate(Math.min(most, full.capacity() * 4)).put(full.flip());
    }

    /** A client that pauses after a message is not worth the buffers that it took. */
    private void shrinkIfEmpty() {
        if (sealed.position() == 0 && sealed.capacity() > SMALL) {
            sealed = ByteBuffer.allocate(SMALL);
            plain = ByteBuffer.allocate(SMALL).limit(0);
        }
    }

    /** Encrypts and sends as much as one record takes. */
    private SSLEngineResult seal(ByteBuffer from) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        SSLEngineResult result = engine.wrap(from, record);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            throw new SSLException("A record is larger than records are.");
        }
        out.write(record.array(), 0, record.position());
        return result;
    }

    /** Says that nothing more will come (RFC 8446 §6.1). */
    void close() throws IOException {
        engine.closeOutbound();
        while (!engine.isOutboundDone()) {
            if (seal(NOTHING).bytesProduced() == 0) {
                return;
            }
        }
    }

    /** Sends the alert that says why it goes no further, if the client still listens. */
    private void tell() {
        try {
            close();
        } catch (IOException e) {
            LOG.debug("An alert could not be sent: {}", e.toString());
        }
    }
}
