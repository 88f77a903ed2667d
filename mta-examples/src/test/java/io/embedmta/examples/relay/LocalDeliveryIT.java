package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that we did not write send to the relay, and a reader that we did not write finds it. */
class LocalDeliveryIT {
    /** Prints the subject of the one message in a Maildir. */
    private static final String READ =
            """
            import mailbox, email, email.policy, sys
            box = mailbox.Maildir(sys.argv[1], create=False,
                factory=lambda f: email.message_from_binary_file(f, policy=email.policy.default))
            [message] = list(box)
            print(message['Return-Path'], '|', message['Subject'], '|', message.get_content().strip())
            """;

    /** Prints the octets of the one attachment of the one message in a Maildir. */
    private static final String READ_ATTACHMENT =
            """
            import mailbox, email, email.policy, sys
            box = mailbox.Maildir(sys.argv[1], create=False,
                factory=lambda f: email.message_from_binary_file(f, policy=email.policy.default))
            [message] = list(box)
            [attachment] = message.iter_attachments()
            print(attachment.get_content().hex())
            """;

    @TempDir Path mail;

    private RelayProcess relay() throws Exception {
        return RelayProcess.start("--domain", "example.test=" + mail);
    }

    private String read(String mailbox) throws Exception {
        return Programs.run(
                        Programs.require("python3"), "-c", READ, mail.resolve(mailbox).toString())
                .strip();
    }

    @Test
    void curl_sends_pythonFindsItInTheMaildir() throws Exception {
        String curl = Programs.require("curl");
        Path message = Files.writeString(mail.resolve("m"), "Subject: hi\r\n\r\nIt works.\r\n");
        try (RelayProcess relay = relay()) {
            Programs.run(
                    curl,
                    "-sS",
                    "smtp://127.0.0.1:" + relay.port(),
                    "--mail-from",
                    "me@example.net",
                    "--mail-rcpt",
                    "ann@example.test",
                    "-T",
                    message.toString());
            relay.awaitLog("accepted", "from=<me@example.net>");
            relay.awaitLog("to=<ann@example.test>", "status=delivered");
            assertEquals("<me@example.net> | hi | It works.", read("ann"));
        }
    }

    @Test
    void swaks_sendsPipelined_pythonFindsItInTheMaildir() throws Exception {
        String swaks = Programs.require("swaks");
        try (RelayProcess relay = relay()) {
            Programs.run(
                    swaks,
                    "--pipeline",
                    "--server",
                    "127.0.0.1:" + relay.port(),
                    "--from",
                    "me@example.net",
                    "--to",
                    "bob@example.test",
                    "--header",
                    "Subject: by swaks",
                    "--body",
                    "It works.");
            relay.awaitLog("to=<bob@example.test>", "status=delivered");
            assertEquals("<me@example.net> | by swaks | It works.", read("bob"));
        }
    }

    @Test
    void swaks_sendsAnAttachment_pythonFindsItsOctets() throws Exception {
        String swaks = Programs.require("swaks");
        byte[] octets = new byte[256];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) i;
        }
        Path file = Files.write(mail.resolve("octets.bin"), octets);
        try (RelayProcess relay = relay()) {
            Programs.run(
                    swaks,
                    "--server",
                    "127.0.0.1:" + relay.port(),
                    "--from",
                    "me@example.net",
                    "--to",
                    "kim@example.test",
                    "--attach",
                    "@" + file);
            relay.awaitLog("to=<kim@example.test>", "status=delivered");
            String attached =
                    Programs.run(
                            Programs.require("python3"),
                            "-c",
                            READ_ATTACHMENT,
                            mail.resolve("kim").toString());
            assertEquals(HexFormat.of().formatHex(octets), attached.strip());
        }
    }

    @Test
    void jakartaMail_sendsEightBitText_pythonFindsItInTheMaildir() throws Exception {
        try (RelayProcess relay = relay()) {
            Properties properties = new Properties();
            properties.put("mail.smtp.host", "127.0.0.1");
            properties.put("mail.smtp.port", String.valueOf(relay.port()));
            properties.put("mail.smtp.allow8bitmime", "true");
            MimeMessage message = new MimeMessage(Session.getInstance(properties));
            message.setFrom("me@example.net");
            message.setRecipient(Message.RecipientType.TO, new InternetAddress("eve@example.test"));
            message.setSubject("Grüße", "UTF-8");
            message.setText("Schöne Grüße", "UTF-8");
            message.setHeader("Content-Transfer-Encoding", "8bit");
            Transport.send(message);
            relay.awaitLog("to=<eve@example.test>", "status=delivered");
            assertEquals("<me@example.net> | Grüße | Schöne Grüße", read("eve"));
        }
    }

    @Test
    void sigterm_endsTheRelayCleanly() throws Exception {
        try (RelayProcess relay = relay()) {
            // 128 + 15: ended by SIGTERM, after its shutdown hook.
            assertEquals(143, relay.stop());
            List<String> log = relay.wholeLog();
            assertEquals(1, log.size(), log.toString());
            assertTrue(log.get(0).contains("Queued mail is lost with this process"), log.get(0));
        }
    }

    @Test
    void sigterm_tellsAnIdleClient() throws Exception {
        try (RelayProcess relay = relay();
                Socket client = new Socket(InetAddress.getLoopbackAddress(), relay.port());
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        client.getInputStream(), StandardCharsets.US_ASCII))) {
            client.setSoTimeout(30_000);
            assertTrue(in.readLine().startsWith("220 "));
            assertEquals(143, relay.stop());
            // RFC 5321 §3.8: a server that has to shut down says 421.
            assertTrue(in.readLine().startsWith("421 4.3.2 "));
        }
    }

    @Test
    void smtpSource_sendsManyAtOnce_allAreDelivered() throws Exception {
        String source = Programs.require("smtp-source");
        try (RelayProcess relay = relay()) {
            Programs.run(
                    source,
                    "-s",
                    "5",
                    "-m",
                    "50",
                    "-l",
                    "4096",
                    "-f",
                    "me@example.net",
                    "-t",
                    "ann@example.test",
                    "127.0.0.1:" + relay.port());
            for (int i = 0; i < 50; i++) {
                relay.awaitLog("to=<ann@example.test>", "status=delivered");
            }
            try (var files = Files.list(mail.resolve("ann").resolve("new"))) {
                assertEquals(50, files.count());
            }
            assertEquals(143, relay.stop());
        }
    }
}
