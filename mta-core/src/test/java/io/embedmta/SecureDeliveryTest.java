package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Bounced;
import io.embedmta.event.Deferred;
import io.embedmta.event.Expired;
import io.embedmta.event.MtaEvent;
import io.embedmta.event.Relayed;
import io.embedmta.event.TlsAttempted;
import io.embedmta.internal.tls.TestVerifier;
import io.embedmta.internal.tls.TlsaLookup;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailDomain;
import io.embedmta.message.TlsRequest;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.resolver.StaticResolverBuilder;
import io.embedmta.resolver.TlsaRecord;
import io.embedmta.route.DomainPolicies;
import io.embedmta.route.Route;
import io.embedmta.testing.ManualClock;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.HopSecurity.Encrypted;
import io.embedmta.tls.HopSecurity.PlainText;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.ServerTls;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.StsPolicy.Mode;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole agents that send over TLS: several exchangers, bounces, events and smart hosts. */
@Timeout(60)
class SecureDeliveryTest {
    private static final Content MESSAGE = Content.of("Subject: hi\r\n\r\nhello\r\n");
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final TlsaRecord RECORD = new TlsaRecord(3, 1, 1, "abcd");
    private static final StsPolicy ENFORCE =
            new StsPolicy(
                    Mode.ENFORCE,
                    List.of("*.y.example"),
                    Duration.ofDays(1),
                    List.of("version: STSv1", "mode: enforce"));

    private final FakeExchanger first = FakeExchanger.start();
    private final FakeExchanger second = first.sibling("127.0.0.2");
    private final ManualClock clock = ManualClock.at(Instant.now());
    private final Inbox inbox = new Inbox();
    private final StaticResolverBuilder zone =
            StaticResolver.builder()
                    .mx("y.example", 10, "mx1.y.example")
                    .mx("y.example", 20, "mx2.y.example")
                    .a("mx1.y.example", "127.0.0.1")
                    .a("mx2.y.example", "127.0.0.2")
                    .authenticated("y.example");

    @AfterEach
    void closeExchangers() {
        first.close();
        second.close();
    }

    private MtaBuilder builder(OutboundTls tls) {
        MtaBuilder builder =
                Mta.builder("own.example")
                        .resolver(zone.build())
                        .store("x.example", inbox)
                        .route(Route.mailExchangers().tls(tls))
                        .remotePort(first.port())
                        .clock(clock)
                        .retry(RetrySchedule.defaults().withJitter(0))
                        .shutdownGrace(Duration.ofSeconds(1));
        builder.tlsa = (host, port, nextHop) -> new TlsaLookup.Answer.NoDane();
        builder.verifiers =
                (trust, names) ->
                        new TestVerifier(AUTHORITY.certificate(), names.get(0), Proof.TRUST_ANCHOR);
        return builder;
    }

    private static DomainPolicies policies(Supplier<DomainPolicies.Answer> answer) {
        return policies(answer, new AtomicInteger());
    }

