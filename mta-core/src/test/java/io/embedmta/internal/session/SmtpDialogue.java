package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** The client's side of a session: send a line, expect a reply. */
final class SmtpDialogue implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private Socket socket;
    private InputStream in;
    private OutputStream out;

    private SmtpDialogue(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        use(socket);
    }

    private void use(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** Connected; nothing was read or said. */
    static SmtpDialogue connect(Mta mta) throws IOException {
        return connect(mta, new Socket());
    }

    /** Connected by a socket that the test has set up. */
    static SmtpDialogue connect(Mta mta, Socket socket) throws IOException {
        socket.connect(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), mta.addresses().get(0).getPort()),
                PATIENCE_MILLIS);
        return new SmtpDialogue(socket);
    }

    /** Connected and greeted with EHLO. */
    static SmtpDialogue greeted(Mta mta) throws IOException {
        return connect(mta).expect("220 ").say("EHLO client.example").expect("250-");
    }

    /** With an open transaction that has one recipient. */
    static SmtpDialogue withRecipient(Mta mta) throws IOException {
        return greeted(mta)
                .say("MAIL FROM:<ann@client.example>")
                .expect("250 2.1.0")
                .say("RCPT TO:<bob@ours.example>")
                .expect("250 2.1.5");
    }

    /** Goes on over TLS, at once. */
    SmtpDialogue secure(TlsClient client) throws IOException {
        use(client.over(socket));
        return this;
    }

    /** Goes on over TLS by STARTTLS, and greets again. */
    SmtpDialogue startTls(TlsClient client) throws IOException {
        return say("STARTTLS")
                .expect("220 2.0.0")
                .secure(client)
                .say("EHLO client.example")
                .expect("250-");
    }

    Socket socket() {
        return socket;
    }

    /** Sends a line with CRLF. */
    SmtpDialogue say(String line) throws IOException {
        return send(line + "\r\n");
    }

    /** Sends the text as UTF-8, as it is. */
    SmtpDialogue send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    SmtpDialogue send(byte[] octets) throws IOException {
        out.write(octets);
        out.flush();
        return this;
    }

    /** Reads a whole reply and checks how it begins. */
    SmtpDialogue expect(String start) throws IOException {
        String reply = reply();
        assertTrue(reply.startsWith(start), () -> "Expected " + start + ", got " + reply);
        return this;
    }

    /** Reads a whole reply, its lines joined by LF, and checks its form (RFC 5321 §4.2). */
    String reply() throws IOException {
        StringBuilder reply = new StringBuilder();
        String code = null;
        while (true) {
            String line = line();
            assertTrue(line.matches("[2345][0-9]{2}[ -][\\x20-\\x7e\\t]*"), line);
            assertTrue(line.length() <= 510, line);
            if (code != null) {
                assertEquals(code, line.substring(0, 3));
            }
            code = line.substring(0, 3);
            reply.append(reply.length() == 0 ? "" : "\n").append(line);
            if (line.charAt(3) == ' ') {
                return reply.toString();
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int octet;
        while ((octet = in.read()) != '\n') {
            assertTrue(octet >= 0, () -> "The server closed after: " + line);
            line.append((char) octet);
        }
        assertTrue(line.length() > 0 && line.charAt(line.length() - 1) == '\r', line.toString());
        return line.substring(0, line.length() - 1);
    }

    /** The server says nothing more and closes. */
    void expectClosed() throws IOException {
        try {
            assertEquals(-1, in.read());
        } catch (SocketException e) {
            // A reset closes too.
            assertTrue(e.toString().contains("reset"), e.toString());
        }
    }

    /** Closes the client's half: no more will be sent. */
    SmtpDialogue shutOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
