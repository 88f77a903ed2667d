package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.TERM;
import static io.embedmta.queue.QueueDriver.TEXT;
import static io.embedmta.queue.QueueDriver.describe;
import static io.embedmta.queue.QueueDriver.done;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static io.embedmta.queue.QueueDriver.read;
import static io.embedmta.queue.QueueDriver.retry;
import static io.embedmta.queue.QueueDriver.seconds;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Content;
import io.embedmta.message.Destination;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Notify;
import io.embedmta.message.OriginalRecipient;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What {@link MailQueue}, {@link MailWriter} and {@link Lease} promise. Every queue runs these
 * tests; they are one file, so that a queue's author finds the whole contract in one place.
 */
public abstract class MailQueueContract {
    private MailQueue queue;
    private QueueDriver driver;
    private final AtomicInteger wakeUps = new AtomicInteger();

    /** For the test of an implementation. */
    protected MailQueueContract() {}

    /** A queue without messages; the test closes it. */
    protected abstract MailQueue open() throws IOException;

    /** A queue that is full with so many messages; empty if the queue knows no such bound. */
    protected Optional<MailQueue> openWithRoomFor(int messages) throws IOException {
        return Optional.empty();
    }

    @Nested
    class Notices extends NoticeContract {
        @Override
        protected MailQueue open() throws IOException {
            return MailQueueContract.this.open();
        }

        @Override
        Optional<MailQueue> openWithRoomFor(int messages) throws IOException {
            return MailQueueContract.this.openWithRoomFor(messages);
        }
    }

    @BeforeEach
    void openQueue() throws IOException {
        queue = open();
        queue.start(wakeUps::incrementAndGet);
        driver = new QueueDriver(queue);
    }

    @AfterEach
    void closeQueue() {
        queue.close();
    }

    // Writing

    @Test
    void commit_makesWorkThatIsDueFromItsArrival() throws IOException {
        driver.commit("M1", T0, "ann@x.example");

        assertEquals(1, queue.size());
        assertEquals(Optional.of(T0), queue.nextDue());
        driver.assertNothingDue(T0.minusMillis(1));
        try (Lease lease = driver.lease(T0)) {
            assertEquals(new QueueId("M1"), lease.id());
            assertEquals(new Destination("x.example"), lease.destination());
            assertEquals(T0, lease.arrival());
            assertEquals(
                    List.of(new PendingRecipient(QueueDriver.recipient("ann@x.example"), 0, false)),
                    lease.work());
            assertEquals(TEXT, read(lease.content()));
        }
    }

    @Test
    void commit_keepsAllOfTheEnvelope() throws IOException {
        Recipient plain = QueueDriver.recipient("ann@x.example");
        Recipient withParameters =
                QueueDriver.recipient("bob@x.example")
                        .withNotify(Set.of(Notify.SUCCESS, Notify.FAILURE))
                        .withOriginal(OriginalRecipient.of(MailAddress.of("robert@y.example")));
        Recipient silent = QueueDriver.recipient("\"c d\"@x.example").withNotify(Set.of());
        Envelope envelope =
                Envelope.from("")
                        .to(plain)
                        .to(withParameters)
                        .to(silent)
                        .withEightBit(true)
                        .withSmtpUtf8(true)
                        .withReturn(DsnReturn.HDRS)
                        .withEnvelopeId("id 1");
        Destination line = new Destination("smarthost:x.example:587");
        driver.commit(
                "M1", TEXT, new NewMail(envelope, List.of(line, line, line), HeaderEdits.NONE, T0));

        try (Lease lease = driver.lease(T0)) {
            assertEquals(envelope, lease.envelope());
            assertEquals(line, lease.destination());
        }
    }

    @Test
    void commit_takesArrivalsToTheNanosecond() throws IOException {
        Instant arrival = T0.plusNanos(123_456_789);
        driver.commit("M1", arrival, "ann@x.example");

        driver.assertNothingDue(arrival.minusNanos(1));
        assertEquals(arrival, driver.lease(arrival).arrival());
    }

