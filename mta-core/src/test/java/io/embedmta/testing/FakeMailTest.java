package io.embedmta.testing;

import static io.embedmta.testing.MailMatcher.any;
import static io.embedmta.testing.MailMatcher.attachment;
import static io.embedmta.testing.MailMatcher.body;
import static io.embedmta.testing.MailMatcher.header;
import static io.embedmta.testing.MailMatcher.subject;
import static io.embedmta.testing.MailMatcher.to;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.listener.SmtpLimits;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import jakarta.activation.DataHandler;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sent by Jakarta Mail arrives, and what a test asks of it. */
@Timeout(60)
class FakeMailTest {
    private final FakeMail mail = FakeMail.builder().timeout(Duration.ofSeconds(20)).start();

    @AfterEach
    void close() {
        mail.close();
    }

    private static MimeMessage message(FakeMail to, String subject, String text)
            throws MessagingException {
        MimeMessage message = new MimeMessage(to.session());
        message.setFrom(new InternetAddress("app@example.org"));
        message.setRecipients(Message.RecipientType.TO, "ann@example.org");
        message.setSubject(subject, "UTF-8");
        message.setText(text, "UTF-8");
        return message;
    }

    private void send(String subject, String text) throws MessagingException {
        Transport.send(message(mail, subject, text));
    }

    @Test
    void whatGotIts250_isThere() throws Exception {
        for (int i = 0; i < 20; i++) {
            send("Number " + i, "hello");
            assertEquals(i + 1, mail.received().size());
        }
    }

    @Test
    void envelope_isWhole_inOneMessage() throws Exception {
        MimeMessage message = message(mail, "Hi", "hello");
        message.addRecipients(Message.RecipientType.CC, "bob@example.net");
        message.addRecipients(Message.RecipientType.BCC, "eve@example.com");
        Transport.send(message);
        Received received = mail.await(any());
        assertEquals(
                List.of("ann@example.org", "bob@example.net", "eve@example.com"),
                received.recipients());
        assertEquals("app@example.org", received.sender());
        assertEquals(List.of(), received.headers("Bcc"));
        assertEquals(1, mail.received().size());
    }

    @Test
    void nullSender_isTaken() {
        mail.mta()
                .submit(
                        Envelope.from("").to("ann@example.org"),
                        Content.of("Subject: bounce\r\n\r\nx\r\n"));
        assertEquals("", mail.await(MailMatcher.from("")).sender());
    }

    @Test
    void raw_isWhatTheClientSent_I7() throws Exception {
        String sent = "Subject: raw\r\n\r\n.dot\r\n\u00e4\u00f6\r\n";
        mail.mta().submit(Envelope.from("a@x.example").to("b@y.example"), Content.of(sent));
        assertArrayEquals(sent.getBytes(StandardCharsets.UTF_8), mail.await(any()).raw());
    }

    @Test
    void largeMessage_isReadable_untilTheEnd_I5() {
        byte[] large =
                ("Subject: large\r\n\r\n" + "x".repeat(998) + "\r\n")
                        .repeat(1_000)
                        .getBytes(StandardCharsets.US_ASCII);
        mail.mta().submit(Envelope.from("a@x.example").to("b@y.example"), Content.of(large));
        assertArrayEquals(large, mail.await(any()).raw());
    }

    @Test
    void parts_areFound() throws Exception {
        MimeMessage message = message(mail, "Gr\u00fc\u00dfe", "");
        MimeBodyPart text = new MimeBodyPart();
        text.setText("Your code: 123456. See https://example.org/a?b=1.", "UTF-8");
        MimeBodyPart html = new MimeBodyPart();
        html.setContent("<a href=\"https://example.org/x?a=1&amp;b=2\">x</a>", "text/html");
        MimeMultipart alternative = new MimeMultipart("alternative", text, html);
        MimeBodyPart texts = new MimeBodyPart();
        texts.setContent(alternative);
        MimeBodyPart file = new MimeBodyPart();
        file.setDataHandler(
                new DataHandler(new ByteArrayDataSource(new byte[] {1, 2}, "application/pdf")));
        file.setFileName("r\u00e9sum\u00e9.pdf");
        message.setContent(new MimeMultipart("mixed", texts, file));
        Transport.send(message);

        Received received = mail.await(subject("Gr\u00fc\u00dfe").and(attachment("*.pdf")));
        assertEquals(List.of("123456"), received.codes());
        assertEquals(
                List.of("https://example.org/a?b=1", "https://example.org/x?a=1&b=2"),
                received.links());
        assertEquals("application/pdf", received.attachments().get(0).type());
        assertEquals("r\u00e9sum\u00e9.pdf", received.attachments().get(0).name());
        assertEquals(2, received.attachments().get(0).content().size());
    }

