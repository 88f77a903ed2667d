package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.TERM;
import static io.embedmta.queue.QueueDriver.TEXT;
import static io.embedmta.queue.QueueDriver.describe;
import static io.embedmta.queue.QueueDriver.done;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static io.embedmta.queue.QueueDriver.retry;
import static io.embedmta.queue.QueueDriver.seconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.QueueId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link QueueControl} and {@link Lease#order} promise of bouncing and removing. */
abstract class QueueOrderContract extends ControlFixture {
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
                List.of("M1 a@x.example:ENDING b@x.example:ENDING c@x.example:ENDING"), states());
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