    @Test
    void body_takesOctetsInAnyPortionsAndMayBeClosed() throws IOException {
        byte[] octets = new byte[20_000];
        new Random(7).nextBytes(octets);
        try (MailWriter writer = queue.begin(new QueueId("M1"))) {
            try (OutputStream body = writer.body()) {
                body.write(octets[0]);
                body.write(octets, 1, 4_999);
                body.write(octets, 5_000, 0);
                for (int i = 5_000; i < 6_000; i++) {
                    body.write(octets[i]);
                }
                body.write(octets, 6_000, 14_000);
            }
            writer.commit(mail(T0, "ann@x.example"));
        }

        try (Lease lease = driver.lease(T0);
                InputStream in = lease.content().open()) {
            assertArrayEquals(octets, in.readAllBytes());
        }
    }

    @Test
    void commit_ofNoOctets_isAMessage() throws IOException {
        driver.commit("M1", "", mail(T0, "ann@x.example"));

        try (Lease lease = driver.lease(T0)) {
            assertEquals("", read(lease.content()));
        }
    }

    @Test
    void writerContent_isReadAsOftenAsWantedBeforeTheCommit() throws IOException {
        try (MailWriter writer = queue.begin(new QueueId("M1"))) {
            writer.body().write(TEXT.getBytes(StandardCharsets.UTF_8));
            assertEquals(TEXT, read(writer.content()));
            assertEquals(TEXT, read(writer.content()));
            Content content = writer.content();
            assertEquals(TEXT, read(content));
            assertEquals(TEXT, read(content));
            assertEquals(0, queue.size());
            writer.commit(mail(T0, "ann@x.example"));
        }

        assertEquals(TEXT, read(driver.lease(T0).content()));
    }

    @Test
    void body_afterContentOrCommit_takesNothingMore() throws IOException {
        try (MailWriter writer = queue.begin(new QueueId("M1"))) {
            OutputStream body = writer.body();
            body.write('x');
            Content content = writer.content();
            assertThrows(IllegalStateException.class, () -> body.write('y'));
            assertEquals("x", read(content));
            writer.commit(mail(T0, "ann@x.example"));
            assertThrows(IllegalStateException.class, () -> body.write('z'));
        }

        assertEquals("x", read(driver.lease(T0).content()));
    }

    @Test
    void abort_leavesNothing() throws IOException {
        try (MailWriter untouched = queue.begin(new QueueId("M1"));
                MailWriter written = queue.begin(new QueueId("M2"));
                MailWriter read = queue.begin(new QueueId("M3"))) {
            assertEquals(0, untouched.content().size());
            written.body().write(1);
            read.body().write(new byte[100_000]);
            assertEquals(100_000, read.content().size());
        }

        assertEquals(0, queue.size());
        assertEquals(Optional.empty(), queue.nextDue());
        driver.assertNothingDue(T0);
        assertEquals(0, wakeUps.get());
    }

    @Test
    void writer_afterItsEnd_refusesAllButClose() throws IOException {
        MailWriter aborted = queue.begin(new QueueId("M1"));
        aborted.close();
        aborted.close();
        assertThrows(IllegalStateException.class, aborted::content);
        assertThrows(IllegalStateException.class, () -> aborted.commit(mail(T0, "ann@x.example")));

        MailWriter committed = queue.begin(new QueueId("M2"));
        committed.commit(mail(T0, "ann@x.example"));
        assertThrows(IllegalStateException.class, committed::content);
        assertThrows(
                IllegalStateException.class, () -> committed.commit(mail(T0, "ann@x.example")));
        committed.close();
        committed.close();
        assertEquals(1, queue.size());
        driver.finishNext(T0, "M2 ann@x.example");
    }

