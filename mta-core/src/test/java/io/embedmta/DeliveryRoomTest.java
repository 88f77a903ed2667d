package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What waits for room is taken up as soon as there is some, not in the scheduler's next round. */
class DeliveryRoomTest {
    /** Less than the 15 s of a round. */
    private static final int LIMIT_SECONDS = 10;

    @Test
    void messages_moreThanThereIsRoomFor_followEachOther() throws Exception {
        int messages = 300;
        CountDownLatch arrived = new CountDownLatch(messages);
        try (Mta mta =
                Mta.builder("mx.example.org")
                        .deliveries(2, 1)
                        .store("a.example", mail -> arrived.countDown())
                        .store("b.example", mail -> arrived.countDown())
                        .start()) {
            for (int i = 0; i < messages; i++) {
                String to = i % 2 == 0 ? "x@a.example" : "x@b.example";
                mta.submit(Envelope.from("s@client.example").to(to), Content.of("\r\nhello\r\n"));
            }
            assertTrue(
                    arrived.await(LIMIT_SECONDS, TimeUnit.SECONDS),
                    () -> arrived.getCount() + " wait still");
        }
    }

    /** A clock whose every look is a second later than the one before. */
    private static final class HastyClock extends Clock {
        private final AtomicLong seconds = new AtomicLong();

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(seconds.incrementAndGet());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** A queue in which something becomes due just after it was asked, for the first ten times. */
    private static final class JustDue extends WrappedQueue {
        final CountDownLatch asked = new CountDownLatch(10);
        private volatile Instant last = Instant.EPOCH;

        @Override
        public Optional<Lease> lease(LeaseRequest request) {
            last = request.now();
            asked.countDown();
            return Optional.empty();
        }

        @Override
        public Optional<Instant> nextDue() {
            return asked.getCount() > 0 ? Optional.of(last.plusNanos(1)) : Optional.empty();
        }
    }

    @Test
    void work_thatBecomesDueBetweenTwoLooks_isAskedForAtOnce() throws Exception {
        JustDue queue = new JustDue();
        try (Mta mta = Mta.builder("mx.example.org").queue(queue).clock(new HastyClock()).start()) {
            assertTrue(queue.asked.await(LIMIT_SECONDS, TimeUnit.SECONDS));
            assertEquals(0, mta.queueSize());
        }
    }
}