    /** The test of a program that makes such mail wants to see it. */
    @ParameterizedTest
    @CsvSource({
        "Content-Type: no type, '', 0",
        "Content-Type: multipart/mixed, '', 0",
        "Content-Type: multipart/mixed; boundary=none, '', 0",
        "Content-Type: text/plain; charset=no charset, '', 0",
        "Content-Transfer-Encoding: unheard-of, '', 0",
        "Content-Disposition: attachment; name=a:b.txt, '', 1",
        "Content-Type: application/pdf; name*0*=x:y, '', 0",
        "Content-Transfer-Encoding: base64, 'no', 0",
        "Content-Type: multipart/mixed; boundary=b, '--b|Content-Disposition: x:y; z||text|--b', 1"
    })
    void malformedParts_areShownAsTheyAre(String field, String first, int attachments)
            throws Exception {
        String body = first.isEmpty() ? "text" : first.replace("|", "\r\n");
        String source = "Subject: malformed\r\n" + field + "\r\n\r\n" + body + "\r\n";
        mail.mta().submit(Envelope.from("").to("ann@x.example"), Content.of(source));
        Received received = mail.await(subject("malformed"));
        assertEquals(attachments, received.attachments().size());
        assertTrue(attachments == 1 || !received.text().isEmpty(), "the text is there");
        assertEquals(List.of(), received.links());
    }

    @Test
    void keep_forgetsTheOldest_andClearAll() throws Exception {
        try (FakeMail small = FakeMail.builder().keep(2).start()) {
            for (String subject : List.of("one", "two", "three")) {
                small.mta()
                        .submit(
                                Envelope.from("").to("ann@x.example"),
                                Content.of(
                                        "Subject: "
                                                + subject
                                                + "\r\n\r\n"
                                                + "x\r\n".repeat(99_999)));
            }
            small.await(subject("three"));
            assertEquals(
                    List.of("two", "three"),
                    small.received().stream().map(Received::subject).toList());
            Received kept = small.received().get(0);
            assertTrue(kept.raw().length > 256 * 1024, "it stands in a file");
            small.clear();
            assertEquals(List.of(), small.received());
            assertThrows(UncheckedIOException.class, kept::raw);
        }
        assertThrows(IllegalArgumentException.class, () -> FakeMail.builder().keep(0));
    }

    @Test
    void await_returnsWhatComesLater() throws Exception {
        CompletableFuture<Received> waiting =
                CompletableFuture.supplyAsync(() -> mail.await(subject("second")));
        send("first", "hello");
        send("second", "hello");
        assertEquals("second", waiting.get().subject());
    }

    @Test
    void await_inVain_tellsWhatCameAndWhyItDoesNotFit() throws Exception {
        send("Hello", "some text");
        AssertionError error =
                assertThrows(
                        AssertionError.class,
                        () ->
                                mail.await(
                                        to("bob@example.org").and(subject("Hello")),
                                        Duration.ofMillis(1)));
        String text = String.valueOf(error.getMessage());
        assertTrue(text.contains("1 came:"), text);
        assertTrue(text.contains("to(\"bob@example.org\"): it is [ann@example.org]"), text);
        assertFalse(text.contains("subject(\"Hello\"): it is"), text);
        assertTrue(text.contains("C: RCPT TO:<ann@example.org>"), text);
    }

    @Test
    void await_withoutAnyClient_saysSo() {
        AssertionError error =
                assertThrows(AssertionError.class, () -> mail.await(any(), Duration.ofMillis(1)));
        assertTrue(
                String.valueOf(error.getMessage())
                        .contains("No client has connected to port " + mail.port()),
                error.getMessage());
    }

    @Test
    void awaitCount_refusesMore() throws Exception {
        send("one", "x");
        send("two", "x");
        assertEquals(2, mail.awaitCount(2, to("ann@example.org")).size());
        assertThrows(AssertionError.class, () -> mail.awaitCount(1, to("ann@example.org")));
    }

    @Test
    void assertNone_waitsForASessionThatIsUnderWay() throws Exception {
        try (Socket client = new Socket(mail.host(), mail.port())) {
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    SmtpDialogue.say(
                                            client,
                                            "EHLO x",
                                            "MAIL FROM:<a@x.example>",
                                            "RCPT TO:<b@y.example>",
                                            "DATA",
                                            "Subject: late\r\n\r\nx\r\n.");
                                } catch (java.io.IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            sending.get();
            assertThrows(AssertionError.class, () -> mail.assertNone(subject("late")));
            mail.assertNone(subject("never"));
        }
    }

