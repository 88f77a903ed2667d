package io.embedmta.testing;

import static io.embedmta.testing.MailMatcher.any;
import static io.embedmta.testing.Stage.accepted;
import static io.embedmta.testing.Stage.banner;
import static io.embedmta.testing.Stage.connect;
import static io.embedmta.testing.Stage.data;
import static io.embedmta.testing.Stage.ehlo;
import static io.embedmta.testing.Stage.endOfData;
import static io.embedmta.testing.Stage.quit;
import static io.embedmta.testing.Stage.rcpt;
import static io.embedmta.testing.Stage.starttls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.SubmissionRefusedException;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each fault, as Jakarta Mail meets it. */
@Timeout(60)
class FaultTest {
    private static final String TIMEOUT = "300";

    private static void send(FakeMail mail, String... recipients) throws MessagingException {
        Properties properties = mail.smtpProperties();
        properties.put("mail.smtp.timeout", TIMEOUT);
        MimeMessage message = new MimeMessage(Session.getInstance(properties));
        message.setFrom(new InternetAddress("app@example.org"));
        for (String recipient :
                recipients.length == 0 ? new String[] {"b@y.example"} : recipients) {
            message.addRecipients(Message.RecipientType.TO, recipient);
        }
        message.setSubject("hi");
        message.setText("x".repeat(3_000));
        Transport.send(message);
    }

    private static <T extends Throwable> T sendFails(FakeMail mail, Class<T> cause) {
        MessagingException e = assertThrows(MessagingException.class, () -> send(mail));
        Throwable found = e;
        while (!cause.isInstance(found)) {
            Throwable next = found.getCause();
            if (next == null && found instanceof MessagingException messaging) {
                next = messaging.getNextException();
            }
            if (next == null) {
                throw new AssertionError("Not because of " + cause, e);
            }
            found = next;
        }
        return cause.cast(found);
    }

