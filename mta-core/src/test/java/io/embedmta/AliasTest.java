package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Accepted;
import io.embedmta.event.Deferred;
import io.embedmta.event.Discarded;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.route.Route;
import io.embedmta.route.Router;
import io.embedmta.smtp.Reply;
import io.embedmta.store.LocalMail;
import io.embedmta.store.MailStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where mail for an address goes: aliases, rules, and routers of the application's own. */
@Timeout(60)
class AliasTest {
    private static final Content MESSAGE = Content.of("Subject: hi\r\n\r\nhello\r\n");

    private static MtaBuilder builder() {
        return Mta.builder("own.example")
                .listener(SmtpListener.on("127.0.0.1", 0))
                .store("x.example", new Mailboxes("ann", "bob", "postmaster"))
                .shutdownGrace(Duration.ofSeconds(1));
    }

    /** A store with these mailboxes and no other. */
    private static final class Mailboxes implements MailStore {
        private final Set<String> names;

        Mailboxes(String... names) {
            this.names = Set.of(names);
        }

        @Override
        public boolean accepts(MailAddress address) {
            return names.contains(address.withoutDetail('+').localPart());
        }

        @Override
        public Map<MailAddress, DeliveryResult> deliver(LocalMail mail) {
            Map<MailAddress, DeliveryResult> results = new HashMap<>();
            for (Recipient to : mail.envelope().recipients()) {
                results.put(to.address(), DeliveryResult.delivered());
            }
            return results;
        }

        @Override
        public void close() {}
    }

    /** The addresses that mail for these comes down to. */
    private static List<String> ends(MtaBuilder builder, String... recipients) throws Exception {
        return queued(builder, Envelope.from("").to(recipients)).recipients().stream()
                .map(Recipient::toString)
                .toList();
    }

    private static Envelope queued(MtaBuilder builder, Envelope envelope) throws Exception {
        try (Mta mta = builder.start()) {
            Events events = Events.of(mta);
            mta.submit(envelope, MESSAGE);
            return events.next(Accepted.class).envelope();
        }
    }

    @Test
    void alias_ofMany_isAllOfThem() throws Exception {
        MtaBuilder builder = builder().alias("all@x.example", "ann@x.example", "c@far.example");
        assertEquals(List.of("ann@x.example", "c@far.example"), ends(builder, "all@x.example"));
    }

    @Test
    void recipient_reachedTwice_getsTheMessageOnce() throws Exception {
        MtaBuilder builder =
                builder()
                        .alias("all@x.example", "ann@x.example", "some@x.example")
                        .alias("some@x.example", "ann@x.example", "bob@x.example");
        assertEquals(
                List.of("bob@x.example", "ann@x.example"),
                ends(builder, "bob@x.example", "all@x.example", "some@x.example"));
    }

    @ParameterizedTest
    @CsvSource({"info+tag@x.example", "INFO@x.example", "Info+Tag@X.Example"})
    void alias_withASubaddressOrInAnotherCase_isTheSame(String recipient) throws Exception {
        MtaBuilder builder = builder().alias("Info@x.example", "ann@x.example");
        assertEquals(List.of("ann@x.example"), ends(builder, recipient));
    }

    @Test
    void recipient_longerInLowerCaseThanAnAddressMayBe_hasNoRule() throws Exception {
        // The lower case of this letter is two: an i, and a dot to put above it.
        String name = "\u0130".repeat(256);
        try (Mta mta = builder().alias("info@x.example", "ann@x.example").start();
                SmtpTalk talk = SmtpTalk.ready(mta)) {
            talk.say("MAIL FROM:<a@y.example> SMTPUTF8");
            String reply = talk.say("RCPT TO:<" + name + "@x.example>");
            assertTrue(reply.startsWith("550 5.1.1 "), reply);
        }
    }

