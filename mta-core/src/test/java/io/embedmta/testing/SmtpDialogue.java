package io.embedmta.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that says lines, and reads a reply before the first and after each. */
final class SmtpDialogue {
    private SmtpDialogue() {}

    /** Returns the last line of the last reply. */
    static String say(Socket client, String... lines) throws IOException {
        BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        OutputStream out = client.getOutputStream();
        String last = reply(in);
        for (String line : lines) {
            out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
            last = reply(in);
        }
        return last;
    }

    private static String reply(BufferedReader in) throws IOException {
        while (true) {
            String line = in.readLine();
            if (line == null) {
                throw new IOException("The server closed the connection.");
            }
            if (line.length() < 4 || line.charAt(3) != '-') {
                return line;
            }
        }
    }
}