    @Test
    void reply_ofARecipient_isSaidAsOftenAsWanted() throws Exception {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(rcpt("bob@*")).times(2).reply(451, "4.3.0", "later");
            for (int i = 0; i < 2; i++) {
                SendFailedException e =
                        assertThrows(
                                SendFailedException.class,
                                () -> send(mail, "ann@example.org", "bob@example.org"));
                assertEquals("bob@example.org", e.getValidUnsentAddresses()[1].toString());
            }
            send(mail, "ann@example.org", "bob@example.org");
            assertEquals(
                    List.of("ann@example.org", "bob@example.org"), mail.await(any()).recipients());
        }
    }

    @Test
    void refusal_ofTheMessage_leavesNothing() {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(endOfData()).reply(554, "5.6.0", "no such content");
            assertThrows(MessagingException.class, () -> send(mail));
            mail.assertNone(any());
        }
    }

    @Test
    void success_inOtherWords_isASuccess() throws Exception {
        try (FakeMail mail = FakeMail.start();
                Socket client = new Socket(mail.host(), mail.port())) {
            mail.on(endOfData()).reply(250, "2.0.0", "queued as 42");
            String reply =
                    SmtpDialogue.say(
                            client,
                            "EHLO x",
                            "MAIL FROM:<>",
                            "RCPT TO:<b@y.example>",
                            "DATA",
                            "Subject: x\r\n\r\nx\r\n.");
            assertEquals("250 2.0.0 queued as 42", reply);
            assertEquals(1, mail.received().size());
        }
    }

    @Test
    void busyServer_refusesTheConnection() {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(connect()).times(1).reply(421, "4.3.2", "busy");
            MessagingException e = assertThrows(MessagingException.class, () -> send(mail));
            assertTrue(String.valueOf(e.getMessage()).contains("421"), e.getMessage());
        }
    }

    @Test
    void banner_isWhatTheRuleSays() throws Exception {
        try (FakeMail mail = FakeMail.start();
                Socket client = talkTo(mail, banner())) {
            assertEquals("220 2.0.0 hello from a test", SmtpDialogue.say(client));
        }
    }

    private static Socket talkTo(FakeMail mail, Stage stage) throws IOException {
        mail.on(stage).reply(220, "2.0.0", "hello from a test");
        return new Socket(mail.host(), mail.port());
    }

    @Test
    void stall_isEndedByTheClient() {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(data()).stall();
            sendFails(mail, SocketTimeoutException.class);
            mail.assertNone(any());
        }
    }

    @Test
    void stall_isEndedByTheClose_I9() throws Exception {
        FakeMail mail = FakeMail.start();
        FaultRule rule = mail.on(ehlo()).stall();
        try (Socket client = new Socket(mail.host(), mail.port())) {
            client.getOutputStream().write("EHLO x\r\n".getBytes(StandardCharsets.US_ASCII));
            while (rule.uses() == 0) {
                Thread.onSpinWait();
            }
            long begun = System.nanoTime();
            mail.close();
            assertTrue(System.nanoTime() - begun < Duration.ofSeconds(5).toNanos());
        }
    }

    @Test
    void delay_isWaitedFor() throws Exception {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(rcpt()).delay(Duration.ofMillis(100));
            long begun = System.nanoTime();
            send(mail);
            assertTrue(System.nanoTime() - begun >= Duration.ofMillis(100).toNanos());
        }
    }

    @Test
    void close_andReset_loseTheConnection() {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(data()).times(1).close();
            mail.on(data()).times(1).reset();
            assertThrows(MessagingException.class, () -> send(mail));
            assertThrows(MessagingException.class, () -> send(mail));
            mail.assertNone(any());
        }
    }

    @Test
    void reset_isAReset() throws Exception {
        try (FakeMail mail = FakeMail.start();
                Socket client = new Socket(mail.host(), mail.port())) {
            mail.on(ehlo()).reset();
            assertThrows(SocketException.class, () -> SmtpDialogue.say(client, "EHLO x"));
        }
    }

    @Test
    void connectionLostAfterAcceptance_makesADuplicate() throws Exception {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(accepted()).times(1).close();
            assertThrows(MessagingException.class, () -> send(mail));
            send(mail);
            assertEquals(2, mail.awaitCount(2, any()).size());
        }
    }

    @Test
    void closeAfter_cutsTheMessage() {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(data()).closeAfter(500);
            assertThrows(MessagingException.class, () -> send(mail));
            mail.assertNone(any());
        }
    }

    @Test
    void throttle_makesTheMessageTakeItsTime() throws Exception {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(data()).throttle(20_000);
            long begun = System.nanoTime();
            send(mail);
            // Some 3,000 octets.
            assertTrue(System.nanoTime() - begun >= Duration.ofMillis(100).toNanos());
        }
    }

    @Test
    void garbage_isNoReply() {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(rcpt()).garbage();
            assertThrows(MessagingException.class, () -> send(mail));
        }
    }

    @Test
    void endlessReply_goesOnUntilTheClientIsGone() throws Exception {
        try (FakeMail mail = FakeMail.start();
                Socket client = new Socket(mail.host(), mail.port())) {
            mail.on(ehlo()).endless(250);
            client.setSoTimeout(10_000);
            client.getOutputStream().write("EHLO x\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] some = client.getInputStream().readNBytes(200);
            assertTrue(
                    new String(some, StandardCharsets.US_ASCII)
                            .contains("250-and so on\r\n250-and so on"));
        }
    }

    @Test
    void strippedStarttls_isNoticedByTheClient() {
        try (FakeMail mail = FakeMail.builder().tls().start()) {
            mail.on(ehlo()).without("STARTTLS");
            MessagingException e = assertThrows(MessagingException.class, () -> send(mail));
            assertTrue(String.valueOf(e.getMessage()).contains("STARTTLS"), e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EXPIRED, NotAfter",
        "WRONG_NAME, No subject alternative",
        "UNTRUSTED, unable to find valid certification path"
    })
    void badCertificate_isFoundOutForItsOneFault(BadCertificate kind, String why) throws Exception {
        try (FakeMail mail = FakeMail.builder().tls().start()) {
            mail.on(starttls()).times(1).badCertificate(kind);
            StringWriter trace = new StringWriter();
            sendFails(mail, SSLException.class).printStackTrace(new PrintWriter(trace));
            assertTrue(trace.toString().contains(why), trace.toString());
            mail.assertNone(any());
            send(mail);
        }
    }

    @Test
    void badCertificate_isShownOverImplicitTlsToo() {
        try (FakeMail mail = FakeMail.builder().implicitTls().start()) {
            mail.on(connect()).badCertificate(BadCertificate.UNTRUSTED);
            assertThrows(MessagingException.class, () -> send(mail));
        }
    }

    @Test
    void tooMany_areAnsweredWith421_untilTheClockHasMovedOn_I10() throws Exception {
        ManualClock clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));
        try (FakeMail mail = FakeMail.builder().clock(clock).start()) {
            mail.on(rcpt()).above(2, Duration.ofMinutes(1)).tooMany();
            send(mail);
            send(mail);
            assertThrows(MessagingException.class, () -> send(mail));
            clock.advance(Duration.ofSeconds(30));
            send(mail);
            assertThrows(MessagingException.class, () -> send(mail));
        }
    }

    @Test
    void chance_isTheSameForASeed() {
        assertEquals(fates(7), fates(7));
        assertTrue(fates(7).contains(true) && fates(7).contains(false));
    }

    private static List<Boolean> fates(long seed) {
        List<Boolean> taken = new ArrayList<>();
        try (FakeMail mail = FakeMail.start()) {
            mail.on(rcpt()).withProbability(0.5, seed).reply(451, "4.3.0", "later");
            for (int i = 0; i < 12; i++) {
                try {
                    mail.mta().submit(letter(), Content.of("Subject: x\r\n\r\nx\r\n"));
                    taken.add(true);
                } catch (SubmissionRefusedException e) {
                    taken.add(false);
                }
            }
        }
        return taken;
    }

    private static Envelope letter() {
        return Envelope.from("a@x.example").to("b@y.example");
    }

    @Test
    void submissionWithoutASocket_meetsTheRulesToo() {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(Stage.mail("a@*")).times(1).reply(550, "5.7.1", "not you");
            mail.on(endOfData()).times(1).reply(452, "4.3.1", "full");
            for (String status : List.of("5.7.1", "4.3.1")) {
                SubmissionRefusedException e =
                        assertThrows(
                                SubmissionRefusedException.class,
                                () ->
                                        mail.mta()
                                                .submit(
                                                        letter(),
                                                        Content.of("Subject: x\r\n\r\nx\r\n")));
                assertEquals(status, e.reply().status().toString());
            }
        }
    }

    @Test
    void quit_mayBeLeftUnanswered() throws Exception {
        try (FakeMail mail = FakeMail.start()) {
            mail.on(quit()).close();
            send(mail);
            mail.await(any());
        }
    }

    @Test
    void unusedRule_isAFault_unlessOptional() {
        FakeMail mail = FakeMail.start();
        mail.on(rcpt("nobody@*")).reply(550, "5.1.1", "who?");
        mail.on(ehlo()).optional().stall();
        AssertionError e = assertThrows(AssertionError.class, mail::close);
        String text = String.valueOf(e.getMessage());
        assertTrue(text.contains("on(rcpt(\"nobody@*\")) was never used"), text);
        assertFalse(text.contains("ehlo"), text);
    }

    @Test
    void ruleWithoutAnEffect_isAFault() {
        FakeMail mail = FakeMail.start();
        mail.on(rcpt());
        AssertionError e = assertThrows(AssertionError.class, mail::close);
        assertTrue(String.valueOf(e.getMessage()).contains("what to do"), e.getMessage());
    }

    @Test
    void misuse_isRefusedAtOnce() {
        try (FakeMail mail = FakeMail.start()) {
            FaultRule rule = mail.on(rcpt()).optional();
            assertThrows(IllegalArgumentException.class, () -> rule.times(0));
            assertThrows(IllegalArgumentException.class, () -> rule.withProbability(1.5, 1));
            assertThrows(IllegalArgumentException.class, () -> rule.without("STARTTLS"));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> rule.badCertificate(BadCertificate.EXPIRED));
            assertThrows(IllegalArgumentException.class, () -> rcpt("bob"));
            rule.close();
            assertThrows(IllegalStateException.class, rule::stall);
        }
    }

    @Test
    void badCertificate_ofAServerWithoutTls_isRefusedAtOnce() {
        try (FakeMail mail = FakeMail.start()) {
            FaultRule rule = mail.on(starttls()).optional();
            IllegalStateException e =
                    assertThrows(
                            IllegalStateException.class,
                            () -> rule.badCertificate(BadCertificate.EXPIRED));
            assertTrue(String.valueOf(e.getMessage()).contains("builder().tls()"), e.getMessage());
            rule.close();
        }
    }
}