    private static DomainPolicies policies(
            Supplier<DomainPolicies.Answer> answer, AtomicInteger closed) {
        return new DomainPolicies() {
            @Override
            public Answer find(MailDomain domain, Resolver resolver) {
                return answer.get();
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }

    private static Envelope to(String recipient) {
        return Envelope.from("a@x.example").to(recipient);
    }

    private static InetAddress address(String literal) {
        return MailDomain.of("[" + literal + "]").address().orElseThrow();
    }

    /** Moves the clock from attempt to attempt until the recipient expires. */
    private Expired untilExpiry(Events events) throws InterruptedException {
        while (true) {
            MtaEvent event = events.next(MtaEvent.class);
            if (event instanceof Deferred deferred) {
                clock.advanceTo(deferred.nextAttempt());
            } else if (event instanceof Expired expired) {
                return expired;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"must", "enforce", "dane"})
    void message_toExchangersThatHideStartTls_isDeferredForDays_thenBouncedWith574_I2(String by)
            throws Exception {
        MtaBuilder builder =
                builder(
                        switch (by) {
                            case "must" -> OutboundTls.required();
                            case "dane" -> OutboundTls.dane();
                            default -> OutboundTls.opportunistic();
                        });
        if (by.equals("enforce")) {
            builder.domainPolicies(policies(() -> DomainPolicies.Answer.of(ENFORCE)));
        }
        builder.tlsa =
                (host, port, nextHop) ->
                        new TlsaLookup.Answer.Usable(
                                List.of(RECORD),
                                host,
                                new TestVerifier(AUTHORITY.certificate(), host.text(), Proof.DANE));
        try (Mta mta = builder.start()) {
            Events events = Events.of(mta);
            Instant begun = clock.instant();
            mta.submit(to("b@y.example"), MESSAGE);
            Expired expired = untilExpiry(events);
            assertEquals("4.7.4", expired.reply().status().toString());
            assertEquals(begun.plus(Duration.ofDays(5)), expired.at());
            String delay = inbox.next().text();
            assertTrue(delay.contains("\r\nStatus: 4.7.4\r\n"), delay);
            String end = inbox.next().text();
            assertTrue(end.contains("\r\nAction: failed\r\n"), end);
            assertTrue(end.contains("\r\nStatus: 5.7.4\r\n"), end);
            assertTrue(end.replaceAll("\\s+", " ").contains("offers no STARTTLS"), end);
        }
        for (FakeExchanger exchanger : List.of(first, second)) {
            assertTrue(exchanger.connections() > 10, "it was tried");
            assertEquals(List.of(), exchanger.commands("MAIL"));
        }
    }

    /** A server's own 4.7.1, as of a grey list, says nothing of what we demand. */
    @Test
    void message_thatServersPutOffForTheirOwnSecurity_isBouncedWith547() throws Exception {
        first.answering("RCPT", "451 4.7.1 come back later");
        second.answering("RCPT", "451 4.7.1 come back later");
        try (Mta mta = builder(OutboundTls.opportunistic()).start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example"), MESSAGE);
            assertEquals("4.7.1", untilExpiry(events).reply().status().toString());
            String delay = inbox.next().text();
            assertTrue(delay.contains("\r\nStatus: 4.7.1\r\n"), delay);
            String end = inbox.next().text();
            assertTrue(end.contains("\r\nStatus: 5.4.7\r\n"), end);
        }
    }

    @Test
    void message_whosePrimaryShowsAWrongCertificate_goesToTheBackup() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("other.example")));
        second.tls(ServerTls.of(AUTHORITY.issue("mx2.y.example")));
        try (Mta mta = builder(OutboundTls.verified()).start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example"), MESSAGE);
            Relayed relayed = events.next(Relayed.class);
            assertEquals("mx2.y.example", relayed.remoteMta());
            assertInstanceOf(Encrypted.class, relayed.security());
            assertEquals(List.of(), first.commands("MAIL"));
            assertEquals(2, events.all(TlsAttempted.class).size());
        }
    }

