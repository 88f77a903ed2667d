package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Deferred;
import io.embedmta.event.Delivered;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.smtp.Reply;
import io.embedmta.store.LocalMail;
import io.embedmta.store.MailStore;
import io.embedmta.testing.ManualClock;
import io.embedmta.tls.HopSecurity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stores and exchangers that throw, lie or hang harm nobody but their own mail. */
@Timeout(120)
class HostilePartsTest {
    private static final Content MESSAGE = Content.of("Subject: hi\r\n\r\nhello\r\n");

    private final Inbox inbox = new Inbox();

    private MtaBuilder builder() {
        return Mta.builder("own.example")
                .store("x.example", inbox)
                .clock(ManualClock.at(Instant.parse("2026-01-01T00:00:00Z")))
                .shutdownGrace(Duration.ofMillis(200));
    }

    enum Lie {
        THROWS_UNCHECKED,
        THROWS_CHECKED,
        THROWS_ERROR,
        SAYS_NOTHING,
        SAYS_NOTHING_OF_ANYBODY,
        FAILS_WITH_A_SUCCESS,
        FAILS_FOR_NOW,
        RELAYS
    }

    private record LyingStore(Lie lie) implements MailStore {
        @Override
        public boolean accepts(MailAddress address) {
            return true;
        }

        @Override
        @SuppressWarnings("NullAway") // What the interface forbids.
        public Map<MailAddress, DeliveryResult> deliver(LocalMail mail) throws IOException {
            MailAddress to = mail.envelope().recipients().get(0).address();
            return switch (lie) {
                case THROWS_UNCHECKED -> throw new IllegalStateException("hostile");
                case THROWS_CHECKED -> throw new IOException("hostile");
                case THROWS_ERROR -> throw new StackOverflowError("hostile");
                case SAYS_NOTHING -> null;
                case SAYS_NOTHING_OF_ANYBODY -> Map.of();
                case FAILS_WITH_A_SUCCESS ->
                        Map.of(to, new DeliveryResult.Failed(Reply.of(250, "2.0.0", "ok"), ""));
                case FAILS_FOR_NOW ->
                        Map.of(to, new DeliveryResult.Failed(Reply.of(451, "4.2.0", "busy"), ""));
                case RELAYS ->
                        Map.of(
                                to,
                                new DeliveryResult.Relayed(
                                        Reply.of(250, "2.0.0", "ok"),
                                        "elsewhere",
                                        true,
                                        new HopSecurity.PlainText("so it says")));
            };
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @EnumSource(Lie.class)
    void store_thatLies_defersItsOwnMailAlone_I8(Lie lie) throws Exception {
        try (Mta mta = builder().store("bad.example", new LyingStore(lie)).start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("a@x.example").to("b@bad.example", "b@x.example"), MESSAGE);
            assertEquals("b@x.example", inbox.next().envelope().recipients().get(0).toString());
            Deferred deferred = events.next(Deferred.class);
            assertEquals("b@bad.example", deferred.recipient().toString());
            assertEquals("4.3.0", deferred.reply().status().toString());
            assertEquals(1, mta.queueSize());
        }
    }

    @Test
    void store_thatHangs_delaysNoOtherDomain_I8() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Mta mta = builder().store("stuck.example", mail -> never.await()).start()) {
            Events events = Events.of(mta);
            for (int i = 0; i < 100; i++) {
                mta.submit(Envelope.from("").to("b@stuck.example"), MESSAGE);
            }
            mta.submit(Envelope.from("").to("b@x.example"), MESSAGE);
            inbox.next();
            // Told after it is recorded, so the queue has forgotten the message by now.
            events.next(Delivered.class);
            assertEquals(100, mta.queueSize());
        }
    }

    @Test
    void returnPath_isWrittenAtTheFinalDeliveryAlone() throws Exception {
        try (FakeExchanger next = FakeExchanger.start();
                Mta mta =
                        builder()
                                .resolver(
                                        StaticResolver.builder()
                                                .a("y.example", "127.0.0.1")
                                                .build())
                                .remotePort(next.port())
                                .start()) {
            Submission sent =
                    mta.submit(
                            Envelope.from("a@x.example").to("b@x.example", "b@y.example"), MESSAGE);
            assertTrue(sent.completion().get(30, TimeUnit.SECONDS).isSuccess());
            assertTrue(inbox.next().text().startsWith("Return-Path: <a@x.example>\r\nReceived: "));
            String relayed = new String(next.messages().get(0), StandardCharsets.US_ASCII);
            assertTrue(relayed.startsWith("Received: "), relayed);
            assertFalse(relayed.contains("Return-Path"), relayed);
        }
    }

    @Test
    void domain_thatIsDeadWithTenThousandMessages_delaysNoOther_I9() throws Exception {
        try (FakeExchanger hole = FakeExchanger.start().silent();
                FakeExchanger good = hole.sibling("127.0.0.2");
                Mta mta =
                        builder()
                                .resolver(
                                        StaticResolver.builder()
                                                .a("hole.example", "127.0.0.1")
                                                .a("good.example", "127.0.0.2")
                                                .build())
                                .remotePort(hole.port())
                                .start()) {
            for (int i = 0; i < 10_000; i++) {
                mta.submit(Envelope.from("").to("b@hole.example"), MESSAGE);
            }
            long begun = System.nanoTime();
            Submission sent = mta.submit(Envelope.from("").to("b@good.example"), MESSAGE);
            assertTrue(sent.completion().get(30, TimeUnit.SECONDS).isSuccess());
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took.toString());
            assertEquals(1, good.messages().size());
            assertTrue(hole.connections() <= 20, "at once: " + hole.connections());
            assertEquals(10_000, mta.queueSize());
        }
    }
}
