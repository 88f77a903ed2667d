package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Delivered;
import io.embedmta.internal.delivery.FinalOutcome;
import io.embedmta.internal.intake.Submitter.Submitted;
import io.embedmta.internal.runtime.Observers;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.queue.MemoryLimits;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.Route;
import io.embedmta.smtp.Reply;
import io.embedmta.testing.ManualClock;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the application that submits a message learns of it. */
@Timeout(60)
class SubmissionTest {
    private static final Content MESSAGE = Content.of("Subject: hi\r\n\r\nhello\r\n");

    private final Inbox inbox = new Inbox();
    private final ManualClock clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));

    private MtaBuilder builder() {
        return Mta.builder("own.example")
                .store("x.example", inbox)
                .store(
                        "full.example",
                        new RetryTest.ResultStore(DeliveryResult.failed("5.2.2", "full")))
                .store(
                        "busy.example",
                        new RetryTest.ResultStore(DeliveryResult.deferred("4.2.0", "busy")))
                .route("void.example", Route.discard())
                .route("no.example", new Route.Refused(Reply.of(550, "5.1.1", "nobody")))
                .resolver(StaticResolver.builder().build())
                .clock(clock)
                .retry(RetrySchedule.defaults().withExpireAfter(Duration.ofMinutes(5)))
                .shutdownGrace(Duration.ofSeconds(1));
    }

    private static Outcome.Status status(Submission sent, String recipient) throws Exception {
        return sent.outcome(recipient).get(30, TimeUnit.SECONDS).status();
    }

    @Test
    void outcomes_ofAllKinds_areToldForEachRecipient_I2() throws Exception {
        try (FakeExchanger next = FakeExchanger.start();
                Mta mta = builder().route(Route.smartHost("[127.0.0.1]", next.port())).start()) {
            Submission sent =
                    mta.submit(
                            Envelope.from("")
                                    .to(
                                            "a@x.example",
                                            "a@far.example",
                                            "a@void.example",
                                            "a@full.example",
                                            "a@busy.example",
                                            "a@no.example",
                                            "a@x.example"),
                            MESSAGE);
            assertEquals(Outcome.Status.DELIVERED, status(sent, "a@x.example"));
            assertEquals(Outcome.Status.RELAYED, status(sent, "a@far.example"));
            assertEquals(Outcome.Status.DISCARDED, status(sent, "a@void.example"));
            assertEquals(Outcome.Status.BOUNCED, status(sent, "a@full.example"));
            assertEquals(Outcome.Status.REJECTED, status(sent, "a@no.example"));
            assertFalse(sent.completion().isDone());
            clock.advance(Duration.ofMinutes(6));
            assertEquals(Outcome.Status.EXPIRED, status(sent, "a@busy.example"));
            SubmissionReport report = sent.completion().get(30, TimeUnit.SECONDS);
            assertEquals(6, report.outcomes().size(), "each recipient once, in order");
            assertEquals("a@x.example", report.outcomes().get(0).recipient().toString());
            assertFalse(report.isSuccess());
            assertEquals(0, mta.queueSize());
        }
    }

    @Test
    void outcome_ofAnAlias_isTheFirstFailureAmongItsTargets() throws Exception {
        try (Mta mta =
                builder()
                        .alias("both@x.example", "a@x.example", "a@full.example")
                        .alias("all@x.example", "a@x.example", "b@x.example")
                        .start()) {
            Submission sent =
                    mta.submit(Envelope.from("").to("both@x.example", "all@x.example"), MESSAGE);
            Outcome outcome = sent.outcome("both@x.example").get(30, TimeUnit.SECONDS);
            assertEquals(Outcome.Status.BOUNCED, outcome.status());
            assertEquals("both@x.example", outcome.recipient().toString());
            assertEquals(Outcome.Status.DELIVERED, status(sent, "all@x.example"));
        }
    }

    @Test
    void submission_withoutAnyRecipientTaken_isRefused() {
        try (Mta mta = builder().start()) {
            SubmissionRefusedException refused =
                    assertThrows(
                            SubmissionRefusedException.class,
                            () -> mta.submit(Envelope.from("").to("a@no.example"), MESSAGE));
            assertEquals("550 5.1.1 nobody", refused.reply().toString());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> mta.submit(Envelope.from("a@x.example"), MESSAGE));
        }
    }

    @Test
    void submission_toAll_isForEachRecipientOrForNone() throws Exception {
        Set<MailAddress> nobody = Set.of(MailAddress.of("a@no.example"));
        try (Mta mta = builder().start()) {
            Envelope envelope = Envelope.from("").to("a@x.example", "a@no.example");
            SubmissionRefusedException refused =
                    assertThrows(
                            SubmissionRefusedException.class,
                            () ->
                                    mta.submitToAll(
                                            envelope,
                                            out -> {
                                                throw new IOException("not asked for");
                                            }));
            assertEquals("550 5.1.1 nobody", refused.reply().toString());
            assertEquals(nobody, refused.refusedRecipients().keySet());
            assertEquals(0, mta.queueSize());

            assertEquals(nobody, mta.submit(envelope, MESSAGE).refusedRecipients().keySet());
            Submission all = mta.submitToAll(Envelope.from("").to("b@x.example"), MESSAGE);
            assertTrue(all.completion().get(30, TimeUnit.SECONDS).isSuccess());
            assertEquals(Map.of(), all.refusedRecipients());
        }
    }

    @Test
    void outcome_ofAnotherRecipient_isAMistake() {
        try (Mta mta = builder().start()) {
            Submission sent = mta.submit(Envelope.from("").to("a@x.example"), MESSAGE);
            assertThrows(IllegalArgumentException.class, () -> sent.outcome("b@x.example"));
        }
    }

    @Test
    void future_cancelledByItsHolder_isStillToldToOthers() throws Exception {
        try (Mta mta = builder().start()) {
            Submission sent = mta.submit(Envelope.from("").to("a@busy.example"), MESSAGE);
            sent.outcome("a@busy.example").cancel(true);
            sent.completion().complete(new SubmissionReport(sent.queueId(), List.of()));
            clock.advance(Duration.ofMinutes(6));
            assertEquals(Outcome.Status.EXPIRED, status(sent, "a@busy.example"));
            assertEquals(1, sent.completion().get(30, TimeUnit.SECONDS).outcomes().size());
        }
    }

    @Test
    void futures_askedForAfterTheEnd_areDone() throws Exception {
        try (Mta mta = builder().start()) {
            Submission sent = mta.submit(Envelope.from("").to("a@x.example"), MESSAGE);
            sent.completion().get(30, TimeUnit.SECONDS);
            assertTrue(sent.outcome("a@x.example").isDone());
            assertTrue(sent.completion().isDone());
        }
    }

    @Test
    void futures_ofWhatIsOpenAtTheEnd_failSayingSo() {
        Mta mta = builder().start();
        CompletableFuture<Outcome> outcome;
        try (mta) {
            outcome =
                    mta.submit(Envelope.from("").to("a@busy.example"), MESSAGE)
                            .outcome("a@busy.example");
        }
        ExecutionException failed = assertThrows(ExecutionException.class, outcome::get);
        String said = String.valueOf(failed.getMessage());
        assertTrue(said.contains("closed before"), said);
        assertThrows(
                IllegalStateException.class,
                () -> mta.submit(Envelope.from("").to("a@x.example"), MESSAGE));
    }

    /** Those of an engine that has no thread to tell them on. */
    private static Observers observers() {
        return new Observers((name, task) -> {});
    }

    @Test
    void submission_thatComesInWhileTheAgentCloses_failsItsFutures() {
        MailAddress to = MailAddress.of("a@x.example");
        QueueId id = QueueId.next(clock.instant(), new Random(1));
        Submissions submissions = new Submissions(observers());
        submissions.expect(id);
        submissions.close();
        Submission late =
                new Submission(new Submitted(id, Map.of(to, List.of(to)), Map.of()), List.of(to));
        submissions.add(late);
        assertTrue(late.completion().isCompletedExceptionally());
    }

    @Test
    void outcome_thatComesBeforeTheSubmissionReturns_isNotLost() throws Exception {
        MailAddress to = MailAddress.of("a@x.example");
        QueueId id = QueueId.next(clock.instant(), new Random(1));
        Submissions submissions = new Submissions(observers());
        submissions.expect(id);
        submissions.ended(new FinalOutcome(id, to, DeliveryResult.delivered(), false));
        Submission sent =
                new Submission(new Submitted(id, Map.of(to, List.of(to)), Map.of()), List.of(to));
        submissions.add(sent);
        assertEquals(Outcome.Status.DELIVERED, status(sent, "a@x.example"));
    }

    @Test
    void observers_slowOrThrowing_delayNoDelivery_I8() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (Mta mta = builder().start()) {
            mta.on(
                    Delivered.class,
                    event -> {
                        throw new IllegalStateException("hostile");
                    });
            mta.on(
                    Delivered.class,
                    event -> {
                        try {
                            goOn.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
            Submission last = mta.submit(Envelope.from("").to("a@x.example"), MESSAGE);
            for (int i = 1; i < 50; i++) {
                last = mta.submit(Envelope.from("").to("a@x.example"), MESSAGE);
            }
            for (int i = 0; i < 50; i++) {
                inbox.next();
            }
            goOn.countDown();
            assertTrue(last.completion().get(30, TimeUnit.SECONDS).isSuccess());
        }
    }

    @Test
    void lineEnds_ofTheApplication_becomeCrlf_I7() throws Exception {
        try (Mta mta = builder().start()) {
            mta.submit(
                    Envelope.from("").to("a@x.example"),
                    Content.of("Subject: a\n\none\rtwo\r\nthree\n"));
            String text = inbox.next().text();
            assertTrue(text.endsWith("Subject: a\r\n\r\none\r\ntwo\r\nthree\r\n"), text);
        }
    }

    /** Jakarta Mail writes the body of a message that it has parsed as it came. */
    @Test
    void mimeMessage_withBareLineEnds_isSentWithCrlf_I7() throws Exception {
        byte[] source =
                "From: a@x\nSubject: s\n folded\n\none\rtwo\n\r\nthree\r\n\r\rfour\n.\n\r"
                        .getBytes(StandardCharsets.US_ASCII);
        MimeMessage message =
                new MimeMessage(
                        Session.getInstance(new Properties()), new ByteArrayInputStream(source));
        try (Mta mta = builder().start()) {
            mta.submit(Envelope.from("").to("a@x.example"), Content.of(message));
            String text = inbox.next().text();
            assertTrue(
                    text.endsWith("\r\n\r\none\r\ntwo\r\n\r\nthree\r\n\r\n\r\nfour\r\n.\r\n\r\n"),
                    text);
            assertEquals("", text.replace("\r\n", "").replaceAll("[^\r\n]", ""));
        }
    }

    @Test
    void mimeMessage_isSentWithoutItsBccField() throws Exception {
        MimeMessage message = new MimeMessage(Session.getInstance(new Properties()));
        message.setFrom(new InternetAddress("a@x.example"));
        message.setRecipients(Message.RecipientType.TO, "b@x.example");
        message.setRecipients(Message.RecipientType.BCC, "secret@x.example");
        message.setSubject("hi");
        message.setText("hello");
        message.saveChanges();
        try (Mta mta = builder().start()) {
            mta.submit(
                    Envelope.from("a@x.example").to("b@x.example", "secret@x.example"),
                    Content.of(message));
            String text = inbox.next().text();
            assertFalse(text.contains("secret"), text);
            assertTrue(text.contains("\r\nSubject: hi\r\n"), text);
        }
    }

    @Test
    void content_thatCannotBeRead_isRefusedForNow_I8() {
        Content broken =
                new Content() {
                    @Override
                    public long size() {
                        return 10;
                    }

                    @Override
                    public InputStream open() throws IOException {
                        throw new IOException("hostile");
                    }
                };
        try (Mta mta = builder().start()) {
            SubmissionRefusedException refused =
                    assertThrows(
                            SubmissionRefusedException.class,
                            () -> mta.submit(Envelope.from("").to("a@x.example"), broken));
            assertTrue(refused.reply().isTransient());
            assertEquals(0, mta.queueSize());
        }
    }

    @Test
    void queue_thatIsFull_refusesForNow() {
        try (Mta mta =
                builder()
                        .queue(MemoryQueue.create(MemoryLimits.defaults().withMaxMessages(1)))
                        .start()) {
            mta.submit(Envelope.from("").to("a@busy.example"), MESSAGE);
            SubmissionRefusedException refused =
                    assertThrows(
                            SubmissionRefusedException.class,
                            () -> mta.submit(Envelope.from("").to("a@x.example"), MESSAGE));
            assertInstanceOf(IOException.class, refused.getCause());
            assertEquals("4.3.1", refused.reply().status().toString());
        }
    }
}