    @Test
    void alias_withTheSubaddressItself_goesBeforeTheOneWithout() throws Exception {
        MtaBuilder builder =
                builder()
                        .alias("info@x.example", "ann@x.example")
                        .alias("info+tag@x.example", "bob@x.example");
        assertEquals(List.of("bob@x.example"), ends(builder, "info+tag@x.example"));
    }

    @Test
    void alias_inTwoCases_isRefusedAsTwoRules() {
        MtaBuilder builder = builder().alias("info@x.example", "ann@x.example");
        assertThrows(
                IllegalArgumentException.class,
                () -> builder.alias("INFO@x.example", "bob@x.example"));
    }

    @Test
    void catchAll_takesWhatNothingElseKnows() throws Exception {
        MtaBuilder builder =
                builder()
                        .alias("@x.example", "ann@x.example")
                        .alias("info@x.example", "bob@x.example");
        assertEquals(
                List.of("ann@x.example", "bob@x.example"),
                ends(builder, "unknown@x.example", "bob@x.example", "info@x.example"));
    }

    @Test
    void alias_thatNamesItself_keepsACopy() throws Exception {
        MtaBuilder builder = builder().alias("ann@x.example", "ann@x.example", "c@far.example");
        assertEquals(List.of("ann@x.example", "c@far.example"), ends(builder, "ann@x.example"));
    }

    @Test
    void aliases_thatNameEachOther_endAtTheMailbox_I4() throws Exception {
        MtaBuilder builder =
                builder()
                        .alias("ann@x.example", "bob@x.example", "c@far.example")
                        .alias("bob@x.example", "ann@x.example");
        assertEquals(List.of("ann@x.example", "c@far.example"), ends(builder, "ann@x.example"));
    }

