package io.embedmta.queue;

import static io.embedmta.queue.QueueDriver.T0;
import static io.embedmta.queue.QueueDriver.TERM;
import static io.embedmta.queue.QueueDriver.TEXT;
import static io.embedmta.queue.QueueDriver.describe;
import static io.embedmta.queue.QueueDriver.done;
import static io.embedmta.queue.QueueDriver.finish;
import static io.embedmta.queue.QueueDriver.mail;
import static io.embedmta.queue.QueueDriver.read;
import static io.embedmta.queue.QueueDriver.seconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link Lease} promises of its time: until when it holds, and what becomes of it then. */
abstract class LeaseContract extends QueueFixture {
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
}
