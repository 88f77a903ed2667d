package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.describe;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static io.embedmta.queue.QueueDriver.retry;
import static io.embedmta.queue.QueueDriver.seconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.QueueId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What {@link MailQueue} promises of the work it hands out, of its size, and of its end. */
abstract class DueWorkContract extends QueueFixture {
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
}
