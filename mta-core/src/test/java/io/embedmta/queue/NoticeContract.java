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

import io.embedmta.message.HeaderEdits;
import io.embedmta.message.QueueId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What {@link Lease#notice} and settling with a {@link Notice} promise. */
abstract class NoticeContract extends QueueFixture {
    private static final String NOTICE = "Subject: returned\r\n\r\nsorry\r\n";

    /** A queue that is full with so many messages; empty if the queue knows no such bound. */
    abstract Optional<MailQueue> openWithRoomFor(int messages) throws IOException;

    private static Notice notice(Lease lease, String id, String... to) throws IOException {
        MailWriter writer = lease.notice(new QueueId(id));
        writer.body().write(NOTICE.getBytes(StandardCharsets.UTF_8));
        return new Notice(writer, mail(seconds(5), to));
    }

    @Test
    void i2_settle_takesInTheNoticesWithWhatTheyTellOf() throws IOException {
        driver.commit("M1", T0, "a@x.example", "b@x.example", "c@x.example");
        try (Lease lease = driver.lease(T0)) {
            Notice failed = notice(lease, "N1", "sender@from.example");
            MailWriter writer = lease.notice(new QueueId("N2"));
            writer.body().write(TEXT.getBytes(StandardCharsets.UTF_8));
            assertEquals(TEXT, read(writer.content()));
            HeaderEdits edits = HeaderEdits.NONE.andRemove("X-Old");
            Notice late =
                    new Notice(writer, mail(seconds(5), edits, "s@to.example", "t@x.example"));
            assertEquals(1, queue.size());
            driver.assertNothingDue(seconds(5));
            wakeUps.set(0);

            lease.settle(
                    List.of(done("a@x.example"), retry("b@x.example", seconds(9))),
                    List.of(failed, late));
            assertEquals(3, queue.size());
            assertTrue(wakeUps.get() > 0);
            assertThrows(IllegalStateException.class, writer::content);
            failed.writer().close();
            late.writer().close();
            assertEquals(Optional.of(seconds(5)), queue.nextDue());
            lease.settle(List.of(done("c@x.example")));
        }

        driver.assertNothingDue(seconds(4));
        try (Lease first = only("from.example");
                Lease second = only("to.example");
                Lease third = only("x.example")) {
            assertEquals("N1 sender@from.example", describe(first));
            assertEquals(NOTICE, read(first.content()));
            assertEquals("N2 s@to.example", describe(second));
            assertEquals("Subject: hello\r\n\r\nbody\r\n", read(second.content()));
            assertEquals("N2 t@x.example", describe(third));
            finish(first);
            finish(second);
            finish(third);
        }
        driver.finishNext(seconds(9), "M1 b@x.example");
        assertEquals(0, queue.size());
    }

    private Lease only(String destination) throws IOException {
        return driver.ask(seconds(5), line -> line.name().equals(destination)).orElseThrow();
    }

    @Test
    void settle_afterTheLastOfTheMessage_leavesItsNotice() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        try (Lease lease = driver.lease(T0)) {
            lease.settle(List.of(done("a@x.example")), List.of(notice(lease, "N1", "s@y.example")));
            assertThrows(IllegalStateException.class, () -> lease.notice(new QueueId("N2")));
        }

        assertEquals(1, queue.size());
        driver.finishNext(seconds(5), "N1 s@y.example");
    }

    @Test
    void noticeCommit_byItself_isRefused() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        try (Lease lease = driver.lease(T0)) {
            Notice notice = notice(lease, "N1", "s@y.example");
            assertThrows(IllegalStateException.class, () -> notice.writer().commit(notice.mail()));
            assertEquals(1, queue.size());
            lease.settle(List.of(done("a@x.example")), List.of(notice));
        }

        driver.finishNext(seconds(5), "N1 s@y.example");
    }

    @Test
    void notice_closedWithoutASettlement_leavesNothing() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        Lease lease = driver.lease(T0);
        Notice notice = notice(lease, "N1", "s@y.example");
        notice.writer().close();
        assertThrows(
                IllegalArgumentException.class,
                () -> lease.settle(List.of(done("a@x.example")), List.of(notice)));
        MailWriter outlivesItsLease = lease.notice(new QueueId("N2"));
        finish(lease);
        lease.close();
        outlivesItsLease.close();

        assertEquals(0, queue.size());
        driver.assertNothingDue(seconds(1_000_000));
    }

    @Test
    void i2_settleOfALostLease_takesInNoNotice() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        Lease lost = driver.lease(T0);
        Notice notice = notice(lost, "N1", "s@y.example");
        Lease lease = driver.lease(T0.plus(TERM));
        assertThrows(
                LeaseLostException.class,
                () -> lost.settle(List.of(done("a@x.example")), List.of(notice)));
        assertEquals(NOTICE, read(notice.writer().content()));
        notice.writer().close();
        lost.close();

        assertEquals(1, queue.size());
        finish(lease);
        assertEquals(0, queue.size());
        driver.assertNothingDue(seconds(1_000_000));
    }

    @Test
    void settle_thatIsRefused_takesInNoNoticeAndLeavesItOpen() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        try (Lease lease = driver.lease(T0)) {
            Notice notice = notice(lease, "N1", "s@y.example");
            assertThrows(
                    IllegalArgumentException.class,
                    () -> lease.settle(List.of(done("z@x.example")), List.of(notice)));
            assertThrows(
                    IllegalArgumentException.class, () -> lease.settle(List.of(), List.of(notice)));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> lease.settle(List.of(done("a@x.example")), List.of(notice, notice)));
            assertEquals(1, queue.size());
            lease.settle(List.of(done("a@x.example")), List.of(notice));
        }

        driver.finishNext(seconds(5), "N1 s@y.example");
        assertEquals(0, queue.size());
    }

    @Test
    void settle_withAWriterThatIsNoNoticeOfTheLease_isRefused() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        driver.commit("M2", T0, "b@y.example");
        try (Lease lease = driver.lease(T0);
                Lease other = driver.lease(T0);
                MailWriter plain = queue.begin(new QueueId("M3"))) {
            Notice foreign = notice(other, "N1", "s@z.example");
            Notice notNotice = new Notice(plain, mail(T0, "s@z.example"));
            Settlement done = done(lease.work().get(0).recipient().address());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> lease.settle(List.of(done), List.of(foreign)));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> lease.settle(List.of(done), List.of(notNotice)));
            foreign.writer().close();
        }

        assertEquals(2, queue.size());
    }

    @Test
    void i2_notice_entersAQueueThatIsFull() throws IOException {
        Optional<MailQueue> bounded = openWithRoomFor(1);
        Assumptions.assumeTrue(bounded.isPresent(), "a queue without a bound of messages");
        try (MailQueue full = bounded.get()) {
            QueueDriver fullDriver = new QueueDriver(full);
            fullDriver.commit("M1", T0, "a@x.example", "b@x.example");
            assertThrows(QueueFullException.class, () -> full.begin(new QueueId("M2")));
            try (Lease lease = fullDriver.lease(T0)) {
                lease.settle(
                        List.of(done("a@x.example")), List.of(notice(lease, "N1", "s@y.example")));
            }
            assertEquals(2, full.size());
            fullDriver.finishNext(T0, "M1 b@x.example");
            assertThrows(QueueFullException.class, () -> full.begin(new QueueId("M2")));
            fullDriver.finishNext(seconds(5), "N1 s@y.example");
            fullDriver.commit("M2", T0, "a@x.example");
        }
    }

    @Test
    void notice_ofAClosedQueue_isRefused() throws IOException {
        driver.commit("M1", T0, "a@x.example");
        Lease lease = driver.lease(T0);
        Notice notice = notice(lease, "N1", "s@y.example");
        queue.close();

        assertThrows(IOException.class, () -> lease.notice(new QueueId("N2")));
        assertThrows(
                LeaseLostException.class,
                () -> lease.settle(List.of(done("a@x.example")), List.of(notice)));
        notice.writer().close();
        lease.close();
    }
}
