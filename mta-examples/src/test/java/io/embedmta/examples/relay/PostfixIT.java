package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.dns.KnotServer;
import jakarta.mail.BodyPart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The relay finds Postfix by MX and hands mail over to it, as it does on the Internet. */
class PostfixIT {
    private static final String ZONE =
            """
            $ORIGIN test.
            $TTL 60
            @ SOA ns.test. hostmaster.test. 1 3600 600 86400 60
            @ NS ns.test.
            ns A 127.0.0.1
            postfix A 127.0.0.4
            post MX 10 postfix
            """;

    /** Prints a field a line of the one failed recipient in the one notice in a Maildir. */
    private static final String READ_BOUNCE =
            """
            import mailbox, email, email.policy, sys
            box = mailbox.Maildir(sys.argv[1], create=False,
                factory=lambda f: email.message_from_binary_file(f, policy=email.policy.default))
            [message] = list(box)
            assert message.get_content_type() == 'multipart/report', message.get_content_type()
            assert not message.defects, message.defects
            [about, recipient] = message.get_payload(1).get_payload()
            for name in 'Final-Recipient', 'Action', 'Status', 'Remote-MTA', 'Diagnostic-Code':
                print(name + ':', ' '.join(str(recipient[name]).split()).replace('; ', ';'))
            """;

    private static KnotServer knot;
    private static PostfixServer postfix;

    @TempDir Path mail;

    @BeforeAll
    static void startServers() throws Exception {
        KnotServer.assumeInstalled();
        postfix = PostfixServer.start();
        knot = KnotServer.builder().zone("test", ZONE).start();
    }

    @AfterAll
    static void stopServers() throws Exception {
        if (knot != null) {
            knot.close();
        }
        if (postfix != null) {
            postfix.close();
        }
    }

    private RelayProcess relay(String... more) throws Exception {
        Stream<String> fixed =
                Stream.of(
                        "--dns",
                        "127.0.0.1:" + knot.address().getPort(),
                        "--remote-port",
                        String.valueOf(postfix.port()),
                        "--domain",
                        "home.test=" + mail,
                        "--retry",
                        "1s");
        return RelayProcess.start(Stream.concat(fixed, Arrays.stream(more)).toArray(String[]::new));
    }