    @Test
    void sessionThatWasRefused_isNotWaitedFor() throws Exception {
        try (FakeMail small =
                        FakeMail.builder()
                                .limits(SmtpLimits.defaults().withSessionsPerClient(1))
                                .start();
                Socket first = new Socket(small.host(), small.port())) {
            assertEquals("250 2.0.0 OK", SmtpDialogue.say(first, "NOOP"));
            try (Socket second = new Socket(small.host(), small.port())) {
                assertTrue(SmtpDialogue.say(second).startsWith("421 "));
            }
            small.assertNone(any());
        }
    }

    @Test
    void matchers_tellMessagesApart() throws Exception {
        send("Welcome, Ann", "hello there");
        Received received = mail.await(any());
        assertTrue(to("*@example.org").matches(received));
        assertTrue(to("ANN@example.org").matches(received));
        assertFalse(to("ann@example.com").matches(received));
        assertTrue(MailMatcher.from("app@*").or(MailMatcher.from("x@*")).matches(received));
        assertTrue(body("hello").and(header("Subject", "Ann")).matches(received));
        assertFalse(body("hello").negate().matches(received));
        assertFalse(attachment("*").matches(received));
    }

    @Test
    void matcherThatCanNeverMatch_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> to("ann"));
        assertThrows(IllegalArgumentException.class, () -> to("a b@example.org"));
        assertThrows(IllegalArgumentException.class, () -> header("Subject:", "x"));
        assertThrows(IllegalArgumentException.class, () -> subject(""));
    }

    @Test
    void takenPort_isNamed() {
        UncheckedIOException e =
                assertThrows(
                        UncheckedIOException.class,
                        () -> FakeMail.builder().port(mail.port()).start());
        assertTrue(
                String.valueOf(e.getMessage()).contains("on port " + mail.port()), e.getMessage());
    }

    @Test
    void closedServer_saysWhatToDo() {
        FakeMail ended = FakeMail.start();
        ended.close();
        ended.close();
        IllegalStateException e = assertThrows(IllegalStateException.class, ended::smtpProperties);
        assertTrue(String.valueOf(e.getMessage()).contains("is closed"), e.getMessage());
        assertThrows(IllegalStateException.class, () -> ended.await(any()));
    }

    @Test
    void tls_isVerifiedByTheClient() throws Exception {
        for (FakeMail secure :
                List.of(
                        FakeMail.builder().tls().start(),
                        FakeMail.builder().implicitTls().start())) {
            try (secure) {
                Transport.send(message(secure, "secret", "x"));
                Received received = secure.await(subject("secret"));
                assertTrue(received.tls().isPresent());
                assertTrue(secure.caPem().startsWith("-----BEGIN CERTIFICATE-----"));
                assertEquals(1, secure.trustStore().size());
            }
        }
    }

    @Test
    void users_logIn_andNoPasswordIsInTheTranscript() throws Exception {
        try (FakeMail guarded = FakeMail.builder().tls().user("ann", "s3cret-word").start()) {
            Transport.send(message(guarded, "hi", "x"));
            Received received = guarded.await(any());
            assertEquals("ann", received.user().orElseThrow().name());
            String said = String.join("\n", received.transcript());
            assertTrue(said.contains("C: AUTH "), said);
            assertFalse(said.contains("s3cret"), said);
            assertFalse(
                    said.contains(
                            java.util.Base64.getEncoder()
                                    .encodeToString(
                                            "\0ann\0s3cret-word"
                                                    .getBytes(StandardCharsets.US_ASCII))),
                    said);
        }
    }

    @Test
    void wrongPassword_isRefused_unlessAnyIsTaken() throws Exception {
        try (FakeMail guarded = FakeMail.builder().user("ann", "right").start()) {
            MimeMessage message = message(guarded, "hi", "x");
            Session stranger = Session.getInstance(guarded.smtpProperties());
            assertThrows(
                    AuthenticationFailedException.class,
                    () -> {
                        try (Transport transport = stranger.getTransport()) {
                            transport.connect("ann", "wrong");
                            transport.sendMessage(message, message.getAllRecipients());
                        }
                    });
            assertEquals(List.of(), guarded.received());
        }
        try (FakeMail open = FakeMail.builder().anyUser().start()) {
            MimeMessage message = message(open, "hi", "x");
            Transport.send(message, "whoever", "whatever");
            assertEquals("whoever", open.await(any()).user().orElseThrow().name());
        }
    }
}
