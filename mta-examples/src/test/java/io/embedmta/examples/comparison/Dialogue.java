package io.embedmta.examples.comparison;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Lines of SMTP, one by one, as no mail library would say them. */
final class Dialogue implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Dialogue(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        in =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        reply();
    }

    /** The whole reply to a line. */
    String say(String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        return reply();
    }

    void expect(String line, String reply) throws IOException {
        String said = say(line);
        assertTrue(said.startsWith(reply), line + " is answered with " + said);
    }

    private String reply() throws IOException {
        StringBuilder all = new StringBuilder();
        String line;
        do {
            line = in.readLine();
            if (line == null) {
                throw new IOException("The server hung up.");
            }
            all.append(line).append('\n');
        } while (line.length() > 3 && line.charAt(3) == '-');
        return all.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
