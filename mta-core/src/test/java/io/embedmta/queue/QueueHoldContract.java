package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.TERM;
import static io.embedmta.queue.QueueDriver.TEXT;
import static io.embedmta.queue.QueueDriver.done;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static io.embedmta.queue.QueueDriver.retry;
import static io.embedmta.queue.QueueDriver.seconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link QueueControl} promises of holding, releasing, and retrying at once. */
abstract class QueueHoldContract extends ControlFixture {
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
                List.of("M1 a@x.example:ACTIVE b@x.example:ACTIVE c@x.example:ACTIVE"), states());
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
