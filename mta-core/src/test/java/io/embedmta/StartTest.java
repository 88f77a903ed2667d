package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.internal.runtime.LateRandom;
import io.embedmta.listener.Listener.RunningListener;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an agent has at its start. */
@Timeout(60)
class StartTest {

    @Test
    void randomness_isSetUpBeforeTheFirstMessage_I8() throws Exception {
        CountDownLatch drawn = new CountDownLatch(1);
        Random source =
                new Random(1) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public long nextLong() {
                        drawn.countDown();
                        return super.nextLong();
                    }
                };
        MtaBuilder builder = Mta.builder("own.example").random(new LateRandom(() -> source));
        try (Mta mta = builder.start()) {
            assertTrue(drawn.await(30, TimeUnit.SECONDS), mta.hostname());
        }
    }

    @Test
    void hostname_thatNoNameServerCanHold_isRefusedAtOnce() {
        String labels = ("a".repeat(62) + ".").repeat(4);
        try (Mta mta = Mta.builder(labels + "a").start()) {
            assertEquals(253, mta.hostname().length());
        }
        assertThrows(IllegalArgumentException.class, () -> Mta.builder(labels + "ab"));
    }

    /** Knows whether it was closed. */
    private static final class ClosedQueue extends WrappedQueue {
        private boolean closed;

        @Override
        public void close() {
            closed = true;
            super.close();
        }
    }

    @Test
    void start_thatFailsWithAnError_closesTheParts_I9() {
        ClosedQueue queue = new ClosedQueue();
        MtaBuilder builder =
                Mta.builder("own.example")
                        .queue(queue)
                        .listener(
                                engine -> {
                                    throw new NoClassDefFoundError("a library is missing");
                                });
        assertThrows(NoClassDefFoundError.class, builder::start);
        assertTrue(queue.closed);
    }

    @Test
    void part_thatFailsToCloseWithAnError_keepsNoOtherOpen_I8_I9() {
        ClosedQueue queue = new ClosedQueue();
        RunningListener hostile =
                new RunningListener() {
                    @Override
                    public List<InetSocketAddress> addresses() {
                        return List.of();
                    }

                    @Override
                    public void close(Duration grace) {
                        throw new StackOverflowError("a test's");
                    }
                };
        Mta mta = Mta.builder("own.example").queue(queue).listener(engine -> hostile).start();
        mta.close();
        assertTrue(queue.closed);
    }
}
