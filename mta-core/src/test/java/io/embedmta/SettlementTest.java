package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Accepted;
import io.embedmta.event.Bounced;
import io.embedmta.event.Deferred;
import io.embedmta.event.Delivered;
import io.embedmta.event.Expired;
import io.embedmta.event.MtaEvent;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.queue.NewMail;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.queue.Settlement;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.store.LocalMail;
import io.embedmta.store.MailHandler;
import io.embedmta.store.MailStore;
import io.embedmta.testing.ManualClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of mail when its queue fails. */
@Timeout(60)
class SettlementTest {
    private static final Content MESSAGE = Content.of("Subject: hi\r\n\r\nhello\r\n");

    private final ManualClock clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));
    private final Inbox inbox = new Inbox();

    private MtaBuilder builder(WrappedQueue queue) {
        return Mta.builder("own.example")
                .queue(queue)
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

    private static void failUnchecked(String how) {
        try {
            fail(how);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void fail(String how) throws IOException {
        switch (how) {
            case "error" -> throw new StackOverflowError("hostile");
            case "checked" -> throw new IOException("hostile");
            default -> throw new IllegalStateException("hostile");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"checked", "unchecked", "error"})
    void delivery_thatCannotBeRecorded_isNotRepeatedBeforeItsLeaseEnds_I3(String how)
            throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        CountDownLatch tried = new CountDownLatch(1);
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    void onSettle(List<Settlement> settlements) throws IOException {
                        if (failed.compareAndSet(false, true)) {
                            tried.countDown();
                            fail(how);
                        }
                    }
                };
        try (Mta mta = builder(queue).start()) {
            Submission sent = mta.submit(Envelope.from("").to("b@x.example"), MESSAGE);
            inbox.next();
            assertTrue(tried.await(30, TimeUnit.SECONDS));
            makeARound(mta);
            clock.advance(Duration.ofMinutes(29));
            makeARound(mta);
            assertEquals(0, inbox.size());
            // As long as the thread that failed has not let go of the lease, it is extended.
            for (int i = 0; i < 300 && !inbox.awaitMail(Duration.ofMillis(100)); i++) {
                clock.advance(Duration.ofMinutes(31));
            }
            assertEquals(sent.queueId(), inbox.next().id(), "the same id, so a store can tell");
            assertTrue(sent.completion().get(30, TimeUnit.SECONDS).isSuccess());
        }
    }

    /** Takes mail for good, and refuses bad. */
    private record GoodAndBad() implements MailStore {
        @Override
        public boolean accepts(MailAddress address) {
            return true;
        }

        @Override
        public Map<MailAddress, DeliveryResult> deliver(LocalMail mail) {
            Map<MailAddress, DeliveryResult> results = new HashMap<>();
            mail.envelope()
                    .recipients()
                    .forEach(
                            to ->
                                    results.put(
                                            to.address(),
                                            to.address().localPart().equals("bad")
                                                    ? DeliveryResult.failed("5.2.1", "no")
                                                    : DeliveryResult.delivered()));
            return results;
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"checked", "unchecked", "error"})
    void recipient_whoseSenderCannotBeTold_isNotClosedButTriedAgain_I2(String how)
            throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    void onNotice() throws IOException {
                        if (failed.compareAndSet(false, true)) {
                            fail(how);
                        }
                    }
                };
        try (Mta mta = builder(queue).store("mixed.example", new GoodAndBad()).start()) {
            Events events = Events.of(mta);
            Submission sent =
                    mta.submit(
                            Envelope.from("a@x.example")
                                    .to("bad@mixed.example", "good@mixed.example"),
                            MESSAGE);
            assertTrue(sent.outcome("good@mixed.example").get(30, TimeUnit.SECONDS).isSuccess());
            Deferred deferred = events.next(Deferred.class);
            assertEquals("bad@mixed.example", deferred.recipient().toString());
            assertEquals(0, events.all(Bounced.class).size());
            clock.advanceTo(deferred.nextAttempt());
            assertEquals("bad@mixed.example", events.next(Bounced.class).recipient().toString());
            assertTrue(inbox.next().text().contains("bad@mixed.example"));
            assertEquals(0, inbox.size(), "one notice");
        }
    }

    /** A queue that has lost what it holds of a message, but for as many of its first octets. */
    private static final class LossyQueue extends WrappedQueue {
        private final int left;

        LossyQueue(int left) {
            this.left = left;
        }

        @Override
        Content onRead(Envelope envelope, Content content) throws IOException {
            if (envelope.from().isNull()) {
                return content;
            }
            if (left < 0) {
                throw new IOException("the file is gone");
            }
            return new Content() {
                @Override
                public long size() {
                    return content.size();
                }

                @Override
                public InputStream open() throws IOException {
                    InputStream whole = content.open();
                    return new SequenceInputStream(
                            new ByteArrayInputStream(whole.readNBytes(left)), new BadSector());
                }
            };
        }
    }

    private static final class BadSector extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("a bad sector");
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            return read();
        }
    }

    /** Moves the clock from attempt to attempt until one is final. */
    private void untilExpired(Mta mta) throws Exception {
        Events events = Events.of(mta);
        mta.submit(
                Envelope.from("a@x.example").withReturn(DsnReturn.FULL).to("b@z.example"),
                Content.of("Subject: hi\r\n\r\n" + "line\r\n".repeat(20_000)));
        MtaEvent event = events.next(MtaEvent.class);
        while (!(event instanceof Expired)) {
            if (event instanceof Deferred deferred) {
                clock.advanceTo(deferred.nextAttempt());
            }
            event = events.next(MtaEvent.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 5, 100_000})
    void message_thatCanNeverBeRead_endsInABounceWithoutIt_I2(int left) throws Exception {
        MailHandler reader = mail -> mail.content().writeTo(OutputStream.nullOutputStream());
        try (Mta mta = builder(new LossyQueue(left)).store("z.example", reader).start()) {
            untilExpired(mta);
            String delay = inbox.next().text();
            assertTrue(delay.contains("\r\nAction: delayed\r\n"), delay);
            String bounce = inbox.next().text();
            assertTrue(bounce.contains("\r\nAction: failed\r\n"), bounce);
            assertTrue(bounce.contains("\r\nStatus: 5.4.7\r\n"), bounce);
            assertTrue(bounce.contains("can no longer be read"), bounce);
            assertFalse(bounce.contains("Subject: hi"), bounce);
            assertEquals(0, inbox.size());
        }
    }

    @Test
    void bounce_ofAMessageThatCannotBeReadNow_waitsForIt_I2() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    Content onRead(Envelope envelope, Content content) throws IOException {
                        // First for the delivery, then for its bounce.
                        if (!envelope.from().isNull() && reads.incrementAndGet() == 2) {
                            throw new IOException("too many open files");
                        }
                        return content;
                    }
                };
        try (Mta mta = builder(queue).store("mixed.example", new GoodAndBad()).start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("a@x.example").to("bad@mixed.example"), MESSAGE);
            clock.advanceTo(events.next(Deferred.class).nextAttempt());
            assertTrue(inbox.next().text().contains("\r\nSubject: hi\r\n"));
            assertEquals(4, reads.get());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"checked", "unchecked", "error"})
    void bounce_whoseSettlementFails_isNotThereTwiceInTheEnd_I2(String how) throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        CountDownLatch tried = new CountDownLatch(1);
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    void onSettle(List<Settlement> settlements) throws IOException {
                        if (failed.compareAndSet(false, true)) {
                            tried.countDown();
                            fail(how);
                        }
                    }
                };
        try (Mta mta = builder(queue).store("mixed.example", new GoodAndBad()).start()) {
            Events events = Events.of(mta);
            Submission sent =
                    mta.submit(Envelope.from("a@x.example").to("bad@mixed.example"), MESSAGE);
            assertTrue(tried.await(30, TimeUnit.SECONDS));
            makeARound(mta);
            assertEquals(0, inbox.size(), "what is not settled is not told");
            // As long as the thread that failed has not let go of the lease, it is extended.
            for (int i = 0; i < 300 && !inbox.awaitMail(Duration.ofMillis(100)); i++) {
                clock.advance(Duration.ofMinutes(31));
            }
            assertTrue(inbox.next().text().contains("bad@mixed.example"));
            assertFalse(sent.completion().get(30, TimeUnit.SECONDS).isSuccess());
            makeARound(mta);
            assertEquals(1, events.all(Bounced.class).size());
            assertEquals(
                    1,
                    events.all(Accepted.class).stream()
                            .filter(
                                    e ->
                                            e.envelope()
                                                    .recipients()
                                                    .get(0)
                                                    .toString()
                                                    .startsWith("a@"))
                            .count(),
                    "told of one notice");
            assertEquals(0, inbox.size(), "one notice");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"checked", "unchecked", "error"})
    void queue_thatCannotAcceptMail_refusesForNow_I8(String how) {
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    void onCommit(NewMail mail) throws IOException {
                        fail(how);
                    }
                };
        try (Mta mta = builder(queue).start()) {
            SubmissionRefusedException refused =
                    assertThrows(
                            SubmissionRefusedException.class,
                            () -> mta.submit(Envelope.from("").to("b@x.example"), MESSAGE));
            assertEquals("451 4.3.0", refused.reply().toString().substring(0, 9));
        }
    }

    @Test
    void queue_thatGivesNoWork_isAskedAgain_I8() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    void onLease() throws IOException {
                        if (asked.getAndIncrement() == 0) {
                            fail("error");
                        }
                    }
                };
        long begun = System.nanoTime();
        try (Mta mta = builder(queue).start()) {
            makeARound(mta);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        assertTrue(took.compareTo(Duration.ofSeconds(12)) < 0, took.toString());
    }

    @Test
    void queue_thatDoesNotSayWhatIsDueOrExtendNothing_stopsNoDelivery_I8() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch extended = new CountDownLatch(1);
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    void onNextDue() {
                        throw new IllegalStateException("hostile");
                    }

                    @Override
                    void onExtend() {
                        extended.countDown();
                        throw new IllegalStateException("hostile");
                    }
                };
        try (Mta mta =
                builder(queue)
                        .store("slow.example", mail -> goOn.await(30, TimeUnit.SECONDS))
                        .start()) {
            Submission slow = mta.submit(Envelope.from("").to("b@slow.example"), MESSAGE);
            makeARound(mta);
            clock.advance(Duration.ofMinutes(1));
            assertTrue(extended.await(30, TimeUnit.SECONDS));
            makeARound(mta);
            goOn.countDown();
            assertTrue(slow.completion().get(30, TimeUnit.SECONDS).isSuccess());
        }
    }

    @Test
    @SuppressWarnings("NullAway") // What the interface forbids.
    void queue_thatSaysNullForWhatIsDue_stopsNoDelivery_I8() throws Exception {
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    public Optional<Instant> nextDue() {
                        return null;
                    }
                };
        try (Mta mta = builder(queue).start()) {
            makeARound(mta);
            makeARound(mta);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unchecked", "error"})
    void lease_thatCannotBeClosed_keepsNoOutcomeBack_I8(String how) throws Exception {
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    void onLeaseClose() {
                        failUnchecked(how);
                    }
                };
        try (Mta mta = builder(queue).start()) {
            Events events = Events.of(mta);
            makeARound(mta);
            events.next(Delivered.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unchecked", "error"})
    void writer_thatFailsToClose_leavesTheSubmissionTaken_I8(String how) throws Exception {
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    void onWriterClose() {
                        failUnchecked(how);
                    }
                };
        try (Mta mta = builder(queue).resolver(StaticResolver.empty()).start()) {
            makeARound(mta);
            Submission sent = mta.submit(Envelope.from("a@x.example").to("b@no.example"), MESSAGE);
            // The notice is there, so it is not written again.
            assertTrue(inbox.next().text().startsWith("Return-Path: <>\r\n"));
            assertEquals(
                    Outcome.Status.BOUNCED,
                    sent.completion().get(30, TimeUnit.SECONDS).outcomes().get(0).status());
        }
    }
}
