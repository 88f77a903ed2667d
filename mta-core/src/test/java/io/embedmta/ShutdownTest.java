package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Attempted;
import io.embedmta.event.MtaEvent;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.queue.NewMail;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.queue.Settlement;
import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.testing.ManualClock;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of an agent: within its time, without a thread left, and without a verdict on mail. */
@Timeout(60)
class ShutdownTest {
    private static final Content MESSAGE = Content.of("Subject: hi\r\n\r\nhello\r\n");

    private final ManualClock clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));

    private MtaBuilder builder() {
        return Mta.builder("own.example").clock(clock).shutdownGrace(Duration.ofMillis(500));
    }

    private static Duration timeToClose(Mta mta) {
        long begun = System.nanoTime();
        mta.close();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /**
     * Threads of agents that do not end, by the names that agents give them. Of virtual threads
     * there is no list.
     */
    private static List<String> threads() throws InterruptedException {
        List<String> left = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            String name = thread.getName();
            if (name.startsWith("mta-") || name.startsWith("smtp-")) {
                // An executor has ended a moment before its threads have.
                thread.join(5_000);
                if (thread.isAlive()) {
                    left.add(name);
                }
            }
        }
        return left;
    }

    /** What a queue was told after the end began. */
    private static final class Records extends WrappedQueue {
        private final List<Settlement> settlements = new CopyOnWriteArrayList<>();
        private final List<NewMail> mails = new CopyOnWriteArrayList<>();

        @Override
        void onSettle(List<Settlement> given) {
            settlements.addAll(given);
        }

        @Override
        void onCommit(NewMail mail) {
            mails.add(mail);
        }
    }

    @Test
    void close_withSilentExchangers_endsInTimeAndLeavesTheWorkAsItWas_I2_I9() throws Exception {
        Records records = new Records();
        try (FakeExchanger hole = FakeExchanger.start().silent()) {
            Mta mta =
                    builder()
                            .queue(records)
                            .listener(SmtpListener.on("127.0.0.1", 0))
                            .resolver(
                                    StaticResolver.builder().a("hole.example", "127.0.0.1").build())
                            .remotePort(hole.port())
                            .start();
            Events events = Events.of(mta);
            for (int i = 0; i < 30; i++) {
                mta.submit(Envelope.from("a@hole.example").to("b@hole.example"), MESSAGE);
            }
            // Expired, so that a deferral would bounce it.
            clock.advance(Duration.ofDays(6));
            hole.awaitConnections(5);
            Duration took = timeToClose(mta);
            assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took.toString());
            assertEquals(List.of(), threads());
            assertEquals(List.of(), records.settlements, "nothing was decided");
            assertEquals(30, records.mails.size(), "no bounce was written");
            assertEquals(List.of(), events.all(Attempted.class));
        }
    }

    /** The socket of a server that, from some moment on, takes no more data. */
    private static final class FullSocket extends Socket {
        private final AtomicBoolean full;
        private final CountDownLatch closed = new CountDownLatch(1);

        FullSocket(AtomicBoolean full) {
            this.full = full;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    if (full.get()) {
                        awaitClose();
                        throw new SocketException("closed");
                    }
                    out.write(bytes, offset, length);
                }
            };
        }

        private void awaitClose() throws InterruptedIOException {
            try {
                closed.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }

        @Override
        public synchronized void close() throws IOException {
            closed.countDown();
            super.close();
        }
    }

    @Test
    void close_withAnIdleServerThatTakesNoMoreData_endsInTime_I9() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        try (FakeExchanger exchanger = FakeExchanger.start()) {
            Mta mta =
                    builder()
                            .resolver(StaticResolver.builder().a("y.example", "127.0.0.1").build())
                            .remotePort(exchanger.port())
                            .sockets(
                                    new SocketFactory() {
                                        @Override
                                        public Socket createSocket() {
                                            return new FullSocket(full);
                                        }

                                        @Override
                                        public Socket createSocket(String host, int port) {
                                            throw new UnsupportedOperationException();
                                        }

                                        @Override
                                        public Socket createSocket(
                                                String host, int port, InetAddress from, int own) {
                                            throw new UnsupportedOperationException();
                                        }

                                        @Override
                                        public Socket createSocket(InetAddress host, int port) {
                                            throw new UnsupportedOperationException();
                                        }

                                        @Override
                                        public Socket createSocket(
                                                InetAddress host,
                                                int port,
                                                InetAddress from,
                                                int own) {
                                            throw new UnsupportedOperationException();
                                        }
                                    })
                            .start();
            mta.submit(Envelope.from("a@y.example").to("b@y.example"), MESSAGE)
                    .completion()
                    .get(20, TimeUnit.SECONDS);
            full.set(true);
            Duration took = timeToClose(mta);
            assertTrue(took.compareTo(Duration.ofSeconds(8)) < 0, took.toString());
            assertEquals(List.of(), threads());
        }
    }

    /** What the application does about that may take for ever. */
    @Test
    void close_endsFuturesWhenThePartsAreClosed_I9() {
        AtomicBoolean queueClosed = new AtomicBoolean();
        WrappedQueue queue =
                new WrappedQueue() {
                    @Override
                    public void close() {
                        queueClosed.set(true);
                        super.close();
                    }
                };
        Mta mta =
                builder()
                        .queue(queue)
                        .resolver(StaticResolver.builder().fails("dead.example", "no").build())
                        .start();
        CompletableFuture<Boolean> closedBefore =
                mta.submit(Envelope.from("").to("b@dead.example"), MESSAGE)
                        .completion()
                        .handle((report, failure) -> failure != null && queueClosed.get());
        mta.close();
        assertEquals(true, closedBefore.getNow(false));
    }

    @Test
    void close_withAStoreThatHangs_endsInTime_I9() throws Exception {
        Records records = new Records();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Mta mta =
                builder()
                        .queue(records)
                        .store(
                                "stuck.example",
                                mail -> {
                                    begun.countDown();
                                    never.await();
                                })
                        .start();
        mta.submit(Envelope.from("a@stuck.example").to("b@stuck.example"), MESSAGE);
        assertTrue(begun.await(30, TimeUnit.SECONDS));
        Duration took = timeToClose(mta);
        assertTrue(took.compareTo(Duration.ofSeconds(6)) < 0, took.toString());
        assertEquals(List.of(), threads());
        assertEquals(List.of(), records.settlements);
    }

    @Test
    void close_withinTheGrace_waitsForTheDeliveryAndRecordsIt_I2() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Mta mta =
                builder()
                        .shutdownGrace(Duration.ofSeconds(30))
                        .store(
                                "slow.example",
                                mail -> {
                                    begun.countDown();
                                    goOn.await();
                                })
                        .start();
        Submission sent = mta.submit(Envelope.from("").to("b@slow.example"), MESSAGE);
        assertTrue(begun.await(30, TimeUnit.SECONDS));
        Thread closer = new Thread(mta::close);
        closer.start();
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (closer.getState() != Thread.State.TIMED_WAITING && System.nanoTime() < limit) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        assertTrue(sent.completion().get(30, TimeUnit.SECONDS).isSuccess());
        closer.join(30_000);
        assertFalse(closer.isAlive());
    }

    /** Waits as a look-up in a socket does: for its end or for that of the resolver alone. */
    private static Resolver waiting(CountDownLatch asked) {
        CountDownLatch closed = new CountDownLatch(1);
        return (Resolver)
                Proxy.newProxyInstance(
                        ShutdownTest.class.getClassLoader(),
                        new Class<?>[] {Resolver.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("close")) {
                                closed.countDown();
                                return null;
                            }
                            asked.countDown();
                            while (closed.getCount() > 0) {
                                LockSupport.parkNanos(1_000_000);
                                Thread.interrupted();
                            }
                            return new DnsAnswer.TemporaryFailure<>("the resolver is closed");
                        });
    }

    @Test
    void close_duringALookUp_endsItWithTheResolver_I2_I9() throws Exception {
        Records records = new Records();
        CountDownLatch asked = new CountDownLatch(1);
        Mta mta = builder().queue(records).resolver(waiting(asked)).start();
        mta.submit(Envelope.from("a@x.example").to("b@x.example"), MESSAGE);
        assertTrue(asked.await(30, TimeUnit.SECONDS));
        clock.advance(Duration.ofDays(6));
        Duration took = timeToClose(mta);
        assertTrue(took.compareTo(Duration.ofSeconds(4)) < 0, took.toString());
        assertEquals(List.of(), threads());
        assertEquals(List.of(), records.settlements, "nothing was decided");
    }

    @Test
    void close_withAnObserverThatHangs_endsInTime_I9() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Mta mta = builder().store("x.example", mail -> {}).start();
        mta.on(
                MtaEvent.class,
                event -> {
                    begun.countDown();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        mta.submit(Envelope.from("").to("b@x.example"), MESSAGE);
        assertTrue(begun.await(30, TimeUnit.SECONDS));
        Duration took = timeToClose(mta);
        assertTrue(took.compareTo(Duration.ofSeconds(6)) < 0, took.toString());
        assertEquals(List.of(), threads());
    }

    @Test
    void close_ofAnIdleAgent_isQuickAndMayBeRepeated() throws Exception {
        Mta mta = builder().listener(SmtpListener.on("127.0.0.1", 0)).start();
        Duration took = timeToClose(mta);
        assertTrue(took.compareTo(Duration.ofSeconds(2)) < 0, took.toString());
        mta.close();
        assertEquals(List.of(), threads());
    }

    @Test
    void grace_thatIsNoTimeToWait_isRefused() {
        for (Duration grace : List.of(Duration.ofNanos(-1), ChronoUnit.FOREVER.getDuration())) {
            assertThrows(IllegalArgumentException.class, () -> builder().shutdownGrace(grace));
        }
    }

    @Test
    void close_ofManyListeners_takesOneGraceForAll_I9() throws Exception {
        MtaBuilder builder = builder().retry(RetrySchedule.defaults());
        for (int i = 0; i < 4; i++) {
            builder.listener(SmtpListener.on("127.0.0.1", 0));
        }
        Mta mta = builder.shutdownGrace(Duration.ofSeconds(2)).store("x.example", m -> {}).start();
        try (SmtpTalk one = SmtpTalk.ready(mta)) {
            one.say("MAIL FROM:<a@y.example>");
            one.say("RCPT TO:<b@x.example>");
            one.say("DATA");
            Duration took = timeToClose(mta);
            assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took.toString());
        }
    }
}
