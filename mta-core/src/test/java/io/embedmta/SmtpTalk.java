package io.embedmta;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that speaks SMTP word by word. */
final class SmtpTalk implements AutoCloseable {
    private final Socket socket = new Socket();
    private final BufferedReader in;
    private final OutputStream out;

    private SmtpTalk(InetSocketAddress server) throws IOException {
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()), 30_000);
        in =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out = socket.getOutputStream();
    }

    /** Connected; the greeting is the first {@link #reply}. */
    static SmtpTalk to(Mta mta) throws IOException {
        return new SmtpTalk(mta.addresses().get(0));
    }

    /** Greeted, and ready for MAIL. */
    static SmtpTalk ready(Mta mta) throws IOException {
        SmtpTalk talk = to(mta);
        talk.reply();
        talk.say("EHLO client.example");
        return talk;
    }

    /** Sends a line, and reads its reply. */
    String say(String line) throws IOException {
        send((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        return reply();
    }

    void send(byte[] octets) throws IOException {
        out.write(octets);
        out.flush();
    }

    /** The last line of the next reply; empty at the end of the connection. */
    String reply() throws IOException {
        String line = in.readLine();
        while (line != null && line.length() > 3 && line.charAt(3) == '-') {
            line = in.readLine();
        }
        return line == null ? "" : line;
    }

    /** Sends a whole message; the reply to its end. */
    String message(String from, String to, String content) throws IOException {
        say("MAIL FROM:<" + from + ">");
        say("RCPT TO:<" + to + ">");
        say("DATA");
        return say(content + ".");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
