package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Accepted;
import io.embedmta.event.Attempted;
import io.embedmta.event.Bounced;
import io.embedmta.event.Deferred;
import io.embedmta.event.Discarded;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.queue.QueuedMail;
import io.embedmta.queue.QueuedRecipient;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.queue.Selection;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of mail when an operator takes a hand in its queue. */
@Timeout(60)
class OperatorTest {
    private static final Content MESSAGE = Content.of("Subject: hi\r\n\r\nhello\r\n");

    private final ManualClock clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));
    private final Inbox inbox = new Inbox();
    private final MemoryQueue queue = MemoryQueue.create();

    private MtaBuilder builder() {
        return Mta.builder("own.example")
                .queue(queue)
                .resolver(StaticResolver.builder().fails("dead.example", "SERVFAIL").build())
                .store("x.example", inbox)
                .store("other.example", mail -> {})
                .clock(clock)
                .retry(RetrySchedule.defaults().withJitter(0))
                .shutdownGrace(Duration.ofSeconds(1));
    }

    private static void makeARound(Mta mta) throws Exception {
        mta.submit(Envelope.from("").to("b@other.example"), MESSAGE)
                .completion()
                .get(30, TimeUnit.SECONDS);
    }

    private List<QueuedRecipient> recipients(QueueId id) throws Exception {
        List<QueuedMail> mails = new ArrayList<>();
        queue.list(Selection.id(id), mails::add);
        return mails.isEmpty() ? List.of() : mails.get(0).recipients();
    }

    @Test
    void bounce_ofDeferredMail_endsItAndTellsTheSender_I2() throws Exception {
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            Submission sent =
                    mta.submit(Envelope.from("a@x.example").to("b@dead.example"), MESSAGE);
            Deferred deferred = events.next(Deferred.class);
            QueuedRecipient waiting = recipients(sent.queueId()).get(0);
            assertEquals(deferred.reply(), waiting.lastReply().orElseThrow());
            assertEquals(deferred.nextAttempt(), waiting.nextAttempt().orElseThrow());
            assertEquals(1, queue.bounce(Selection.destination("dead.example")));

            Outcome outcome = sent.completion().get(30, TimeUnit.SECONDS).outcomes().get(0);
            assertEquals(Outcome.Status.BOUNCED, outcome.status());
            assertEquals("554 5.3.0 Given up by the operator", outcome.reply().toString());
            assertEquals(outcome.reply(), events.next(Bounced.class).reply());
            String notice = inbox.next().text();
            assertTrue(notice.contains("\r\nAction: failed\r\nStatus: 5.3.0\r\n"), notice);
            assertTrue(notice.contains("Given up by the operator"), notice);
            makeARound(mta);
            assertEquals(0, inbox.size(), "one notice");
            assertEquals(List.of(), recipients(sent.queueId()));
            assertEquals(
                    1,
                    events.all(Attempted.class).stream()
                            .filter(event -> event.queueId().equals(sent.queueId()))
                            .count(),
                    "no attempt is made to carry out the order");
        }
    }

    @Test
    void bounce_ofMailWhoseSenderWantsNoNotice_isSilent_I4() throws Exception {
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            Submission nobody = mta.submit(Envelope.from("").to("b@dead.example"), MESSAGE);
            Recipient never = Recipient.of(MailAddress.of("c@dead.example")).withNotify(Set.of());
            Submission unwanted = mta.submit(Envelope.from("a@x.example").to(never), MESSAGE);
            events.next(Deferred.class);
            events.next(Deferred.class);
            assertEquals(2, queue.bounce(Selection.all()));
            assertFalse(nobody.completion().get(30, TimeUnit.SECONDS).isSuccess());
            assertFalse(unwanted.completion().get(30, TimeUnit.SECONDS).isSuccess());
            makeARound(mta);
            assertTrue(
                    events.all(Accepted.class).stream()
                            .flatMap(event -> event.envelope().recipients().stream())
                            .noneMatch(to -> to.toString().equals("a@x.example")),
                    "no notice");
            assertEquals(0, inbox.size());
        }
    }

    @Test
    void remove_ofDeferredMail_endsItWithoutAWord() throws Exception {
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            Submission sent =
                    mta.submit(Envelope.from("a@x.example").to("b@dead.example"), MESSAGE);
            events.next(Deferred.class);
            assertEquals(1, queue.remove(Selection.id(sent.queueId())));

            Outcome outcome = sent.completion().get(30, TimeUnit.SECONDS).outcomes().get(0);
            assertEquals(Outcome.Status.DISCARDED, outcome.status());
            assertEquals("250 2.0.0 Removed by the operator", outcome.reply().toString());
            assertEquals(outcome.reply(), events.next(Discarded.class).reply());
            makeARound(mta);
            assertEquals(0, inbox.size());
            assertEquals(0, mta.queueSize());
        }
    }

    @Test
    void hold_ofDeferredMail_letsNoAttemptBeMadeUntilReleased() throws Exception {
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            Submission sent = mta.submit(Envelope.from("").to("b@dead.example"), MESSAGE);
            events.next(Deferred.class);
            assertEquals(1, queue.hold(Selection.all()));
            clock.advance(Duration.ofHours(1));
            makeARound(mta);
            QueuedRecipient held = recipients(sent.queueId()).get(0);
            assertEquals(QueuedRecipient.State.HELD, held.state());
            assertEquals(1, held.attempts());
            assertEquals(1, queue.release(Selection.all()));

            assertEquals(2, events.next(Deferred.class).attempts());
        }
    }

    @Test
    void retry_ofDeferredMail_isTriedAtOnce() throws Exception {
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("").to("b@dead.example"), MESSAGE);
            events.next(Deferred.class);
            assertEquals(1, queue.retry(Selection.all(), clock.instant()));
            assertEquals(2, events.next(Deferred.class).attempts());
        }
    }

    @Test
    void order_duringAnAttemptThatSucceeds_comesTooLate_I2() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Mta mta =
                builder()
                        .store(
                                "slow.example",
                                mail -> {
                                    reached.countDown();
                                    goOn.await(30, TimeUnit.SECONDS);
                                })
                        .start()) {
            Submission sent =
                    mta.submit(Envelope.from("a@x.example").to("b@slow.example"), MESSAGE);
            assertTrue(reached.await(30, TimeUnit.SECONDS));
            assertEquals(1, queue.bounce(Selection.id(sent.queueId())));
            goOn.countDown();
            assertTrue(sent.completion().get(30, TimeUnit.SECONDS).isSuccess());
            makeARound(mta);
            assertEquals(0, inbox.size(), "no notice");
            assertEquals(0, mta.queueSize());
        }
    }
}