    @ParameterizedTest
    @CsvSource({"b@x.example, a@x.example", "b@x.example, c@x.example"})
    void aliases_thatLeadBackWithoutAMailbox_areRefusedAtTheStart(String ofA, String ofB) {
        MemoryQueue queue = MemoryQueue.create();
        MtaBuilder builder =
                builder()
                        .queue(queue)
                        .alias("a@x.example", ofA)
                        .alias("b@x.example", ofB)
                        .alias("c@x.example", "b@x.example");
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, builder::start);
        String said = String.valueOf(refused.getMessage());
        assertTrue(said.contains("b@x.example → "), said);
        assertThrows(
                IOException.class,
                () -> queue.begin(QueueId.next(Instant.EPOCH, new Random(1))),
                "the parts are closed");
    }

    @Test
    void catchAll_toAnUnknownAddressOfItsDomain_isRefusedAtTheStart() {
        MtaBuilder builder = builder().alias("@x.example", "nobody@x.example");
        assertThrows(IllegalArgumentException.class, builder::start);
    }

    @Test
    void aliases_inALongLadder_areFollowedOnceEach() throws Exception {
        MtaBuilder builder = builder();
        for (int i = 0; i < 18; i++) {
            String next = i + 1 + "@x.example";
            builder.alias(i + "@x.example", next, next.replace("@", ".also@"))
                    .alias(i + ".also@x.example", next, next.replace("@", ".also@"));
        }
        builder.alias("18@x.example", "ann@x.example").alias("18.also@x.example", "ann@x.example");
        assertEquals(List.of("ann@x.example"), ends(builder, "0@x.example"));
    }

    @Test
    void alias_keepsWhatTheSenderWroteInOrcpt() throws Exception {
        Envelope queued =
                queued(
                        builder().alias("info@x.example", "c@far.example"),
                        Envelope.from("").to("info@x.example"));
        assertEquals(
                "rfc822;info@x.example",
                queued.recipients().get(0).original().orElseThrow().toParameter());
    }

    @ParameterizedTest
    @CsvSource({
        "ann@x.example, 250",
        "nobody@x.example, 550",
        "list@alias.example, 250",
        "unknown@alias.example, 550",
        "any@backup.example, 250",
        "known@backup.example, 250",
        "gone@old.example, 551",
        "any@far.example, 550",
        "void@x.example, 250",
        "Postmaster, 250",
    })
    void recipient_fromAnybody_isAnsweredByItsRoute_I6(String recipient, String code)
            throws Exception {
        try (Mta mta =
                        builder()
                                .alias("list@alias.example", "ann@x.example")
                                .alias("known@backup.example", "ann@x.example")
                                .relayDomains("backup.example")
                                .route("void@x.example", Route.discard())
                                .route(
                                        "old.example",
                                        new Route.Refused(Reply.of(551, "5.1.6", "moved")))
                                .start();
                SmtpTalk talk = SmtpTalk.ready(mta)) {
            talk.say("MAIL FROM:<a@y.example>");
            String reply = talk.say("RCPT TO:<" + recipient + ">");
            assertEquals(code, reply.substring(0, 3), reply);
        }
    }

    @Test
    void postmaster_ofARelayWithoutDomains_isTakenFromAnybody() throws Exception {
        try (Mta mta =
                        Mta.builder("mx.example")
                                .listener(SmtpListener.on("127.0.0.1", 0))
                                .postmaster("ops@far.example")
                                .start();
                SmtpTalk talk = SmtpTalk.ready(mta)) {
            talk.say("MAIL FROM:<a@y.example>");
            assertEquals("250", talk.say("RCPT TO:<Postmaster>").substring(0, 3));
            assertEquals("250", talk.say("RCPT TO:<postmaster@mx.example>").substring(0, 3));
            assertEquals("550", talk.say("RCPT TO:<ops@far.example>").substring(0, 3));
        }
    }

    @Test
    void postmaster_whomNobodyNamed_isRefusedRatherThanBounced() throws Exception {
        try (Mta mta = Mta.builder("mx.example").listener(SmtpListener.on("127.0.0.1", 0)).start();
                SmtpTalk talk = SmtpTalk.ready(mta)) {
            talk.say("MAIL FROM:<a@y.example>");
            assertEquals("550", talk.say("RCPT TO:<Postmaster>").substring(0, 3));
        }
    }

    @Test
    void recipient_withADiscardRoute_endsAsDiscarded_I2() throws Exception {
        try (Mta mta = builder().route("void@x.example", Route.discard()).start()) {
            Events events = Events.of(mta);
            Submission sent = mta.submit(Envelope.from("").to("void@x.example"), MESSAGE);
            assertEquals("void@x.example", events.next(Discarded.class).recipient().toString());
            assertEquals(
                    Outcome.Status.DISCARDED,
                    sent.outcome("void@x.example").get(30, TimeUnit.SECONDS).status());
        }
    }

    private static Route hostile(String how) throws IOException {
        return switch (how) {
            case "null" -> nothing();
            case "error" -> throw new StackOverflowError("hostile");
            case "checked" -> throw new IOException("hostile");
            default -> throw new IllegalStateException("hostile");
        };
    }

    @SuppressWarnings("NullAway") // What the interface forbids.
    private static Route nothing() {
        return null;
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "error", "checked", "unchecked"})
    void router_thatFailsAtRcpt_isATemporaryFailure_I8(String how) throws Exception {
        try (Mta mta = builder().router(address -> hostile(how)).start();
                SmtpTalk talk = SmtpTalk.ready(mta)) {
            talk.say("MAIL FROM:<a@y.example>");
            String reply = talk.say("RCPT TO:<b@x.example>");
            assertTrue(reply.startsWith("451 4.3.0"), reply);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "error", "checked", "unchecked"})
    void router_thatFailsAtTheAttempt_defers_I8(String how) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Router router =
                new Router() {
                    @Override
                    public Route route(MailAddress recipient) {
                        return Route.mailExchangers();
                    }

                    @Override
                    public Route finalRoute(MailAddress recipient) throws IOException {
                        return asked.getAndIncrement() == 0 ? Route.mailExchangers() : hostile(how);
                    }
                };
        try (Mta mta = builder().router(router).start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("").to("b@x.example"), MESSAGE);
            assertEquals("4.3.0", events.next(Deferred.class).reply().status().toString());
        }
    }
}
