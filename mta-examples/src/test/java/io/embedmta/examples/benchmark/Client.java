package io.embedmta.examples.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;

/**
 * One kept connection that sends the same message over and over, from octets made beforehand, and
 * looks at no more of a reply than its first digit. For one thread.
 */
final class Client implements AutoCloseable {
    private static final int MESSAGE_OCTETS = 4096;

    private static final byte[] EHLO = ascii("EHLO client.example.com\r\n");
    private static final byte[] MAIL = ascii("MAIL FROM:<sender@example.com>\r\n");
    private static final byte[] RCPT = ascii("RCPT TO:<recipient@example.org>\r\n");
    private static final byte[] DATA = ascii("DATA\r\n");
    private static final byte[] ENVELOPE = join(MAIL, RCPT, DATA);
    private static final byte[] QUIT = ascii("QUIT\r\n");
    private static final byte[] MESSAGE = message(MESSAGE_OCTETS);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] message;
    private final byte[] buffer = new byte[2048];
    private int at;
    private int end;

    /**
     * Connects, and has itself greeted, to send messages of 4 KiB.
     *
     * @param machine 1 to 255: as which of 127.0.0.1 to 127.0.0.255 to come
     */
    Client(int machine, int port) throws IOException {
        this(machine, port, MESSAGE);
    }

    /**
     * Connects, and has itself greeted.
     *
     * @param machine 1 to 255: as which of 127.0.0.1 to 127.0.0.255 to come
     * @param message to be sent, from {@link #message}
     */
    Client(int machine, int port, byte[] message) throws IOException {
        this(connect(machine, port), message);
    }

    /**
     * Has itself greeted.
     *
     * @param socket connected; closed with the client
     * @param message to be sent, from {@link #message}
     */
    private Client(Socket socket, byte[] message) throws IOException {
        this.socket = socket;
        this.message = message;
        in = socket.getInputStream();
        out = socket.getOutputStream();
        expect('2');
        out.write(EHLO);
        expect('2');
    }

    /**
     * Connects with TLS from the first octet, and has itself greeted, to send messages of 4 KiB.
     *
     * @param machine 1 to 255: as which of 127.0.0.1 to 127.0.0.255 to come
     * @param resume whether to resume a session of a former client of the context, if there is one
     */
    static Client overTls(int machine, int port, SSLContext context, boolean resume)
            throws IOException {
        if (!resume) {
            forgetSessions(context.getClientSessionContext());
        }
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(connect(machine, port), Contender.HOST, port, true);
        return new Client(socket, MESSAGE);
    }

    private static void forgetSessions(SSLSessionContext sessions) {
        for (byte[] id : Collections.list(sessions.getIds())) {
            SSLSession session = sessions.getSession(id);
            if (session != null) {
                session.invalidate();
            }
        }
    }

    private static Socket connect(int machine, int port) throws IOException {
        Socket socket = new Socket();
        byte[] from = {127, 0, 0, (byte) machine};
        socket.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Waits for the reply to each command before the next. */
    void sendOneByOne() throws IOException {
        out.write(MAIL);
        expect('2');
        out.write(RCPT);
        expect('2');
        out.write(DATA);
        expect('3');
        out.write(message);
        expect('2');
    }

    /** Takes its leave. */
    void quit() throws IOException {
        out.write(QUIT);
        expect('2');
    }

    /** Sends the three commands at once (RFC 2920). */
    void sendPipelined() throws IOException {
        out.write(ENVELOPE);
        expect('2');
        expect('2');
        expect('3');
        out.write(message);
        expect('2');
    }

    /** Reads a reply to the end of its last line. */
    private void expect(char firstDigit) throws IOException {
        int first;
        int fourth;
        do {
            first = next();
            next();
            next();
            fourth = next();
            int octet = fourth;
            while (octet != '\n') {
                octet = next();
            }
        } while (fourth == '-');
        if (first != firstDigit) {
            throw new ProtocolException(
                    "A reply began with " + (char) first + ", not " + firstDigit + ".");
        }
    }

    private int next() throws IOException {
        if (at == end) {
            at = 0;
            end = in.read(buffer);
            if (end < 0) {
                end = 0;
                throw new EOFException("The server has closed the connection.");
            }
        }
        return buffer[at++];
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** A message of about so many octets, with the dot that ends it. */
    static byte[] message(int octets) {
        StringBuilder text = new StringBuilder(octets + 128);
        text.append("From: Sender <sender@example.com>\r\n")
                .append("To: Recipient <recipient@example.org>\r\n")
                .append("Subject: A message\r\n")
                .append("Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n")
                .append("Message-ID: <benchmark@example.com>\r\n\r\n");
        while (text.length() < octets) {
            text.append("The quick brown fox jumps over the lazy dog, again and again.\r\n");
        }
        return ascii(text.append(".\r\n").toString());
    }

    private static byte[] join(byte[]... parts) {
        StringBuilder all = new StringBuilder();
        for (byte[] part : parts) {
            all.append(new String(part, StandardCharsets.US_ASCII));
        }
        return ascii(all.toString());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
