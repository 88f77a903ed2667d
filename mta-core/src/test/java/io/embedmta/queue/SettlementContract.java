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
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.MailAddress;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link Lease#settle} promises. */
abstract class SettlementContract extends QueueFixture {
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
}