    private void send(RelayProcess relay, byte[] message, String... recipients) throws Exception {
        Path file = Files.write(mail.resolve("message"), message);
        Stream<String> fixed =
                Stream.of(
                        Programs.require("curl"),
                        "-sS",
                        "smtp://127.0.0.1:" + relay.port(),
                        "--mail-from",
                        "ann@home.test",
                        "-T",
                        file.toString());
        Stream<String> to = Arrays.stream(recipients).flatMap(r -> Stream.of("--mail-rcpt", r));
        Programs.run(Stream.concat(fixed, to).toArray(String[]::new));
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String bounceByPython() throws Exception {
        return Programs.run(
                Programs.require("python3"), "-c", READ_BOUNCE, mail.resolve("ann").toString());
    }

    /** The status part of the one notice in ann's Maildir, without folds. */
    private String bounceByJakartaMail() throws Exception {
        try (Stream<Path> files = Files.list(mail.resolve("ann").resolve("new"));
                InputStream in = Files.newInputStream(files.findFirst().orElseThrow())) {
            MimeMessage bounce = new MimeMessage(Session.getInstance(new Properties()), in);
            assertTrue(bounce.isMimeType("multipart/report"), bounce.getContentType());
            BodyPart status = ((MimeMultipart) bounce.getContent()).getBodyPart(1);
            assertTrue(status.isMimeType("message/delivery-status"), status.getContentType());
            String text =
                    new String(status.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return text.replaceAll("\r\n[ \t]+", " ");
        }
    }

    @Test
    void message_withDotsAndEightBitText_arrivesOctetForOctet_I7() throws Exception {
        // Postfix would add the fields that are missing.
        String message =
                "From: ann@home.test\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
                        + "Message-ID: <octets@home.test>\r\nSubject: octets\r\n\r\n.\r\n..\r\n.dot\r\nSchöne Grüße\r\n"
                        + "x".repeat(998)
                        + "\r\n"
                        + ("y".repeat(76) + "\r\n").repeat(3000)
                        + "\r\n\r\nend\r\n";
        try (RelayProcess relay = relay()) {
            send(relay, octets(message), "dots@post.test");
            relay.awaitLog("to=<dots@post.test>", "relay=postfix.test", "status=relayed");
            postfix.awaitLog("to=<dots@post.test>", "status=sent");
            String received = new String(postfix.mailbox("dots").get(0), StandardCharsets.UTF_8);
            assertEquals(
                    message.replace("\r\n", "\n"),
                    received.substring(received.indexOf("From: ann@")));
        }
    }

    @Test
    void recipient_unknownToPostfix_bouncesInItsWords_othersArrive_I2() throws Exception {
        try (RelayProcess relay = relay()) {
            byte[] message = octets("Subject: to three\r\n\r\nHello.\r\n");
            send(relay, message, "bob@post.test", "nobody@post.test", "cat@post.test");
            relay.awaitLog("to=<ann@home.test>", "status=delivered");
            postfix.awaitLog("to=<bob@post.test>", "status=sent");
            String byPython = bounceByPython();
            List<String> lines = byPython.lines().toList();
            assertEquals(
                    List.of(
                            "Final-Recipient: rfc822;nobody@post.test",
                            "Action: failed",
                            "Status: 5.1.1",
                            "Remote-MTA: dns;postfix.test"),
                    lines.subList(0, 4));
            assertTrue(lines.get(4).startsWith("Diagnostic-Code: smtp;550 5.1.1 "), byPython);
            assertTrue(lines.get(4).contains("User unknown in virtual mailbox table"), byPython);
            String byJakartaMail = bounceByJakartaMail();
            assertTrue(byJakartaMail.contains("Status: 5.1.1\r\n"), byJakartaMail);
            assertTrue(byJakartaMail.contains("User unknown in virtual"), byJakartaMail);
        }
    }

    @Test
    void message_largerThanPostfixTakes_bounces_I2() throws Exception {
        try (RelayProcess relay = relay()) {
            String line = "x".repeat(76) + "\r\n";
            String body = line.repeat(PostfixServer.MESSAGE_SIZE_LIMIT / line.length() + 1);
            send(relay, octets("Subject: large\r\n\r\n" + body), "bob@post.test");
            relay.awaitLogs(
                    List.of("to=<bob@post.test>", "status=bounced"),
                    List.of("to=<ann@home.test>", "status=delivered"));
            assertTrue(bounceByPython().contains("Status: 5.3.4\n"), bounceByPython());
        }
    }

    @Test
    void recipient_deferredAgainAndAgain_bouncesAtItsExpiry_I2() throws Exception {
        try (RelayProcess relay = relay("--expire", "3s")) {
            send(relay, octets("Subject: late\r\n\r\nHello.\r\n"), "slow@post.test");
            relay.awaitLog("to=<slow@post.test>", "status=deferred", "come again");
            relay.awaitLog("to=<ann@home.test>", "status=delivered");
            String bounce = bounceByPython();
            assertTrue(bounce.contains("Action: failed\n"), bounce);
            assertTrue(bounce.contains("Diagnostic-Code: smtp;450 4.2.0 "), bounce);
        }
    }

    @Test
    void messages_ofManySessions_allArrive_I2() throws Exception {
        String source = Programs.require("smtp-source");
        try (RelayProcess relay = relay()) {
            Programs.run(
                    source,
                    "-s",
                    "5",
                    "-m",
                    "40",
                    "-f",
                    "ann@home.test",
                    "-t",
                    "many@post.test",
                    "127.0.0.1:" + relay.port());
            for (int i = 0; i < 40; i++) {
                postfix.awaitLog("to=<many@post.test>", "status=sent");
            }
            assertEquals(40, postfix.mailbox("many").size());
        }
    }
}