    @Test
    void leaseContent_carriesTheHeaderEdits() throws IOException {
        HeaderEdits edits = HeaderEdits.prepend("Received", "from a").andRemove("X-Old");
        driver.commit("M1", TEXT, mail(T0, edits, "ann@x.example", "bob@y.example"));

        for (int i = 0; i < 2; i++) {
            try (Lease lease = driver.lease(T0)) {
                assertEquals(
                        "Received: from a\r\nSubject: hello\r\n\r\nbody\r\n",
                        read(lease.content()));
                assertEquals(
                        "Received: from a\r\nSubject: hello\r\n\r\nbody\r\n",
                        read(lease.content()));
                finish(lease);
            }
        }
    }

    // Handing out

    @Test
    void lease_holdsTheRecipientsOfOneDestinationInTheirOrder() throws IOException {
        driver.commit(
                "M1",
                T0,
                "b@x.example",
                "c@y.example",
                "a@x.example",
                "e@z.example",
                "d@y.example");

        assertEquals(1, queue.size());
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Lease lease = driver.lease(T0);
            seen.add(describe(lease));
            assertEquals(
                    lease.work().stream().map(PendingRecipient::recipient).toList(),
                    lease.envelope().recipients());
            assertEquals("sender@from.example", lease.envelope().from().toString());
        }
        seen.sort(null);
        assertEquals(
                List.of(
                        "M1 b@x.example a@x.example",
                        "M1 c@y.example d@y.example",
                        "M1 e@z.example"),
                seen);
        driver.assertNothingDue(T0);
    }

    @Test
    void lease_givesDestinationsTheirTurns() throws IOException {
        driver.commit("M1", seconds(0), "a1@a.example");
        driver.commit("M2", seconds(1), "a2@a.example");
        driver.commit("M3", seconds(2), "a3@a.example");
        driver.commit("M4", seconds(3), "b1@b.example");
        driver.commit("M5", seconds(4), "b2@b.example");
        driver.commit("M6", seconds(5), "c1@c.example");

        List<String> turns = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            turns.add(driver.lease(seconds(9)).destination().name());
        }
        // Which one begins is the queue's to say; each gets its second turn after all had a first.
        assertEquals(
                Set.of("a.example", "b.example", "c.example"), Set.copyOf(turns.subList(0, 3)));
        assertEquals(Set.of("a.example", "b.example"), Set.copyOf(turns.subList(3, 5)));
        assertEquals("a.example", turns.get(5));
    }

    @Test
    void lease_withinADestination_takesWhatIsDueLongest() throws IOException {
        driver.commit("M1", seconds(30), "a@x.example");
        driver.commit("M2", seconds(10), "b@x.example");
        driver.commit("M3", seconds(0), "c@x.example");
        try (Lease lease = driver.lease(seconds(5))) {
            assertEquals("M3 c@x.example", describe(lease));
            lease.settle(List.of(retry("c@x.example", seconds(20))));
        }

        driver.finishNext(seconds(60), "M2 b@x.example");
        driver.finishNext(seconds(60), "M3 c@x.example");
        driver.finishNext(seconds(60), "M1 a@x.example");
    }

    @Test
    void lease_passesOverUnwantedDestinations_whichKeepTheirTurn() throws IOException {
        driver.commit("M1", seconds(0), "a@x.example");
        driver.commit("M2", seconds(1), "b@y.example");
        driver.commit("M3", seconds(2), "c@y.example");

        Lease first =
                driver.ask(seconds(5), line -> !line.name().equals("x.example")).orElseThrow();
        assertEquals("M2 b@y.example", describe(first));
        driver.finishNext(seconds(5), "M1 a@x.example");
        driver.finishNext(seconds(5), "M3 c@y.example");
        driver.commit("M4", seconds(6), "a@x.example");
        assertTrue(driver.ask(seconds(6), line -> false).isEmpty());
        assertEquals(Optional.of(seconds(6)), queue.nextDue());
    }

    @Test
    void lease_isNotHeldUpByTenThousandMessagesOfADeadDomain() throws IOException {
        for (int i = 0; i < 10_000; i++) {
            driver.commit("D" + i, T0, "someone@dead.example");
        }
        Lease dead = driver.lease(T0);
        driver.commit("M1", seconds(1), "ann@alive.example");

        List<String> next = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            next.add(driver.lease(seconds(1)).destination().name());
        }
        assertTrue(next.contains("alive.example"), () -> "after " + dead.id() + " came " + next);
    }

    @Test
    void nextDue_isTheEarliestWorkThatIsNotLeased() throws IOException {
        assertEquals(Optional.empty(), queue.nextDue());
        driver.commit("M1", seconds(5), "a@x.example");
        driver.commit("M2", seconds(3), "b@y.example");
        driver.commit("M3", seconds(4), "c@y.example");
        assertEquals(Optional.of(seconds(3)), queue.nextDue());

        Lease first = driver.lease(seconds(3));
        assertEquals(Optional.of(seconds(4)), queue.nextDue());
        Lease second = driver.lease(seconds(4));
        assertEquals(Optional.of(seconds(5)), queue.nextDue());
        Lease third = driver.lease(seconds(5));
        assertEquals(Optional.empty(), queue.nextDue());

        first.settle(List.of(retry("b@y.example", seconds(100))));
        assertEquals(Optional.of(seconds(100)), queue.nextDue());
        third.close();
        assertTrue(queue.nextDue().orElseThrow().isBefore(seconds(6)));
        finish(second);
        assertEquals(2, queue.size());
    }

    @Test
    void size_countsMessagesNotRecipients() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@y.example");
        driver.commit("M2", T0, "a@x.example");
        assertEquals(2, queue.size());

        Lease lease = driver.lease(T0);
        assertEquals(2, queue.size());
        finish(lease);
        finish(driver.lease(T0));
        assertEquals(1, queue.size());
        finish(driver.lease(T0));
        assertEquals(0, queue.size());
    }

    // The end of a lease

    @Test
    void lease_isExclusiveUntilItRunsOut() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        driver.lease(T0);

        driver.assertNothingDue(T0.plus(TERM).minusMillis(1));
        driver.finishNext(T0.plus(TERM), "M1 a@x.example");
    }

    @Test
    void lease_thatRanOut_isDueSinceItsEnd() throws IOException {
        driver.commit("M1", seconds(0), "a@x.example");
        driver.commit("M2", seconds(1), "b@x.example");
        driver.commit("M3", T0.plus(TERM).minusSeconds(1), "c@x.example");
        Lease first = driver.lease(seconds(1));
        driver.lease(seconds(1));
        first.extend(T0.plus(TERM).plusSeconds(5));

        Instant late = T0.plus(TERM).plusSeconds(60);
        driver.finishNext(late, "M3 c@x.example");
        driver.finishNext(late, "M2 b@x.example");
        driver.finishNext(late, "M1 a@x.example");
    }

    @Test
    void extend_movesTheEndOfTheLease() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        Lease lease = driver.lease(T0);
        lease.extend(T0.plus(TERM).plusSeconds(60));

        driver.assertNothingDue(T0.plus(TERM).plusSeconds(59));
        Lease other = driver.lease(T0.plus(TERM).plusSeconds(60));
        other.extend(seconds(5_000));
        driver.assertNothingDue(seconds(4_999));
    }

    @Test
    void extend_ofWorkThatWasNotHandedOutAgain_bringsTheLeaseBack() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        Lease lease = driver.lease(T0);
        Instant late = T0.plus(TERM).plusSeconds(1);
        assertTrue(driver.ask(late, destination -> false).isEmpty());
        lease.extend(late.plusSeconds(60));

        driver.assertNothingDue(late);
        assertEquals(Optional.empty(), queue.nextDue());
        finish(lease);
        assertEquals(0, queue.size());
    }

    @Test
    void extend_afterTheLastSettlementOrClose_doesNothing() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        driver.commit("M2", T0, "a@x.example");
        Lease settled = driver.lease(T0);
        finish(settled);
        settled.extend(seconds(5_000));
        Lease closed = driver.lease(T0);
        closed.close();
        closed.extend(seconds(5_000));

        driver.finishNext(T0, "M2 a@x.example");
    }

    @Test
    void settle_ofALeaseThatRanOutButWasNotHandedOutAgain_counts() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@x.example");
        Lease lease = driver.lease(T0);
        Instant late = T0.plus(TERM).plusSeconds(1);
        assertTrue(driver.ask(late, destination -> false).isEmpty());
        lease.settle(List.of(done("a@x.example")));

        driver.finishNext(late, "M1 b@x.example");
        assertEquals(0, queue.size());
    }

    @Test
    void lease_thatWasHandedOutAgain_isLostToItsFirstOwner() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@x.example");
        Lease first = driver.lease(T0);
        Instant late = T0.plus(TERM);
        Lease second = driver.lease(late);

        assertThrows(LeaseLostException.class, () -> first.extend(seconds(5_000)));
        assertThrows(LeaseLostException.class, () -> first.settle(List.of(done("a@x.example"))));
        first.close();
        driver.assertNothingDue(late);
        assertEquals("M1 a@x.example b@x.example", describe(second));
        assertEquals(TEXT, read(second.content()));
        finish(second);
        assertEquals(0, queue.size());
    }

    @Test
    void lostLease_readsOnUntilItIsClosed() throws IOException {
        driver.commit("M1", TEXT.repeat(10_000), mail(T0, "a@x.example"));
        Lease first = driver.lease(T0);
        finish(driver.lease(T0.plus(TERM)));

        assertEquals(TEXT.repeat(10_000), read(first.content()));
        first.close();
        first.close();
    }

    @Test
    void close_givesBackWhatIsNotSettledAtOnce() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@x.example", "c@x.example");
        Lease lease = driver.lease(T0);
        lease.settle(List.of(done("b@x.example")));
        driver.assertNothingDue(T0);
        lease.close();
        lease.close();

        try (Lease again = driver.lease(T0)) {
            assertEquals("M1 a@x.example c@x.example", describe(again));
            assertEquals(0, again.work().get(0).attempts());
            lease.close();
            driver.assertNothingDue(T0);
            assertThrows(
                    LeaseLostException.class, () -> lease.settle(List.of(done("a@x.example"))));
        }
    }

    @Test
    void content_ofALeaseThatIsOver_isRefused() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        Lease closed = driver.lease(T0);
        closed.close();
        assertThrows(IllegalStateException.class, closed::content);
        Lease settled = driver.lease(T0);
        finish(settled);
        assertThrows(IllegalStateException.class, settled::content);
    }

    // Settling

    @Test
    void settle_done_neverComesBack() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        try (Lease lease = driver.lease(T0)) {
            finish(lease);
        }

        assertEquals(0, queue.size());
        assertEquals(Optional.empty(), queue.nextDue());
        driver.assertNothingDue(T0.plus(TERM).plusSeconds(1_000_000));
    }

    @Test
    void settle_retry_comesBackAtItsInstantWithOneAttemptMore() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        for (int attempt = 1; attempt <= 3; attempt++) {
            Instant at = seconds(attempt * 100L);
            try (Lease lease = driver.lease(at.minusSeconds(100))) {
                lease.settle(List.of(retry("a@x.example", at)));
            }
            assertEquals(Optional.of(at), queue.nextDue());
            driver.assertNothingDue(at.minusMillis(1));
            try (Lease lease = driver.lease(at)) {
                assertEquals(attempt, lease.work().get(0).attempts());
                assertEquals(T0, lease.arrival());
                assertEquals(TEXT, read(lease.content()));
            }
        }
        assertEquals(1, queue.size());
    }

    @Test
    void settle_retry_rememberedThatTheDelayWasTold() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@x.example");
        MailAddress ann = MailAddress.of("a@x.example");
        Reply reply = Reply.of(451, "4.2.0", "not now");
        try (Lease lease = driver.lease(T0)) {
            lease.settle(
                    List.of(
                            new Settlement.Retry(ann, seconds(1), reply, true),
                            retry("b@x.example", seconds(1))));
        }
        try (Lease lease = driver.lease(seconds(1))) {
            assertEquals(
                    List.of(true, false),
                    lease.work().stream().map(PendingRecipient::delayTold).toList());
            lease.settle(List.of(retry("a@x.example", seconds(2)), done("b@x.example")));
        }
        assertTrue(driver.lease(seconds(2)).work().get(0).delayTold());
    }

    @Test
    void settle_mayBeCalledAgainForTheOthers() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@x.example", "c@x.example");
        try (Lease lease = driver.lease(T0)) {
            lease.settle(List.of(done("c@x.example")));
            lease.settle(List.of());
            lease.settle(List.of(retry("a@x.example", seconds(50))));
            assertEquals("M1 a@x.example b@x.example c@x.example", describe(lease));
            assertEquals(3, lease.envelope().recipients().size());
            assertEquals(TEXT, read(lease.content()));
            lease.settle(List.of(done("b@x.example")));
        }

        driver.finishNext(seconds(50), "M1 a@x.example");
        assertEquals(0, queue.size());
    }

    @Test
    void settle_retries_comeBackEachAtItsInstant_equalOnesTogetherInOrder() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@x.example", "c@x.example", "d@x.example");
        try (Lease lease = driver.lease(T0)) {
            lease.settle(
                    List.of(
                            retry("d@x.example", seconds(10)),
                            retry("c@x.example", seconds(30)),
                            done("b@x.example"),
                            retry("a@x.example", seconds(10))));
        }

        driver.assertNothingDue(seconds(9));
        driver.finishNext(seconds(10), "M1 a@x.example d@x.example");
        driver.assertNothingDue(seconds(29));
        assertEquals(1, queue.size());
        driver.finishNext(seconds(30), "M1 c@x.example");
        assertEquals(0, queue.size());
    }

    @Test
    void settle_retry_mayComeBackWhileTheLeaseIsStillOpen() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@x.example");
        try (Lease lease = driver.lease(T0)) {
            lease.settle(List.of(retry("a@x.example", seconds(1))));
            driver.finishNext(seconds(1), "M1 a@x.example");
            assertEquals(TEXT, read(lease.content()));
            finishRest(lease, "b@x.example");
        }
        assertEquals(0, queue.size());
    }

    private static void finishRest(Lease lease, String... rest) throws IOException {
        lease.settle(List.of(rest).stream().map(QueueDriver::done).toList());
    }

    @Test
    void settle_ofWhomTheLeaseDoesNotHold_isRefusedAndRecordsNothing() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@x.example", "c@y.example");
        try (Lease lease = driver.ask(T0, d -> d.name().equals("x.example")).orElseThrow()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> lease.settle(List.of(done("a@x.example"), done("c@y.example"))));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> lease.settle(List.of(done("a@x.example"), done("a@x.example"))));
            lease.settle(List.of(done("b@x.example")));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> lease.settle(List.of(done("a@x.example"), done("b@x.example"))));
        }

        try (Lease again = driver.ask(T0, d -> d.name().equals("x.example")).orElseThrow()) {
            assertEquals("M1 a@x.example", describe(again));
        }
    }

    @Test
    void settle_ofOneDestination_leavesTheContentToTheOthers() throws IOException {
        driver.commit("M1", TEXT.repeat(10_000), mail(T0, "a@x.example", "b@y.example"));
        finish(driver.lease(T0));
        try (Lease lease = driver.lease(T0)) {
            assertEquals(TEXT.repeat(10_000), read(lease.content()));
            lease.settle(List.of(retry(lease.work().get(0).recipient().toString(), seconds(9))));
        }
        assertEquals(TEXT.repeat(10_000), read(driver.lease(seconds(9)).content()));
    }

    // Waking up

    @Test
    void workAdded_isRunAfterCommitRetryAndRelease() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        assertTrue(wakeUps.getAndSet(0) > 0, "after a commit");
        try (Lease lease = driver.lease(T0)) {
            lease.settle(List.of(retry("a@x.example", seconds(1))));
        }
        assertTrue(wakeUps.getAndSet(0) > 0, "after a settlement");
        driver.lease(seconds(1)).close();
        assertTrue(wakeUps.getAndSet(0) > 0, "after a release");
    }

    @Test
    void workAdded_isRunWithoutALockOfTheQueue() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (MailQueue fresh = open()) {
            AtomicInteger answers = new AtomicInteger();
            fresh.start(
                    () -> {
                        try {
                            other.submit(fresh::nextDue).get(10, TimeUnit.SECONDS);
                            other.submit(fresh::size).get(10, TimeUnit.SECONDS);
                            answers.incrementAndGet();
                        } catch (Exception e) {
                            throw new AssertionError("The queue did not answer another thread.", e);
                        }
                    });
            QueueDriver freshDriver = new QueueDriver(fresh);
            freshDriver.commit("M1", T0, "a@x.example", "b@x.example");
            try (Lease lease = freshDriver.lease(T0)) {
                lease.settle(List.of(retry("a@x.example", seconds(1))));
            }
            assertTrue(answers.get() >= 3);
        } finally {
            other.shutdownNow();
        }
    }

    // Closing

    @Test
    void close_endsEverything() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        driver.commit("M2", T0, "a@x.example");
        MailWriter writer = queue.begin(new QueueId("M3"));
        writer.body().write(1);
        Lease lease = driver.lease(T0);
        queue.close();
        queue.close();

        assertThrows(IOException.class, () -> queue.begin(new QueueId("M4")));
        assertThrows(IOException.class, () -> driver.ask(T0));
        assertThrows(IOException.class, () -> writer.commit(mail(T0, "a@x.example")));
        assertThrows(LeaseLostException.class, () -> finish(lease));
        assertThrows(LeaseLostException.class, () -> lease.extend(seconds(5_000)));
        assertEquals(Optional.empty(), queue.nextDue());
        lease.close();
        writer.close();
    }

    // Invariants

    @Test
    void i5_heap_doesNotGrowWithTheSizeOfAMessage() throws IOException {
        int mebibytes = 48;
        byte[] block = new byte[1 << 20];
        new Random(5).nextBytes(block);
        long before = usedHeap();
        try (MailWriter writer = queue.begin(new QueueId("M1"))) {
            for (int i = 0; i < mebibytes; i++) {
                writer.body().write(block);
            }
            assertHeapGrewLittle(before);
            assertEquals((long) mebibytes << 20, writer.content().size());
            writer.commit(mail(T0, HeaderEdits.prepend("Received", "x"), "ann@x.example"));
        }
        try (Lease lease = driver.lease(T0);
                InputStream in = lease.content().open()) {
            in.skipNBytes("Received: x\r\n".length());
            for (int i = 0; i < mebibytes; i++) {
                assertArrayEquals(block, in.readNBytes(block.length));
            }
            assertHeapGrewLittle(before);
            finish(lease);
        }
    }

    private static void assertHeapGrewLittle(long before) {
        long grown = usedHeap() - before;
        assertTrue(grown < 12 << 20, () -> "the heap grew by " + grown + " octets");
    }

    static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    @Timeout(60)
    void i2_everyRecipient_endsExactlyOnce_whateverBecomesOfItsLeases() throws IOException {
        long seed = System.nanoTime();
        System.err.println("i2_everyRecipient_endsExactlyOnce seed " + seed);
        Random random = new Random(seed);
        Map<String, Integer> ends = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            String[] recipients = new String[1 + random.nextInt(5)];
            for (int j = 0; j < recipients.length; j++) {
                recipients[j] = "r" + i + "x" + j + "@d" + random.nextInt(7) + ".example";
                ends.put(recipients[j], 0);
            }
            driver.commit("M" + i, seconds(random.nextInt(50)), recipients);
        }
        Map<String, Instant> notBefore = new TreeMap<>();
        Instant now = T0;
        List<Lease> abandoned = new ArrayList<>();
        while (queue.size() > 0) {
            Optional<Lease> due = driver.ask(now);
            if (due.isEmpty()) {
                now = now.plusSeconds(1 + random.nextInt(300));
                continue;
            }
            Lease lease = due.get();
            if (random.nextInt(10) == 0) {
                abandoned.add(lease);
                continue;
            }
            List<Settlement> settlements = new ArrayList<>();
            for (PendingRecipient work : lease.work()) {
                String address = work.recipient().toString();
                assertFalse(now.isBefore(notBefore.getOrDefault(address, T0)), address);
                assertEquals(0, ends.get(address), address);
                int fate = random.nextInt(10);
                if (fate < 5) {
                    settlements.add(done(address));
                    ends.merge(address, 1, Integer::sum);
                } else if (fate < 8) {
                    Instant at = now.plusSeconds(random.nextInt(500));
                    notBefore.put(address, at);
                    settlements.add(retry(address, at));
                }
            }
            lease.settle(settlements);
            lease.close();
        }
        abandoned.forEach(Lease::close);
        driver.assertNothingDue(now.plusSeconds(1_000_000));
        ends.forEach((address, count) -> assertEquals(1, count, address));
    }

    @Test
    @Timeout(60)
    void i2_recipients_areHandedOutToOneLeaseAtATime_toManyThreads() throws Exception {
        int writers = 3;
        int readers = 3;
        int perWriter = 700;
        Map<String, Thread> held = new ConcurrentHashMap<>();
        Set<String> ended = ConcurrentHashMap.newKeySet();
        CountDownLatch written = new CountDownLatch(writers);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            String name = "W" + w;
            tasks.add(
                    () -> {
                        for (int i = 0; i < perWriter; i++) {
                            String local = name + "x" + i;
                            driver.commit(
                                    local,
                                    T0,
                                    local + "@a" + i % 5 + ".example",
                                    "z" + local + "@a" + i % 5 + ".example",
                                    local + "@b" + i % 3 + ".example");
                        }
                        written.countDown();
                        return null;
                    });
        }
        for (int r = 0; r < readers; r++) {
            long seed = r;
            tasks.add(
                    () -> {
                        workUntilEmpty(written, held, ended, new Random(seed));
                        return null;
                    });
        }
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            for (Future<Void> task : threads.invokeAll(tasks)) {
                task.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(writers * perWriter * 3, ended.size());
        assertEquals(Map.of(), held);
        assertEquals(0, queue.size());
    }

    private void workUntilEmpty(
            CountDownLatch written, Map<String, Thread> held, Set<String> ended, Random random)
            throws IOException {
        while (written.getCount() > 0 || queue.size() > 0) {
            Optional<Lease> due = driver.ask(T0);
            if (due.isEmpty()) {
                Thread.onSpinWait();
                continue;
            }
            try (Lease lease = due.get()) {
                List<Settlement> settlements = new ArrayList<>();
                for (PendingRecipient work : lease.work()) {
                    String address = work.recipient().toString();
                    assertEquals(null, held.put(address, Thread.currentThread()), address);
                    assertFalse(ended.contains(address), address);
                    if (random.nextInt(4) > 0) {
                        settlements.add(done(address));
                    } else if (random.nextBoolean()) {
                        settlements.add(retry(address, T0));
                    }
                }
                assertEquals(TEXT, read(lease.content()));
                for (Settlement settlement : settlements) {
                    if (settlement instanceof Settlement.Done) {
                        assertTrue(ended.add(settlement.recipient().toString()));
                    }
                }
                lease.work().forEach(work -> held.remove(work.recipient().toString()));
                lease.settle(settlements);
            }
        }
    }
}
