package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Attempted;
import io.embedmta.event.Deferred;
import io.embedmta.event.Expired;
import io.embedmta.event.MtaEvent;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Notify;
import io.embedmta.message.Recipient;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.Route;
import io.embedmta.store.LocalMail;
import io.embedmta.store.MailStore;
import io.embedmta.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Days of retries, bounces and delay notices, in milliseconds (I10). */
@Timeout(60)
class RetryTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Content MESSAGE = Content.of("Subject: hi\r\n\r\nhello\r\n");

    private final ManualClock clock = ManualClock.at(START);
    private final Inbox inbox = new Inbox();

    private MtaBuilder builder() {
        return Mta.builder("own.example")
                .resolver(StaticResolver.builder().fails("dead.example", "SERVFAIL").build())
                .store("x.example", inbox)
                .retry(RetrySchedule.defaults().withJitter(0))
                .clock(clock)
                .shutdownGrace(Duration.ofSeconds(1));
    }

    /** Moves the clock from attempt to attempt until the first recipient expires. */
    private List<Instant> attemptsUntilExpiry(Mta mta, Envelope envelope) throws Exception {
        Events events = Events.of(mta);
        Submission sent = mta.submit(envelope, MESSAGE);
        List<Instant> attempts = new ArrayList<>();
        while (true) {
            MtaEvent event = events.next(MtaEvent.class);
            if (event instanceof Attempted attempted
                    && attempted.queueId().equals(sent.queueId())) {
                attempts.add(attempted.at());
            } else if (event instanceof Deferred deferred
                    && deferred.queueId().equals(sent.queueId())) {
                assertEquals(attempts.size(), deferred.attempts());
                clock.advanceTo(deferred.nextAttempt());
            } else if (event instanceof Expired expired
                    && expired.queueId().equals(sent.queueId())) {
                sent.completion().get(30, TimeUnit.SECONDS);
                return attempts;
            }
        }
    }

    private static List<Instant> schedule() {
        List<Instant> expected = new ArrayList<>(List.of(START));
        Instant at = START;
        for (int minutes : List.of(5, 10, 20, 40, 60, 120)) {
            at = at.plus(Duration.ofMinutes(minutes));
            expected.add(at);
        }
        Instant end = START.plus(Duration.ofDays(5));
        for (at = at.plus(Duration.ofHours(4));
                at.isBefore(end);
                at = at.plus(Duration.ofHours(4))) {
            expected.add(at);
        }
        expected.add(end);
        return expected;
    }

    @Test
    void recipients_thatFailTogether_areTriedAgainTogether() throws Exception {
        try (Mta mta = builder().retry(RetrySchedule.defaults()).start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("").to("a@dead.example", "b@dead.example"), MESSAGE);
            Instant first = events.next(Deferred.class).nextAttempt();
            assertEquals(first, events.next(Deferred.class).nextAttempt());
        }
    }

    @Test
    void message_toADeadDomain_isTriedByTheScheduleForFiveDays_I10_I2() throws Exception {
        long begun = System.nanoTime();
        try (Mta mta = builder().start()) {
            List<Instant> attempts =
                    attemptsUntilExpiry(mta, Envelope.from("").to("b@dead.example"));
            assertEquals(schedule(), attempts);
            assertEquals(0, mta.queueSize());
        }
        assertTrue(
                Duration.ofNanos(System.nanoTime() - begun).compareTo(Duration.ofSeconds(20)) < 0);
    }

    @Test
    void attempts_withJitter_areMovedByTheSeedAlone_I10() throws Exception {
        List<List<Instant>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            try (Mta mta =
                    Mta.builder("own.example")
                            .resolver(
                                    StaticResolver.builder()
                                            .fails("dead.example", "SERVFAIL")
                                            .build())
                            .clock(ManualClock.at(START))
                            .random(new Random(7))
                            .start()) {
                Events events = Events.of(mta);
                mta.submit(Envelope.from("").to("b@dead.example"), MESSAGE);
                runs.add(List.of(events.next(Deferred.class).nextAttempt()));
            }
        }
        assertEquals(runs.get(0), runs.get(1), "seed 7");
        Duration delay = Duration.between(START, runs.get(0).get(0));
        assertTrue(delay.compareTo(Duration.ofSeconds(270)) >= 0, delay.toString());
        assertTrue(delay.compareTo(Duration.ofSeconds(330)) <= 0, delay.toString());
        assertFalse(delay.equals(Duration.ofMinutes(5)), "moved at all");
    }

    @Test
    void sender_ofALateMessage_isToldOnceOfTheDelayAndOnceOfTheEnd_I2() throws Exception {
        try (Mta mta = builder().start()) {
            attemptsUntilExpiry(mta, Envelope.from("a@x.example").to("b@dead.example"));
            String delay = inbox.next().text();
            assertTrue(delay.contains("\r\nAction: delayed\r\n"), delay);
            assertTrue(delay.contains("\r\nStatus: 4.4.3\r\n"), delay);
            assertTrue(
                    delay.contains("Thu, 1 Jan 2026 04:15:00 +0000"),
                    "at the first attempt past 4 h");
            String end = inbox.next().text();
            assertTrue(end.contains("\r\nAction: failed\r\n"), end);
            assertTrue(end.contains("\r\nStatus: 5.4.7\r\n"), end);
            assertTrue(end.startsWith("Return-Path: <>\r\n"), end);
            assertEquals(0, inbox.size());
        }
    }

    @Test
    void sender_whoWantsNoDelayNotice_isToldOfTheEndAlone() throws Exception {
        Recipient recipient =
                Recipient.of(MailAddress.of("b@dead.example")).withNotify(Set.of(Notify.FAILURE));
        try (Mta mta = builder().start()) {
            attemptsUntilExpiry(mta, Envelope.from("a@x.example").to(recipient));
            assertTrue(inbox.next().text().contains("\r\nAction: failed\r\n"));
            assertEquals(0, inbox.size());
        }
    }

    @Test
    void sender_whoWantsNothing_isToldNothing() throws Exception {
        Recipient recipient = Recipient.of(MailAddress.of("b@dead.example")).withNotify(Set.of());
        try (Mta mta = builder().start()) {
            attemptsUntilExpiry(mta, Envelope.from("a@x.example").to(recipient));
            assertEquals(0, mta.queueSize());
            assertEquals(0, inbox.size());
        }
    }

    @Test
    void bounce_thatCannotBeDelivered_begetsNoOther_I4() throws Exception {
        try (Mta mta = builder().store("z.example", mail -> {}).start()) {
            Events events = Events.of(mta);
            attemptsUntilExpiry(mta, Envelope.from("a@dead.example").to("b@dead.example"));
            Instant end = clock.instant().plus(Duration.ofDays(6));
            while (mta.queueSize() > 0 && clock.instant().isBefore(end)) {
                MtaEvent event = events.next(MtaEvent.class);
                if (event instanceof Deferred deferred) {
                    clock.advanceTo(deferred.nextAttempt());
                }
            }
            assertEquals(0, mta.queueSize(), "all notices have ended");
        }
    }

    @Test
    void message_whoseStoreFailsForGood_isBouncedAtOnce_I2() throws Exception {
        try (Mta mta =
                builder()
                        .store(
                                "full.example",
                                new ResultStore(DeliveryResult.failed("5.2.2", "full")))
                        .start()) {
            Submission sent =
                    mta.submit(Envelope.from("a@x.example").to("b@full.example"), MESSAGE);
            assertEquals(
                    Outcome.Status.BOUNCED,
                    sent.outcome("b@full.example").get(30, TimeUnit.SECONDS).status());
            assertTrue(inbox.next().text().contains("\r\nStatus: 5.2.2\r\n"));
        }
    }

    @Test
    void success_wanted_isToldWhenTheStoreHasIt() throws Exception {
        try (Mta mta = builder().store("z.example", mail -> {}).start()) {
            mta.submit(
                    Envelope.from("a@x.example")
                            .to(
                                    Recipient.of(MailAddress.of("b@z.example"))
                                            .withNotify(Set.of(Notify.SUCCESS))),
                    MESSAGE);
            String notice = inbox.next().text();
            assertTrue(notice.contains("\r\nAction: delivered\r\n"), notice);
            assertTrue(notice.contains("\r\nStatus: 2.0.0\r\n"), notice);
        }
    }

    @Test
    void success_wanted_isToldAtTheRelayWhereTheNextHopLacksDsn() throws Exception {
        for (boolean offersDsn : new boolean[] {false, true}) {
            try (FakeExchanger next = FakeExchanger.start();
                    Mta mta =
                            builder().route(Route.smartHost("[127.0.0.1]", next.port())).start()) {
                next.offering(offersDsn ? new String[] {"DSN"} : new String[] {"SIZE"});
                Submission sent =
                        mta.submit(
                                Envelope.from("a@x.example")
                                        .to(
                                                Recipient.of(MailAddress.of("b@y.example"))
                                                        .withNotify(Set.of(Notify.SUCCESS))),
                                MESSAGE);
                sent.completion().get(30, TimeUnit.SECONDS);
                if (offersDsn) {
                    assertEquals(0, mta.queueSize(), "no notice is on its way");
                    assertEquals(0, inbox.size());
                    assertEquals(
                            List.of("RCPT TO:<b@y.example> NOTIFY=SUCCESS"), next.commands("RCPT"));
                } else {
                    assertTrue(inbox.next().text().contains("\r\nAction: relayed\r\n"));
                }
            }
        }
    }

    @Test
    void delivery_underWayWhenTheClockJumps_isNotBegunAgain_I3() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger deliveries = new AtomicInteger();
        try (Mta mta =
                builder()
                        .store(
                                "slow.example",
                                mail -> {
                                    deliveries.incrementAndGet();
                                    begun.countDown();
                                    goOn.await(30, TimeUnit.SECONDS);
                                })
                        .store("z.example", mail -> {})
                        .start()) {
            Submission slow = mta.submit(Envelope.from("").to("b@slow.example"), MESSAGE);
            assertTrue(begun.await(30, TimeUnit.SECONDS));
            for (int i = 0; i < 5; i++) {
                clock.advance(Duration.ofHours(1));
                // One more delivery shows that the scheduler has made its round.
                mta.submit(Envelope.from("").to("c@z.example"), MESSAGE)
                        .completion()
                        .get(30, TimeUnit.SECONDS);
            }
            goOn.countDown();
            assertTrue(slow.completion().get(30, TimeUnit.SECONDS).isSuccess());
            assertEquals(1, deliveries.get());
        }
    }

    /** A store that says the same of every recipient. */
    record ResultStore(DeliveryResult result) implements MailStore {
        @Override
        public boolean accepts(MailAddress address) {
            return true;
        }

        @Override
        public Map<MailAddress, DeliveryResult> deliver(LocalMail mail) {
            Map<MailAddress, DeliveryResult> results = new HashMap<>();
            mail.envelope().recipients().forEach(to -> results.put(to.address(), result));
            return results;
        }

        @Override
        public void close() {}
    }
}
