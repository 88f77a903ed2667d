package io.embedmta.testing;

import static io.embedmta.testing.MailMatcher.any;
import static io.embedmta.testing.MailMatcher.body;
import static io.embedmta.testing.MailMatcher.subject;
import static io.embedmta.testing.MailMatcher.to;
import static io.embedmta.testing.Stage.data;
import static io.embedmta.testing.Stage.rcpt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Days of a relay's life, in the time of a test. */
@Timeout(60)
class FakeRelayTest {
    private static final Content LETTER = Content.of("Subject: letter\r\n\r\nhello\r\n");

    private static FakeRelay start() {
        return FakeMail.builder()
                .withRelay("relay.example.org")
                .exchanger("mx1.example.net", 10, "example.net")
                .exchanger("mx2.example.net", 20, "example.net")
                .exchanger("mx.example.org", 10, "example.org")
                .start();
    }

    private static Envelope fromApp(String... recipients) {
        return Envelope.from("app@example.org").to(recipients);
    }

    @Test
    void primaryDownForADay_backupGreylists_oneRecipientBounces_I2_I10() throws Exception {
        try (FakeRelay relay = start()) {
            relay.down("mx1.example.net");
            FakeMail backup = relay.exchanger("mx2.example.net");
            backup.on(rcpt("ann@*")).times(1).reply(451, "4.7.1", "greylisted");
            backup.on(rcpt("gone@*")).reply(550, "5.1.1", "no such user");

            MimeMessage message = new MimeMessage(Session.getInstance(relay.smtpProperties()));
            message.setFrom(new InternetAddress("app@example.org"));
            message.setRecipients(Message.RecipientType.TO, "ann@example.net, gone@example.net");
            message.setSubject("letter");
            message.setText("hello");
            Transport.send(message);

            relay.settle();
            backup.assertNone(any());
            Received bounce = relay.exchanger("mx.example.org").await(to("app@example.org"));
            assertEquals("", bounce.sender());
            assertTrue(body("gone@example.net").matches(bounce), bounce.text());

            relay.advance(Duration.ofDays(1));
            Received arrived = backup.await(subject("letter"));
            assertEquals("[ann@example.net]", arrived.recipients().toString());
            assertTrue(
                    arrived.at().isBefore(Instant.parse("2026-01-01T01:00:00Z")),
                    arrived.at().toString());
            assertEquals(0, relay.mta().queueSize());

            relay.up("mx1.example.net");
            relay.mta().submit(fromApp("ann@example.net"), LETTER);
            relay.settle();
            relay.exchanger("mx1.example.net").await(to("ann@example.net"));
        }
    }

    @Test
    void allDownForFiveDays_warnsOnce_thenBounces_I2_I10() {
        try (FakeRelay relay = start()) {
            relay.down("mx1.example.net");
            relay.down("mx2.example.net");
            relay.mta().submit(fromApp("ann@example.net"), LETTER);
            FakeMail home = relay.exchanger("mx.example.org");

            relay.advance(Duration.ofDays(1));
            assertEquals(1, home.received().size(), "a warning");
            assertEquals(1, relay.mta().queueSize());

            relay.advance(Duration.ofDays(5));
            assertEquals(2, home.received().size(), "and a bounce");
            Received bounce = home.received().get(1);
            assertTrue(bounce.at().isAfter(Instant.parse("2026-01-05T23:00:00Z")));
            assertTrue(
                    new String(bounce.raw(), java.nio.charset.StandardCharsets.UTF_8)
                            .contains("Action: failed"));
            assertEquals(0, relay.mta().queueSize());
        }
    }

    @Test
    void serverThatGoesDown_cutsConnectionsThatWereKept() {
        try (FakeRelay relay = start()) {
            relay.mta().submit(fromApp("ann@example.net"), LETTER);
            relay.settle();
            relay.down("mx1.example.net");
            relay.mta().submit(fromApp("ann@example.net"), LETTER);
            relay.settle();
            assertEquals(1, relay.exchanger("mx1.example.net").received().size());
            assertEquals(1, relay.exchanger("mx2.example.net").received().size());
        }
    }

    @Test
    void domainWithoutAnExchanger_bouncesAtOnce() {
        try (FakeRelay relay = start()) {
            relay.mta().submit(fromApp("ann@nowhere.example"), LETTER);
            relay.settle();
            relay.exchanger("mx.example.org").await(to("app@example.org"));
        }
    }

    @Test
    void stalledExchanger_isNamedAsTheReason() {
        try (FakeRelay relay =
                FakeMail.builder()
                        .timeout(Duration.ofMillis(100))
                        .withRelay("relay.example.org")
                        .exchanger("mx.example.net", 10, "example.net")
                        .start()) {
            relay.exchanger("mx.example.net").on(data()).stall();
            relay.mta().submit(fromApp("ann@example.net"), LETTER);
            AssertionError e =
                    assertThrows(
                            AssertionError.class,
                            () -> {
                                while (true) {
                                    relay.settle();
                                }
                            });
            assertTrue(String.valueOf(e.getMessage()).contains("stall"), e.getMessage());
        }
    }

    @Test
    void unusedRule_isToldWithItsExchanger() {
        FakeRelay relay = start();
        relay.exchanger("mx1.example.net").on(rcpt()).reply(550, "5.1.1", "no");
        AssertionError e = assertThrows(AssertionError.class, relay::close);
        assertTrue(
                String.valueOf(e.getMessage()).startsWith("mx1.example.net: on(rcpt())"),
                e.getMessage());
    }

    @Test
    void unknownExchanger_isToldWhichThereAre() {
        try (FakeRelay relay = start()) {
            IllegalArgumentException e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> relay.exchanger("mx9.example.net"));
            assertTrue(String.valueOf(e.getMessage()).contains("mx2.example.net"), e.getMessage());
        }
    }
}
