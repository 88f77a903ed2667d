package io.embedmta.examples.comparison;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.examples.comparison.Candidate.Mode;
import io.embedmta.examples.comparison.Candidate.Running;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** What an application may need of a fake server when it sends; each a test that both take. */
enum Feature {
    PLAIN("takes a message"),
    STARTTLS("STARTTLS", Mode.STARTTLS),
    IMPLICIT_TLS("implicit TLS", Mode.IMPLICIT_TLS),
    AUTH("log-in, and refuses a wrong password", Mode.USERS),
    SCRAM("log-in by SCRAM-SHA-256", Mode.USERS),
    NULL_SENDER("takes a bounce: the null sender"),
    ONE_MESSAGE("one message for one transaction, with all its recipients"),
    EVERY_OCTET("gives out the message octet for octet"),
    SIZE("SIZE"),
    PIPELINING("PIPELINING"),
    CHUNKING("CHUNKING"),
    EIGHT_BIT("8BITMIME"),
    SMTPUTF8("SMTPUTF8"),
    DSN("DSN"),
    STATUS_CODES("ENHANCEDSTATUSCODES"),
    BARE_LF("refuses what would smuggle a second message");

    private static final String APP = "app@x.example";

    /** Of fields and blanks that a library would write otherwise. */
    private static final String MESSAGE =
            """
            Received: from a
            \tby b; Wed, 25 Nov 2026 12:00:00 +0000
            subject:  x\s
            X-Odd : y

             \u00fc\s

            """;

    /** As it stands in the table. */
    final String label;

    final Mode mode;

    Feature(String label) {
        this(label, Mode.PLAIN);
    }

    Feature(String label, Mode mode) {
        this.label = label;
        this.mode = mode;
    }

    /** Fails if the server does not have it. */
    void use(Running server) throws Exception {
        switch (this) {
            case PLAIN -> {
                send(properties(server));
                assertEquals(1, server.messages().size());
            }
            case STARTTLS -> {
                Properties properties = properties(server);
                properties.put("mail.smtp.starttls.required", "true");
                properties.put("mail.smtp.ssl.trust", "*");
                properties.put("mail.smtp.ssl.checkserveridentity", "false");
                send(properties);
                assertEquals(1, server.messages().size());
            }
            case IMPLICIT_TLS -> {
                Properties properties = properties(server);
                properties.put("mail.smtp.ssl.enable", "true");
                properties.put("mail.smtp.ssl.trust", "*");
                properties.put("mail.smtp.ssl.checkserveridentity", "false");
                send(properties);
                assertEquals(1, server.messages().size());
            }
            case AUTH -> {
                logIn(server, Candidate.PASSWORD);
                assertThrows(
                        AuthenticationFailedException.class, () -> logIn(server, "anything else"));
            }
            case NULL_SENDER -> {
                transact(server, "", "Subject: x\r\n\r\nx", "a@x.example");
                assertEquals(1, server.messages().size());
            }
            case ONE_MESSAGE -> {
                transact(server, APP, "Subject: x\r\n\r\nx", "a@x.example", "b@x.example");
                assertEquals(1, server.messages().size());
            }
            case EVERY_OCTET -> {
                String source = MESSAGE.replace("\n", "\r\n");
                transact(server, APP, source + "z", "a@x.example");
                assertArrayEquals(
                        (source + "z\r\n").getBytes(StandardCharsets.UTF_8),
                        server.messages().get(0));
            }
            case BARE_LF -> {
                try (Dialogue client = new Dialogue(server.port())) {
                    client.expect("EHLO client.example", "250");
                    client.expect("MAIL FROM:<a@x.example>", "250");
                    client.expect("RCPT TO:<b@x.example>", "250");
                    client.expect("DATA", "354");
                    client.say("Subject: x\r\n\r\nx\n.\nMAIL FROM:<evil@x.example>\r\n.");
                }
                assertEquals(0, server.messages().size());
            }
            case SCRAM -> offers(server, "SCRAM-SHA-256");
            case SIZE, PIPELINING, CHUNKING, EIGHT_BIT, SMTPUTF8, DSN, STATUS_CODES ->
                    offers(server, label);
        }
    }

    private static Properties properties(Running server) {
        Properties properties = new Properties();
        properties.put("mail.smtp.host", Candidate.HOST);
        properties.put("mail.smtp.port", Integer.toString(server.port()));
        return properties;
    }

    private static void send(Properties properties) throws Exception {
        MimeMessage message = new MimeMessage(Session.getInstance(properties));
        message.setFrom(new InternetAddress("app@x.example"));
        message.setRecipients(Message.RecipientType.TO, "ann@x.example");
        message.setText("hello");
        Transport.send(message);
    }

    private static void logIn(Running server, String password) throws Exception {
        Properties properties = properties(server);
        properties.put("mail.smtp.auth", "true");
        try (Transport transport = Session.getInstance(properties).getTransport("smtp")) {
            transport.connect(Candidate.USER, password);
        }
    }

    private static void offers(Running server, String word) throws Exception {
        try (Dialogue client = new Dialogue(server.port())) {
            String offered = client.say("EHLO client.example");
            assertTrue(offered.contains(word), offered);
        }
    }

    private static void transact(
            Running server, String sender, String message, String... recipients) throws Exception {
        try (Dialogue client = new Dialogue(server.port())) {
            client.expect("EHLO client.example", "250");
            client.expect("MAIL FROM:<" + sender + ">", "250");
            for (String recipient : recipients) {
                client.expect("RCPT TO:<" + recipient + ">", "250");
            }
            client.expect("DATA", "354");
            client.expect(message + "\r\n.", "250");
        }
    }
}
