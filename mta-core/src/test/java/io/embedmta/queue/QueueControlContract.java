package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.TERM;
import static io.embedmta.queue.QueueDriver.TEXT;
import static io.embedmta.queue.QueueDriver.describe;
import static io.embedmta.queue.QueueDriver.done;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static io.embedmta.queue.QueueDriver.recipient;
import static io.embedmta.queue.QueueDriver.retry;
import static io.embedmta.queue.QueueDriver.seconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.ReversePath;
import io.embedmta.queue.QueuedRecipient.State;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What {@link QueueControl} and {@link Lease#order} promise. A queue that an operator can control
 * runs these tests beside {@link MailQueueContract}; it implements both interfaces.
 */
public abstract class QueueControlContract extends QueueFixture {
    private QueueControl control;

    /** For the test of an implementation. */
    protected QueueControlContract() {}

    @BeforeEach
    void takeControl() {
        control = (QueueControl) queue;
    }

    private List<QueuedMail> list(Selection which) throws IOException {
        List<QueuedMail> mails = new ArrayList<>();
        control.list(which, mails::add);
        mails.sort(Comparator.comparing(QueuedMail::id));
        return mails;
    }

    /** Such as {@code "M1 a@x.example:WAITING b@y.example:HELD"}. */
    private List<String> states() throws IOException {
        List<String> lines = new ArrayList<>();
        for (QueuedMail mail : list(Selection.all())) {
            StringBuilder line = new StringBuilder(mail.id().text());
            mail.recipients().stream()
                    .map(one -> " " + one.recipient() + ":" + one.state())
                    .sorted()
                    .forEach(line::append);
            lines.add(line.toString());
        }
        return lines;
    }

    private static Selection id(String id) {
        return Selection.id(new QueueId(id));
    }

    private static void assertOrdered(Order order, String idAndRecipients, Lease lease)
            throws IOException {
        try (lease) {
            assertEquals(Optional.of(order), lease.order());
            assertEquals(idAndRecipients, describe(lease));
            finish(lease);
        }
    }

    @Nested
    class Listing {
        @Test
        void list_showsEachMessageWithItsRecipients() throws IOException {
            HeaderEdits edits = HeaderEdits.prepend("Received", "from a").andRemove("X-Old");
            driver.commit("M1", TEXT, mail(T0, edits, "a@x.example", "b@y.example"));
            driver.commit("M2", seconds(5), "c@x.example");

            List<QueuedMail> mails = list(Selection.all());
            assertEquals(2, mails.size());
            QueuedMail first = mails.get(0);
            assertEquals(new QueueId("M1"), first.id());
            assertEquals(T0, first.arrival());
            assertEquals("sender@from.example", first.from().toString());
            assertEquals(
                    "Received: from a\r\nSubject: hello\r\n\r\nbody\r\n".length(), first.size());
            assertEquals(
                    List.of(waiting("a@x.example", T0), waiting("b@y.example", T0)),
                    first.recipients().stream()
                            .sorted(Comparator.comparing(one -> one.recipient().toString()))
                            .toList());
            assertEquals(List.of(waiting("c@x.example", seconds(5))), mails.get(1).recipients());
        }

        private QueuedRecipient waiting(String address, Instant due) {
            return QueuedRecipient.waiting(
                    PendingRecipient.untried(recipient(address)),
                    new Destination(MailAddress.of(address).domain()),
                    due);
        }

        @Test
        void list_tellsWhatWasTriedAndWhatComesNext() throws IOException {
            driver.commit("M1", T0, "a@x.example", "b@x.example", "c@x.example");
            Reply reply = Reply.of(451, "4.2.0", "not now");
            Lease lease = driver.lease(T0);
            lease.settle(List.of(retry("a@x.example", seconds(30)), done("b@x.example")));

            List<QueuedRecipient> shown = list(id("M1")).get(0).recipients();
            assertEquals(2, shown.size());
            for (QueuedRecipient one : shown) {
                boolean tried = one.recipient().equals(recipient("a@x.example"));
                assertEquals(tried ? State.WAITING : State.ACTIVE, one.state());
                assertEquals(tried ? 1 : 0, one.attempts());
                assertEquals(tried ? Optional.of(reply) : Optional.empty(), one.lastReply());
                assertEquals(
                        tried ? Optional.of(seconds(30)) : Optional.empty(), one.nextAttempt());
                assertEquals(new Destination("x.example"), one.destination());
            }
            try (Lease again = driver.lease(seconds(30))) {
                assertEquals(Optional.of(reply), again.work().get(0).lastReply());
            }
            finishRest(lease, "c@x.example");
        }

        @Test
        void i5_list_showsTheStartOfALongReply() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            Reply longOne = Reply.of(421, "4.3.2", "x".repeat(150), "y".repeat(100_000));
            try (Lease lease = driver.lease(T0)) {
                lease.settle(
                        List.of(
                                new Settlement.Retry(
                                        MailAddress.of("a@x.example"), T0, longOne, false)));
            }

            Reply kept = list(id("M1")).get(0).recipients().get(0).lastReply().orElseThrow();
            String start = "x".repeat(150) + " " + "y".repeat(49);
            assertEquals(Reply.of(421, "4.3.2", start), kept);
        }

        @Test
        void list_showsWhatIsSelectedOnly() throws IOException {
            driver.commit("M1", T0, "a@x.example", "b@y.example");
            driver.commit("M2", T0, "c@y.example");
            Envelope bounce = Envelope.from("").to("d@y.example");
            List<Destination> line = List.of(new Destination("smarthost:h.example:25"));
            driver.commit("M3", TEXT, new NewMail(bounce, line, HeaderEdits.NONE, T0));

            assertEquals(List.of("M1 a@x.example b@y.example"), shown(id("M1")));
            assertEquals(List.of(), shown(id("M4")));
            assertEquals(
                    List.of("M1 b@y.example", "M2 c@y.example"),
                    shown(Selection.destination("y.example")));
            assertEquals(
                    List.of("M3 d@y.example"),
                    shown(Selection.destination("smarthost:h.example:25")));
            assertEquals(List.of("M3 d@y.example"), shown(Selection.sender(ReversePath.NULL)));
            assertEquals(
                    List.of("M1 a@x.example b@y.example", "M2 c@y.example"),
                    shown(Selection.sender(ReversePath.of("sender@FROM.example"))));
        }

        private List<String> shown(Selection which) throws IOException {
            List<String> lines = new ArrayList<>();
            for (QueuedMail mail : list(which)) {
                StringBuilder line = new StringBuilder(mail.id().text());
                mail.recipients().stream()
                        .map(one -> " " + one.recipient())
                        .sorted()
                        .forEach(line::append);
                lines.add(line.toString());
            }
            return lines;
        }

        @Test
        void list_letsTheQueueBeUsedMeanwhile() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            driver.commit("M2", T0, "b@x.example");
            List<String> shown = new ArrayList<>();
            control.list(
                    Selection.all(),
                    mail -> {
                        shown.add(mail.id().text());
                        try {
                            finish(driver.lease(T0));
                            finish(driver.lease(T0));
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    });

            assertEquals(1, shown.size(), "the other one is gone");
            assertEquals(0, queue.size());
        }
    }

    private static void finishRest(Lease lease, String recipient) throws IOException {
        lease.settle(List.of(done(recipient)));
    }

    @Nested
    class Holding {
        @Test
        void hold_keepsWorkFromBeingHandedOutUntilItIsReleased() throws IOException {
            driver.commit("M1", T0, "a@x.example", "b@y.example");
            driver.commit("M2", seconds(7), "c@x.example");
            assertEquals(1, control.hold(id("M1")));
            assertEquals(0, control.hold(id("M1")));

            assertEquals(
                    List.of("M1 a@x.example:HELD b@y.example:HELD", "M2 c@x.example:WAITING"),
                    states());
            assertEquals(Optional.empty(), list(id("M1")).get(0).recipients().get(0).nextAttempt());
            assertEquals(Optional.of(seconds(7)), queue.nextDue());
            assertEquals(2, queue.size());
            driver.finishNext(seconds(9), "M2 c@x.example");
            driver.assertNothingDue(T0.plus(TERM).plusSeconds(1_000_000));
            assertEquals(1, queue.size());

            wakeUps.set(0);
            assertEquals(1, control.release(Selection.all()));
            assertEquals(0, control.release(Selection.all()));
            assertTrue(wakeUps.get() > 0);
            assertEquals(Optional.of(T0), queue.nextDue());
            finish(driver.lease(T0));
            finish(driver.lease(T0));
            assertEquals(0, queue.size());
        }

        @Test
        void release_leavesTheNextAttemptWhereItWas() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            try (Lease lease = driver.lease(T0)) {
                lease.settle(List.of(retry("a@x.example", seconds(500))));
            }
            control.hold(Selection.all());
            control.release(Selection.all());

            assertEquals(Optional.of(seconds(500)), queue.nextDue());
            try (Lease lease = driver.lease(seconds(500))) {
                assertEquals(1, lease.work().get(0).attempts());
                assertTrue(lease.work().get(0).lastReply().isPresent());
            }
        }

        @Test
        void hold_ofOneDestination_leavesTheOthers() throws IOException {
            driver.commit("M1", T0, "a@x.example", "b@y.example");
            driver.commit("M2", T0, "c@x.example");
            assertEquals(2, control.hold(Selection.destination("x.example")));

            driver.finishNext(T0, "M1 b@y.example");
            driver.assertNothingDue(T0);
            driver.commit("M3", T0, "d@x.example");
            driver.finishNext(T0, "M3 d@x.example");
            assertEquals(2, queue.size());
        }

        @Test
        void hold_ofLeasedWork_holdsWhatComesBackUnsettledOrToBeRetried() throws IOException {
            driver.commit("M1", T0, "a@x.example", "b@x.example", "c@x.example");
            Lease lease = driver.lease(T0);
            assertEquals(1, control.hold(Selection.all()));
            assertEquals(0, control.hold(Selection.all()));
            assertEquals(
                    List.of("M1 a@x.example:ACTIVE b@x.example:ACTIVE c@x.example:ACTIVE"),
                    states());
            lease.extend(seconds(5_000));
            lease.settle(List.of(retry("a@x.example", seconds(1)), done("b@x.example")));
            assertEquals(List.of("M1 a@x.example:HELD c@x.example:ACTIVE"), states());
            lease.close();

            assertEquals(List.of("M1 a@x.example:HELD c@x.example:HELD"), states());
            assertEquals(Optional.empty(), queue.nextDue());
            driver.assertNothingDue(seconds(1_000_000));
            assertEquals(1, control.release(Selection.all()));
            driver.finishNext(T0, "M1 c@x.example");
            driver.assertNothingDue(T0);
            driver.finishNext(seconds(1), "M1 a@x.example");
        }

        @Test
        void hold_ofWorkWhoseLeaseRunsOut_holdsItThen() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            Lease lost = driver.lease(T0);
            control.hold(Selection.all());
            driver.assertNothingDue(T0.plus(TERM));

            assertEquals(List.of("M1 a@x.example:HELD"), states());
            assertThrows(LeaseLostException.class, () -> finish(lost));
            lost.close();
            driver.assertNothingDue(seconds(1_000_000));
            control.release(Selection.all());
            driver.finishNext(T0.plus(TERM), "M1 a@x.example");
        }

        @Test
        void release_ofLeasedWork_forgetsTheHold() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            Lease lease = driver.lease(T0);
            control.hold(Selection.all());
            assertEquals(1, control.release(Selection.all()));
            lease.close();

            driver.finishNext(T0, "M1 a@x.example");
        }

        @Test
        void hold_ofAllTheWorkThereIs_keepsItsContent() throws IOException {
            driver.commit("M1", TEXT.repeat(10_000), mail(T0, "a@x.example"));
            control.hold(Selection.all());
            assertEquals(TEXT.length() * 10_000L, list(Selection.all()).get(0).size());
            control.release(Selection.all());

            try (Lease lease = driver.lease(T0)) {
                assertEquals(TEXT.repeat(10_000), QueueDriver.read(lease.content()));
            }
        }
    }

    @Nested
    class Retrying {
        @Test
        void retry_makesWhatWaitsDueAtOnce() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            driver.commit("M2", seconds(1), "b@x.example");
            try (Lease lease = driver.lease(T0)) {
                lease.settle(List.of(retry("a@x.example", seconds(900))));
            }
            driver.assertNothingDue(T0);
            wakeUps.set(0);
            assertEquals(1, control.retry(Selection.all(), seconds(5)));
            assertEquals(0, control.retry(Selection.all(), seconds(5)));

            assertTrue(wakeUps.get() > 0);
            assertEquals(Optional.of(seconds(1)), queue.nextDue());
            driver.finishNext(seconds(5), "M2 b@x.example");
            try (Lease lease = driver.lease(seconds(5))) {
                assertEquals(1, lease.work().get(0).attempts());
                finish(lease);
            }
        }

        @Test
        void retry_ofWhatIsHeldOrLeased_changesNothing() throws IOException {
            driver.commit("M1", seconds(50), "a@x.example");
            driver.commit("M2", T0, "b@x.example");
            Lease lease = driver.lease(T0);
            control.hold(id("M1"));
            assertEquals(0, control.retry(Selection.all(), seconds(1)));

            driver.assertNothingDue(seconds(60));
            lease.close();
            driver.finishNext(T0, "M2 b@x.example");
        }
    }

    @Nested
    class Ordering {
        @Test
        void bounce_isHandedOutBeforeAllElse() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            driver.commit("M2", seconds(1), "b@x.example", "c@x.example");
            driver.commit("M3", seconds(2), "d@y.example");
            wakeUps.set(0);
            assertEquals(1, control.bounce(id("M2")));
            assertEquals(0, control.bounce(id("M2")));

            assertTrue(wakeUps.get() > 0);
            assertEquals(
                    List.of(
                            "M1 a@x.example:WAITING",
                            "M2 b@x.example:ENDING c@x.example:ENDING",
                            "M3 d@y.example:WAITING"),
                    states());
            assertEquals(Optional.of(Instant.EPOCH), queue.nextDue());
            assertEquals(3, queue.size());
            assertOrdered(Order.BOUNCE, "M2 b@x.example c@x.example", driver.lease(Instant.EPOCH));
            driver.assertNothingDue(Instant.EPOCH);
            try (Lease lease = driver.lease(T0)) {
                assertEquals(Optional.empty(), lease.order());
                assertEquals("M1 a@x.example", describe(lease));
            }
        }

        @Test
        void remove_ofOneDestination_leavesTheOthers() throws IOException {
            driver.commit("M1", T0, "a@x.example", "b@y.example");
            assertEquals(1, control.remove(Selection.destination("x.example")));

            assertOrdered(Order.REMOVE, "M1 a@x.example", driver.lease(Instant.EPOCH));
            assertEquals(1, queue.size());
            driver.finishNext(T0, "M1 b@y.example");
        }

        @Test
        void order_reachesWhatIsHeld() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            driver.commit("M2", T0, "b@x.example");
            control.hold(Selection.all());
            assertEquals(1, control.remove(id("M1")));
            assertEquals(1, control.bounce(id("M2")));

            assertEquals(List.of("M1 a@x.example:ENDING", "M2 b@x.example:ENDING"), states());
            assertEquals(0, control.hold(Selection.all()), "what ends is not held");
            assertEquals(0, control.release(Selection.all()));
            assertOrdered(Order.REMOVE, "M1 a@x.example", driver.lease(Instant.EPOCH));
            assertOrdered(Order.BOUNCE, "M2 b@x.example", driver.lease(Instant.EPOCH));
            assertEquals(0, queue.size());
        }

        @Test
        void order_ofTwoThatDiffer_isTheLater() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            assertEquals(1, control.bounce(Selection.all()));
            assertEquals(1, control.remove(Selection.all()));

            assertOrdered(Order.REMOVE, "M1 a@x.example", driver.lease(Instant.EPOCH));
            driver.assertNothingDue(seconds(1_000_000));
        }

        @Test
        void order_forLeasedWork_isCarriedOutForWhatComesBack() throws IOException {
            driver.commit("M1", T0, "a@x.example", "b@x.example", "c@x.example");
            Lease lease = driver.lease(T0);
            control.hold(Selection.all());
            assertEquals(1, control.bounce(Selection.all()));
            assertEquals(0, control.bounce(Selection.all()));
            assertEquals(
                    List.of("M1 a@x.example:ENDING b@x.example:ENDING c@x.example:ENDING"),
                    states());
            assertEquals(Optional.empty(), lease.order(), "as it was handed out");
            driver.assertNothingDue(T0);
            lease.settle(List.of(retry("a@x.example", seconds(900)), done("b@x.example")));
            assertOrdered(Order.BOUNCE, "M1 a@x.example", driver.lease(Instant.EPOCH));
            lease.close();

            assertOrdered(Order.BOUNCE, "M1 c@x.example", driver.lease(Instant.EPOCH));
            assertEquals(0, queue.size());
        }

        @Test
        void order_forWorkWhoseLeaseRunsOut_isCarriedOutThen() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            Lease lost = driver.lease(T0);
            control.remove(Selection.all());
            driver.assertNothingDue(seconds(1));

            assertOrdered(Order.REMOVE, "M1 a@x.example", driver.lease(T0.plus(TERM)));
            assertThrows(LeaseLostException.class, () -> finish(lost));
            lost.close();
            assertEquals(0, queue.size());
        }

        @Test
        void orderedWork_thatIsGivenBackOrPutOff_isStillOrdered() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            control.bounce(Selection.all());
            driver.lease(Instant.EPOCH).close();
            try (Lease lease = driver.lease(Instant.EPOCH)) {
                assertEquals(Optional.of(Order.BOUNCE), lease.order());
                lease.settle(List.of(retry("a@x.example", seconds(300))));
            }

            // What could not be carried out waits as it is told to, lest it be tried in a circle.
            driver.assertNothingDue(seconds(299));
            assertEquals(List.of("M1 a@x.example:ENDING"), states());
            assertOrdered(Order.BOUNCE, "M1 a@x.example", driver.lease(seconds(300)));
        }

        @Test
        void i2_orderedWork_settlesWithItsNotice() throws IOException {
            driver.commit("M1", T0, "a@x.example");
            control.bounce(Selection.all());
            try (Lease lease = driver.lease(Instant.EPOCH)) {
                MailWriter writer = lease.notice(new QueueId("N1"));
                assertEquals(TEXT, QueueDriver.read(lease.content()));
                lease.settle(
                        List.of(done("a@x.example")),
                        List.of(new Notice(writer, mail(seconds(1), "s@y.example"))));
            }

            driver.finishNext(seconds(1), "N1 s@y.example");
            assertEquals(0, queue.size());
        }
    }

    @Test
    void control_ofAClosedQueue_isRefused() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        queue.close();

        assertThrows(IOException.class, () -> control.list(Selection.all(), mail -> {}));
        assertThrows(IOException.class, () -> control.hold(Selection.all()));
        assertThrows(IOException.class, () -> control.release(Selection.all()));
        assertThrows(IOException.class, () -> control.retry(Selection.all(), T0));
        assertThrows(IOException.class, () -> control.bounce(Selection.all()));
        assertThrows(IOException.class, () -> control.remove(Selection.all()));
    }

    @Test
    @Timeout(60)
    void i2_everyRecipient_endsExactlyOnce_whateverAnOperatorDoes() throws IOException {
        long seed = System.nanoTime();
        System.err.println("i2_everyRecipient_endsExactlyOnce_whateverAnOperatorDoes seed " + seed);
        Random random = new Random(seed);
        Map<String, Integer> ends = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
            String[] recipients = new String[1 + random.nextInt(4)];
            for (int j = 0; j < recipients.length; j++) {
                recipients[j] = "r" + i + "x" + j + "@d" + random.nextInt(5) + ".example";
                ends.put(recipients[j], 0);
            }
            driver.commit("M" + i, seconds(random.nextInt(50)), recipients);
        }
        List<Lease> open = new ArrayList<>();
        Instant now = T0;
        for (int step = 0; queue.size() > 0; step++) {
            now = now.plusSeconds(random.nextInt(30));
            if (step % 50 == 49) {
                control.release(Selection.all());
            }
            if (random.nextInt(4) == 0) {
                meddle(random, now);
            }
            if (random.nextBoolean()) {
                driver.ask(now).ifPresent(open::add);
            }
            for (Lease lease : List.copyOf(open)) {
                if (random.nextInt(3) == 0) {
                    open.remove(lease);
                    settleSome(lease, random, now, ends);
                }
            }
        }
        open.forEach(Lease::close);
        assertEquals(List.of(), list(Selection.all()));
        driver.assertNothingDue(now.plusSeconds(1_000_000));
        ends.forEach((address, count) -> assertEquals(1, count, address));
    }

    private void meddle(Random random, Instant now) throws IOException {
        Selection which =
                random.nextBoolean()
                        ? id("M" + random.nextInt(200))
                        : Selection.destination("d" + random.nextInt(5) + ".example");
        switch (random.nextInt(6)) {
            case 0, 1 -> control.hold(which);
            case 2 -> control.release(which);
            case 3 -> control.retry(which, now);
            case 4 -> control.bounce(id("M" + random.nextInt(200)));
            default -> control.remove(id("M" + random.nextInt(200)));
        }
    }

    private static void settleSome(
            Lease lease, Random random, Instant now, Map<String, Integer> ends) throws IOException {
        List<Settlement> settlements = new ArrayList<>();
        for (PendingRecipient work : lease.work()) {
            String address = work.recipient().toString();
            int fate = random.nextInt(10);
            if (fate < 4) {
                settlements.add(done(address));
            } else if (fate < 8) {
                settlements.add(retry(address, now.plusSeconds(random.nextInt(300))));
            }
        }
        try (lease) {
            lease.settle(settlements);
            for (Settlement settlement : settlements) {
                if (settlement instanceof Settlement.Done) {
                    ends.merge(settlement.recipient().toString(), 1, Integer::sum);
                }
            }
        } catch (LeaseLostException e) {
            // It ran out, and another has the work now.
        }
    }
}