    @Test
    void exchanger_thatTheMtaStsPolicyDoesNotName_isPassedOver() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("mx1.y.example")));
        second.tls(ServerTls.of(AUTHORITY.issue("mx2.y.example")));
        StsPolicy second2 =
                new StsPolicy(
                        Mode.ENFORCE, List.of("mx2.y.example"), Duration.ofDays(1), List.of("a"));
        try (Mta mta =
                builder(OutboundTls.opportunistic())
                        .domainPolicies(policies(() -> DomainPolicies.Answer.of(second2)))
                        .start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example"), MESSAGE);
            TlsAttempted skipped = events.next(TlsAttempted.class);
            assertEquals("mx1.y.example", skipped.exchanger());
            assertEquals(Optional.empty(), skipped.remote());
            assertEquals("mx2.y.example", events.next(Relayed.class).remoteMta());
        }
        assertEquals(0, first.connections());
    }

    @Test
    void exchangers_thatCannotBeLookedUp_arePassedOver_andOthersUsed() throws Exception {
        second.tls(ServerTls.of(AUTHORITY.issue("mx2.y.example")));
        MtaBuilder builder = builder(OutboundTls.dane());
        builder.tlsa =
                (host, port, nextHop) -> {
                    assertEquals(DnsName.of("y.example"), nextHop);
                    if (host.text().equals("mx1.y.example")) {
                        throw new IllegalStateException("the look-up is broken");
                    }
                    return new TlsaLookup.Answer.NoDane();
                };
        try (Mta mta = builder.start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example"), MESSAGE);
            assertEquals("mx2.y.example", events.next(Relayed.class).remoteMta());
        }
        assertEquals(0, first.connections());
    }

    @Test
    void message_withRequireTls_isBouncedAtOnceWith5730_andSoIsItsBounceProtected()
            throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("mx1.y.example")));
        second.tls(ServerTls.of(AUTHORITY.issue("mx2.y.example")));
        try (Mta mta = builder(OutboundTls.opportunistic()).start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example").withTlsRequest(TlsRequest.REQUIRED), MESSAGE);
            assertEquals("5.7.30", events.next(Bounced.class).reply().status().toString());
            Inbox.Mail bounce = inbox.next();
            assertTrue(bounce.text().contains("\r\nStatus: 5.7.30\r\n"), bounce.text());
            assertEquals(TlsRequest.REQUIRED, bounce.envelope().tlsRequest());
        }
        assertEquals(1, second.connections(), "each exchanger is asked");
    }

    @Test
    void message_withRequireTls_findsTheExchangerThatOffersIt() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("mx1.y.example")));
        second.tls(ServerTls.of(AUTHORITY.issue("mx2.y.example"))).offering("REQUIRETLS");
        try (Mta mta = builder(OutboundTls.opportunistic()).start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example").withTlsRequest(TlsRequest.REQUIRED), MESSAGE);
            assertEquals("mx2.y.example", events.next(Relayed.class).remoteMta());
            assertEquals(List.of("MAIL FROM:<a@x.example> REQUIRETLS"), second.commands("MAIL"));
        }
    }

    @Test
    void message_withRequireTls_whereAnExchangerIsSilent_waits() throws Exception {
        first.close();
        second.tls(ServerTls.of(AUTHORITY.issue("mx2.y.example")));
        try (Mta mta = builder(OutboundTls.opportunistic()).start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example").withTlsRequest(TlsRequest.REQUIRED), MESSAGE);
            events.next(Deferred.class);
        }
    }

    @Test
    void message_withRequireTls_intoAStoreOfOurs_isDelivered() throws Exception {
        try (Mta mta = builder(OutboundTls.none()).start()) {
            mta.submit(to("c@x.example").withTlsRequest(TlsRequest.REQUIRED), MESSAGE);
            assertEquals(TlsRequest.REQUIRED, inbox.next().envelope().tlsRequest());
        }
    }

    @Test
    void event_ofAConnection_saysWhatItWasHeldTo_once() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("mx1.y.example")));
        try (Mta mta =
                builder(OutboundTls.opportunistic())
                        .domainPolicies(policies(() -> DomainPolicies.Answer.of(ENFORCE)))
                        .start()) {
            Events events = Events.of(mta);
            for (int i = 0; i < 2; i++) {
                mta.submit(to("b@y.example"), MESSAGE);
                events.next(Relayed.class);
            }
            List<TlsAttempted> attempts = events.all(TlsAttempted.class);
            assertEquals(1, attempts.size(), "sessions are counted, not messages");
            TlsAttempted attempt = attempts.get(0);
            assertEquals("y.example", attempt.domain().text());
            assertEquals("mx1.y.example", attempt.exchanger());
            assertEquals(
                    new AppliedPolicy(
                            AppliedPolicy.Type.STS,
                            List.of("version: STSv1", "mode: enforce"),
                            List.of("*.y.example")),
                    attempt.policy());
            assertEquals(Optional.of(address("127.0.0.1")), attempt.remote());
            assertTrue(attempt.local().orElseThrow().isLoopbackAddress());
        }
        assertEquals(1, first.connections());
    }

    @Test
    void connection_ofAMessageThatWaivedTls_isNotUsedForOthers() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("mx1.y.example")));
        try (Mta mta =
                builder(OutboundTls.opportunistic())
                        .domainPolicies(policies(() -> DomainPolicies.Answer.of(ENFORCE)))
                        .start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example").withTlsRequest(TlsRequest.WAIVED), MESSAGE);
            events.next(Relayed.class);
            mta.submit(to("b@y.example"), MESSAGE);
            events.next(Relayed.class);
        }
        assertEquals(2, first.connections());
    }

    @Test
    void policy_thatCannotBeFetched_isToldOf_andHoldsUpNothing() throws Exception {
        TlsFailure failure = new TlsFailure(Kind.STS_WEBPKI_INVALID, "expired");
        try (Mta mta =
                builder(OutboundTls.opportunistic())
                        .domainPolicies(policies(() -> DomainPolicies.Answer.failed(failure)))
                        .start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example"), MESSAGE);
            TlsAttempted attempt = events.next(TlsAttempted.class);
            assertEquals(Optional.of(failure), attempt.failure());
            assertEquals("", attempt.exchanger());
            assertEquals(AppliedPolicy.Type.STS, attempt.policy().type());
            PlainText plain =
                    assertInstanceOf(PlainText.class, events.next(Relayed.class).security());
            assertEquals("the server offers no STARTTLS", plain.why());
        }
    }

    @Test
    void sourceOfPolicies_thatThrows_defersAndIsClosed_I8() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        try (Mta mta =
                builder(OutboundTls.opportunistic())
                        .domainPolicies(
                                policies(
                                        () -> {
                                            throw new IllegalStateException("broken");
                                        },
                                        closed))
                        .start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example"), MESSAGE);
            assertEquals("4.3.0", events.next(Deferred.class).reply().status().toString());
        }
        assertEquals(1, closed.get());
        assertEquals(0, first.connections());
    }

    private Relayed relayedVia(Route.ToSmartHost route) throws Exception {
        try (Mta mta = builder(OutboundTls.none()).route(route).start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("").to("b@anywhere.example"), MESSAGE);
            return events.next(Relayed.class);
        }
    }

    /** RFC 8460 §1.1: to a smart host, its own domain is the policy domain. */
    @ParameterizedTest
    @CsvSource({"may, 1", "verify, 1", "none, 0", "waived, 0"})
    void smartHost_byName_isToldOfAsItsDomains(String setting, int told) throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("mx1.y.example")));
        OutboundTls tls =
                switch (setting) {
                    case "verify" -> OutboundTls.verified();
                    case "none" -> OutboundTls.none();
                    default -> OutboundTls.opportunistic();
                };
        Route route = Route.smartHost("mx1.y.example", first.port()).tls(tls);
        try (Mta mta = builder(OutboundTls.none()).route(route).start()) {
            Events events = Events.of(mta);
            Envelope envelope = Envelope.from("").to("b@anywhere.example");
            mta.submit(
                    setting.equals("waived")
                            ? envelope.withTlsRequest(TlsRequest.WAIVED)
                            : envelope,
                    MESSAGE);
            events.next(Relayed.class);
            List<TlsAttempted> all = events.all(TlsAttempted.class);
            assertEquals(told, all.size());
            for (TlsAttempted each : all) {
                assertEquals("mx1.y.example", each.domain().text());
                assertEquals(Optional.empty(), each.failure());
            }
        }
    }

    @Test
    void smartHost_whosePolicyFails_isToldOf() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("other.example")));
        MtaBuilder builder = builder(OutboundTls.none());
        builder.domainPolicies(policies(() -> DomainPolicies.Answer.of(ENFORCE)));
        builder.route(Route.smartHost("mx1.y.example", first.port()));
        try (Mta mta = builder.start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("").to("b@anywhere.example"), MESSAGE);
            TlsAttempted told = events.next(TlsAttempted.class);
            assertEquals("mx1.y.example", told.domain().text());
            assertEquals(AppliedPolicy.Type.STS, told.policy().type());
            assertTrue(told.failure().isPresent());
        }
    }

    private static Proof proof(Relayed relayed) {
        return assertInstanceOf(Encrypted.class, relayed.security()).proof();
    }

    @Test
    void smartHost_byName_isVerifiedForThatName() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("mx1.y.example")));
        Route.ToSmartHost route = Route.smartHost("mx1.y.example", first.port());
        assertEquals(Proof.NONE, proof(relayedVia(route)));
        assertEquals(Proof.TRUST_ANCHOR, proof(relayedVia(route.tls(OutboundTls.verified()))));
        assertInstanceOf(PlainText.class, relayedVia(route.tls(OutboundTls.none())).security());
    }

    @Test
    void smartHost_byAddress_isVerifiedForThatAddress() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("127.0.0.1")));
        assertEquals(
                Proof.TRUST_ANCHOR,
                proof(
                        relayedVia(
                                Route.smartHost("127.0.0.1", first.port())
                                        .tls(OutboundTls.verified()))));
    }

    @Test
    void smartHost_withImplicitTls_isNeverSpokenToInPlainText() throws Exception {
        first.implicitTls(ServerTls.of(AUTHORITY.issue("mx1.y.example")));
        Route.ToSmartHost route = Route.smartHost("mx1.y.example", first.port()).implicitTls();
        assertEquals(Proof.NONE, proof(relayedVia(route)));
        assertEquals(Proof.TRUST_ANCHOR, proof(relayedVia(route.tls(OutboundTls.verified()))));
    }

    @Test
    void smartHost_withWrongCertificate_defers_whateverTheMessageWaives() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("other.example")));
        Route route = Route.smartHost("mx1.y.example", first.port()).tls(OutboundTls.verified());
        try (Mta mta = builder(OutboundTls.none()).route(route).start()) {
            Events events = Events.of(mta);
            mta.submit(
                    Envelope.from("").to("b@anywhere.example").withTlsRequest(TlsRequest.WAIVED),
                    MESSAGE);
            assertEquals("4.7.5", events.next(Deferred.class).reply().status().toString());
        }
        assertEquals(List.of(), first.commands("MAIL"));
    }

    @Test
    void smartHost_withTlsaRecords_isHeldToThem() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("mx1.y.example")));
        MtaBuilder builder = builder(OutboundTls.none());
        builder.tlsa =
                (host, port, nextHop) -> {
                    assertEquals(host, nextHop);
                    assertEquals(first.port(), port);
                    return new TlsaLookup.Answer.Usable(
                            List.of(RECORD),
                            host,
                            new TestVerifier(AUTHORITY.certificate(), "mx1.y.example", Proof.DANE));
                };
        builder.route(Route.smartHost("mx1.y.example", first.port()).tls(OutboundTls.dane()));
        try (Mta mta = builder.start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("").to("b@anywhere.example"), MESSAGE);
            assertEquals(Proof.DANE, proof(events.next(Relayed.class)));
        }
    }

    /** RFC 8461 §3.4: the smart host's domain is the policy domain, not the recipient's. */
    @ParameterizedTest
    @CsvSource({"mx1.y.example, 0, 0", "mx1.y.example, 1, 1", "*.other.example, 0, 0"})
    void smartHost_withAnMtaStsPolicy_isHeldToIt(String pattern, int certificate, int messages)
            throws Exception {
        first.tls(
                ServerTls.of(
                        AUTHORITY.issue(certificate == 1 ? "mx1.y.example" : "other.example")));
        StsPolicy policy =
                new StsPolicy(Mode.ENFORCE, List.of(pattern), Duration.ofDays(1), List.of());
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        MtaBuilder builder = builder(OutboundTls.none());
        builder.domainPolicies(
                new DomainPolicies() {
                    @Override
                    public Answer find(MailDomain domain, Resolver resolver) {
                        asked.add(domain.text());
                        return Answer.of(policy);
                    }

                    @Override
                    public void close() {
                        // It holds nothing.
                    }
                });
        builder.route(Route.smartHost("mx1.y.example", first.port()));
        try (Mta mta = builder.start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("").to("b@anywhere.example"), MESSAGE);
            if (messages == 0) {
                assertEquals(7, events.next(Deferred.class).reply().status().subject());
            } else {
                assertEquals(Proof.TRUST_ANCHOR, proof(events.next(Relayed.class)));
            }
        }
        assertEquals(List.of("mx1.y.example"), List.copyOf(asked));
        assertEquals(messages, first.commands("MAIL").size());
    }

    @Test
    void smartHost_namedAsNoDomain_isAskedForNoPolicy() throws Exception {
        zone.a("mail_relay", "127.0.0.1");
        MtaBuilder builder = builder(OutboundTls.none());
        builder.domainPolicies(
                policies(
                        () -> {
                            throw new AssertionError("asked");
                        }));
        builder.route(Route.smartHost("mail_relay", first.port()));
        try (Mta mta = builder.start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("").to("b@anywhere.example"), MESSAGE);
            assertInstanceOf(PlainText.class, events.next(Relayed.class).security());
        }
    }

    @Test
    void mail_isSentFromTheChosenAddress() throws Exception {
        first.tls(ServerTls.of(AUTHORITY.issue("mx1.y.example")));
        try (Mta mta =
                builder(OutboundTls.opportunistic())
                        .sendFrom(address("127.0.0.3"), address("IPv6:::1"))
                        .start()) {
            Events events = Events.of(mta);
            mta.submit(to("b@y.example"), MESSAGE);
            events.next(Relayed.class);
            assertEquals(
                    Optional.of(address("127.0.0.3")),
                    events.all(TlsAttempted.class).get(0).local());
            assertEquals(List.of("127.0.0.3"), first.clientAddresses());
        }
    }
}
