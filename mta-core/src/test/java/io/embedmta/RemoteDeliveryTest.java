package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Bounced;
import io.embedmta.event.Deferred;
import io.embedmta.event.Relayed;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.resolver.StaticResolverBuilder;
import io.embedmta.route.Route;
import io.embedmta.testing.ManualClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole agents that send to exchangers of others. */
@Timeout(60)
class RemoteDeliveryTest {
    private static final Content MESSAGE = Content.of("Subject: hi\r\n\r\nhello\r\n");

    private final FakeExchanger first = FakeExchanger.start();
    private final FakeExchanger second = first.sibling("127.0.0.2");
    private final ManualClock clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));
    private final StaticResolverBuilder zone =
            StaticResolver.builder()
                    .mx("y.example", 10, "mx1.y.example")
                    .mx("y.example", 20, "mx2.y.example")
                    .a("mx1.y.example", "127.0.0.1")
                    .a("mx2.y.example", "127.0.0.2");

    @AfterEach
    void closeExchangers() {
        first.close();
        second.close();
    }

    private MtaBuilder builder() {
        return Mta.builder("own.example")
                .resolver(zone.build())
                .remotePort(first.port())
                .clock(clock)
                .retry(RetrySchedule.defaults().withJitter(0))
                .shutdownGrace(Duration.ofSeconds(1));
    }

    private static Submission submit(Mta mta, String... recipients) {
        return mta.submit(Envelope.from("").to(recipients), MESSAGE);
    }

    private static String outcome(Submission submission, String recipient) throws Exception {
        Outcome outcome = submission.outcome(recipient).get(30, TimeUnit.SECONDS);
        return outcome.status() + " " + outcome.reply();
    }

    @Test
    void message_withADeadPrimary_goesToTheBackup() throws Exception {
        first.close();
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            submit(mta, "b@y.example");
            assertEquals("mx2.y.example", events.next(Relayed.class).remoteMta());
            assertEquals(1, second.messages().size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"554 5.3.2 ill today", "521 no mail here", "421 4.3.2 later"})
    void message_withAPrimaryThatRefusesTheSession_goesToTheBackup(String greeting)
            throws Exception {
        first.greeting(greeting);
        try (Mta mta = builder().start()) {
            assertEquals(
                    "RELAYED 250 2.0.0 taken", outcome(submit(mta, "b@y.example"), "b@y.example"));
            assertEquals(1, second.messages().size());
        }
    }

    @Test
    void message_whereAllExchangersGreetWith521_isBounced() throws Exception {
        first.greeting("521 no mail here");
        second.greeting("521 none here either");
        try (Mta mta = builder().start()) {
            assertTrue(
                    outcome(submit(mta, "b@y.example"), "b@y.example").startsWith("BOUNCED 521"));
        }
    }

    @Test
    void message_whereAllExchangersGreetWith554_isDeferred() throws Exception {
        first.greeting("554 ill today");
        second.greeting("554 ill as well");
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            submit(mta, "b@y.example");
            assertEquals(554, events.next(Deferred.class).reply().code());
        }
    }

    @Test
    void message_whereMoreExchangersGreetWith521ThanAreTried_isDeferred() throws Exception {
        first.greeting("521 no mail here");
        for (int i = 0; i < 11; i++) {
            zone.mx("z.example", i, "mx" + i + ".z.example")
                    .a("mx" + i + ".z.example", "127.0.0.1");
        }
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            submit(mta, "b@z.example");
            events.next(Deferred.class);
            assertEquals(10, first.connections());
        }
    }

    @Test
    void message_whereTheOnlyExchangerHasNoAddress_isBounced() throws Exception {
        zone.mx("z.example", 10, "gone.z.example");
        try (Mta mta = builder().start()) {
            assertTrue(
                    outcome(submit(mta, "b@z.example"), "b@z.example")
                            .startsWith("BOUNCED 550 5.4.4"));
        }
    }

    @Test
    void message_whereFarMoreExchangersThanAreTriedCannotBeLookedUp_isDeferredSoon_I9()
            throws Exception {
        for (int i = 0; i < 500; i++) {
            zone.mx("hostile.example", i, "mx" + i + ".dead.example");
        }
        StaticResolver table = zone.fails("dead.example", "its name server is silent").build();
        AtomicInteger lookUps = new AtomicInteger();
        Resolver counting =
                (Resolver)
                        Proxy.newProxyInstance(
                                RemoteDeliveryTest.class.getClassLoader(),
                                new Class<?>[] {Resolver.class},
                                (proxy, method, arguments) -> {
                                    lookUps.incrementAndGet();
                                    return method.invoke(table, arguments);
                                });
        try (Mta mta = builder().resolver(counting).start()) {
            Events events = Events.of(mta);
            submit(mta, "b@hostile.example");
            assertEquals("4.4.3", events.next(Deferred.class).reply().status().toString());
            // MX, and A and AAAA of ten hosts: each may take a resolver half a minute.
            assertEquals(1 + 2 * 10, lookUps.get());
        }
    }

    @Test
    void message_withAllAddressesOfTheFirstExchangerDead_triedThemBeforeTheNext() throws Exception {
        zone.a("mx1.y.example", "127.0.0.3").a("mx1.y.example", "127.0.0.4");
        first.greeting("421 busy");
        try (FakeExchanger third = first.sibling("127.0.0.3").greeting("421 busy");
                FakeExchanger fourth = first.sibling("127.0.0.4").greeting("421 busy");
                Mta mta = builder().start()) {
            outcome(submit(mta, "b@y.example"), "b@y.example");
            assertEquals(1, first.connections());
            assertEquals(1, third.connections());
            assertEquals(1, fourth.connections());
            assertEquals(1, second.messages().size());
        }
    }

    @Test
    void smartHost_byLiteral_takesAllDomains() throws Exception {
        try (Mta mta = builder().route(Route.smartHost("[127.0.0.1]", first.port())).start()) {
            Submission sent = submit(mta, "a@one.example", "b@two.example", "c@one.example");
            sent.completion().get(30, TimeUnit.SECONDS);
            assertEquals(1, first.messages().size(), "one transaction for all domains");
            assertEquals(3, first.commands("RCPT").size());
        }
    }

    @Test
    void smartHost_withoutAnAddress_defers() throws Exception {
        try (Mta mta = builder().route(Route.smartHost("missing.example", 25)).start()) {
            Events events = Events.of(mta);
            submit(mta, "b@one.example");
            assertEquals("4.3.5", events.next(Deferred.class).reply().status().toString());
        }
    }

    @Test
    void recipient_atADomainLiteral_isSentThere() throws Exception {
        try (Mta mta = builder().start()) {
            outcome(submit(mta, "b@[127.0.0.2]"), "b@[127.0.0.2]");
            assertEquals(List.of("RCPT TO:<b@[127.0.0.2]>"), second.commands("RCPT"));
        }
    }

    @Test
    void recipient_refusedAmongThree_leavesTheOthersDelivered() throws Exception {
        first.answering("RCPT TO:<c@", "550 5.1.1 no such user");
        try (Mta mta = builder().start()) {
            Submission sent = submit(mta, "b@y.example", "c@y.example", "d@y.example");
            SubmissionReport report = sent.completion().get(30, TimeUnit.SECONDS);
            assertEquals(
                    List.of(Outcome.Status.RELAYED, Outcome.Status.BOUNCED, Outcome.Status.RELAYED),
                    report.outcomes().stream().map(Outcome::status).toList());
            assertEquals("BOUNCED 550 5.1.1 no such user", outcome(sent, "c@y.example"));
            assertEquals(1, first.messages().size());
        }
    }

    @Test
    void recipient_greylisted_isTakenAtTheSecondAttempt() throws Exception {
        AtomicInteger rcpts = new AtomicInteger();
        first.answering(
                command ->
                        command.startsWith("RCPT") && rcpts.getAndIncrement() == 0
                                ? Optional.of("451 4.7.1 greylisted")
                                : Optional.empty());
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            Submission sent = submit(mta, "b@y.example");
            Deferred deferred = events.next(Deferred.class);
            assertEquals(clock.instant().plus(Duration.ofMinutes(5)), deferred.nextAttempt());
            clock.advanceTo(deferred.nextAttempt());
            assertEquals("RELAYED 250 2.0.0 taken", outcome(sent, "b@y.example"));
            assertEquals(0, second.connections(), "a greylisted recipient is not for the backup");
        }
    }

    @Test
    void connection_ofOneMessage_isUsedForTheNext() throws Exception {
        try (Mta mta = builder().start()) {
            for (int i = 0; i < 5; i++) {
                outcome(submit(mta, "b@y.example"), "b@y.example");
            }
            assertEquals(5, first.messages().size());
            assertEquals(1, first.connections());
        }
    }

    @Test
    void domains_ofOneMessage_doNotWaitForEachOther() throws Exception {
        zone.mx("dead.example", 10, "mx.dead.example").a("mx.dead.example", "127.0.0.3");
        try (FakeExchanger dead = first.sibling("127.0.0.3").silent();
                Mta mta = builder().start()) {
            Submission sent = submit(mta, "b@dead.example", "c@y.example", "d@missing.example");
            assertEquals("RELAYED 250 2.0.0 taken", outcome(sent, "c@y.example"));
            assertTrue(outcome(sent, "d@missing.example").startsWith("BOUNCED 550 5.1.2"));
            assertEquals(0, dead.messages().size());
        }
    }

    @Test
    void destinations_thatNeverAnswer_leaveRoomForOthers_I9() throws Exception {
        zone.mx("dead.example", 10, "mx.dead.example")
                .mx("gone.example", 10, "mx.dead.example")
                .mx("lost.example", 10, "mx.dead.example")
                .a("mx.dead.example", "127.0.0.3");
        try (FakeExchanger dead = first.sibling("127.0.0.3").silent();
                Mta mta = builder().deliveries(20, 20).start()) {
            for (int i = 0; i < 20; i++) {
                submit(mta, "b@dead.example", "b@gone.example", "b@lost.example");
            }
            dead.awaitConnections(15);
            assertEquals(
                    "RELAYED 250 2.0.0 taken", outcome(submit(mta, "c@y.example"), "c@y.example"));
            assertEquals(15, dead.connections());
        }
    }

    @Test
    void destination_thatDoesNotAnswer_isNotTriedForEachMessage_butAgainLater() throws Exception {
        zone.mx("dead.example", 10, "mx1.y.example");
        first.greeting("421 4.3.2 not now");
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            List<Submission> sent = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                sent.add(submit(mta, "b@dead.example"));
            }
            Instant next = clock.instant();
            int untried = 0;
            for (int i = 0; i < 50; i++) {
                Deferred deferred = events.next(Deferred.class);
                next = deferred.nextAttempt();
                untried += deferred.reply().text().startsWith("Not tried now") ? 1 : 0;
            }
            assertEquals(50 - first.connections(), untried);
            assertTrue(untried > 35, untried + " were put off untried");
            first.greeting("220 mx");
            clock.advanceTo(next);
            for (Submission submission : sent) {
                assertEquals("RELAYED 250 2.0.0 taken", outcome(submission, "b@dead.example"));
            }
        }
    }

    @Test
    void recipients_ofSeveralDomainsByExchangers_goInATransactionEach() throws Exception {
        zone.mx("z.example", 10, "mx1.y.example");
        try (Mta mta = builder().start()) {
            submit(mta, "b@y.example", "c@z.example").completion().get(30, TimeUnit.SECONDS);
            assertEquals(2, first.messages().size());
            assertEquals(
                    Set.of("RCPT TO:<b@y.example>", "RCPT TO:<c@z.example>"),
                    first.commands("RCPT").stream().collect(Collectors.toSet()));
        }
    }

    @Test
    void bounce_ofANullSender_endsThere_I4() throws Exception {
        first.answering("RCPT", "550 5.1.1 no");
        try (Mta mta = builder().start()) {
            Events events = Events.of(mta);
            submit(mta, "b@y.example");
            events.next(Bounced.class);
            assertEquals(0, mta.queueSize());
        }
    }

    /** Two agents that each take the other for the way to all domains. */
    @Test
    void message_inALoopOfTwoAgents_endsInABounce_I4() throws Exception {
        Inbox inbox = new Inbox();
        SmtpListener listener = SmtpListener.on("127.0.0.1", 0).relayFrom("127.0.0.0/8");
        AtomicReference<Route> back = new AtomicReference<>(Route.discard());
        try (Mta other =
                        Mta.builder("other.example")
                                .listener(listener)
                                .router(address -> Objects.requireNonNull(back.get()))
                                .maxHops(10)
                                .shutdownGrace(Duration.ofSeconds(1))
                                .start();
                Mta mta =
                        builder()
                                .listener(listener)
                                .store("x.example", inbox)
                                .maxHops(10)
                                .route(
                                        Route.smartHost(
                                                "[127.0.0.1]", other.addresses().get(0).getPort()))
                                .start()) {
            back.set(Route.smartHost("[127.0.0.1]", mta.addresses().get(0).getPort()));
            mta.submit(Envelope.from("a@x.example").to("b@y.example"), MESSAGE);
            String bounce = inbox.next().text();
            assertTrue(bounce.contains("\r\nStatus: 5.4.6\r\n"), bounce);
        }
    }
}
