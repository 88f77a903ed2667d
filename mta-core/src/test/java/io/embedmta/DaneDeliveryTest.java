package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.embedmta.event.Deferred;
import io.embedmta.event.MtaEvent;
import io.embedmta.event.Relayed;
import io.embedmta.event.TlsAttempted;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.resolver.StaticResolverBuilder;
import io.embedmta.resolver.TlsaRecord;
import io.embedmta.route.Route;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.HopSecurity.Encrypted;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.ServerTls;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole agents that hold exchangers to the TLSA records of a zone, as they stand in it. */
@Timeout(60)
class DaneDeliveryTest {
    private static final TestAuthority.Identity IDENTITY =
            TestAuthority.create().issueExpired("other.example");

    private final FakeExchanger exchanger = FakeExchanger.start();
    private final StaticResolverBuilder zone =
            StaticResolver.builder()
                    .mx("y.example", 10, "mx.y.example")
                    .a("mx.y.example", "127.0.0.1")
                    .authenticated("y.example");

    @BeforeEach
    void startTls() {
        exchanger.tls(ServerTls.of(IDENTITY));
    }

    @AfterEach
    void closeExchanger() {
        exchanger.close();
    }

    private String tlsaName() {
        return "_" + exchanger.port() + "._tcp.mx.y.example";
    }

    /** DANE-EE, SPKI, SHA-256: what RFC 7672 §3.1.1 recommends. */
    private static TlsaRecord recordOf(TestAuthority.Identity identity) throws Exception {
        byte[] key = identity.certificate().getPublicKey().getEncoded();
        return TlsaRecord.of(3, 1, 1, MessageDigest.getInstance("SHA-256").digest(key));
    }

    private Events send() throws Exception {
        try (Mta mta =
                Mta.builder("own.example")
                        .resolver(zone.build())
                        .route(Route.mailExchangers().tls(OutboundTls.dane()))
                        .remotePort(exchanger.port())
                        .shutdownGrace(Duration.ofSeconds(1))
                        .start()) {
            Events events = Events.of(mta);
            mta.submit(Envelope.from("").to("b@y.example"), Content.of("a: b\r\n\r\nc\r\n"));
            while (true) {
                MtaEvent event = events.next(MtaEvent.class);
                if (event instanceof Relayed || event instanceof Deferred) {
                    return events;
                }
            }
        }
    }

    private static Proof proof(Events events) {
        return assertInstanceOf(Encrypted.class, events.all(Relayed.class).get(0).security())
                .proof();
    }

    private static TlsFailure.Kind failure(Events events) {
        return events.all(TlsAttempted.class).get(0).failure().orElseThrow().kind();
    }

    @Test
    void exchanger_thatFitsItsRecord_isVerified_andReportedByIt() throws Exception {
        TlsaRecord record = recordOf(IDENTITY);
        zone.tlsa(tlsaName(), record);
        Events events = send();
        assertEquals(Proof.DANE, proof(events));
        AppliedPolicy policy = events.all(TlsAttempted.class).get(0).policy();
        assertEquals(AppliedPolicy.Type.TLSA, policy.type());
        assertEquals(List.of("3 1 1 " + record.association()), policy.lines());
    }

    @Test
    void exchanger_thatDoesNotFitItsRecord_getsNoMail() throws Exception {
        zone.tlsa(tlsaName(), recordOf(TestAuthority.create().issue("mx.y.example")));
        Events events = send();
        assertEquals("4.7.5", events.all(Deferred.class).get(0).reply().status().toString());
        assertEquals(TlsFailure.Kind.TLSA_INVALID, failure(events));
        assertEquals(List.of(), exchanger.commands("MAIL"));
    }

    @Test
    void exchanger_whoseRecordCannotBeLookedUp_isNotConnectedTo() throws Exception {
        zone.fails(tlsaName(), "SERVFAIL");
        Events events = send();
        assertEquals("4.7.5", events.all(Deferred.class).get(0).reply().status().toString());
        assertEquals(TlsFailure.Kind.DNSSEC_INVALID, failure(events));
        assertEquals(0, exchanger.connections());
    }

    @Test
    void exchanger_withoutRecords_isHeldToNothing() throws Exception {
        assertEquals(Proof.NONE, proof(send()));
    }

    @Test
    void exchanger_whoseRecordsAreUnusable_getsTlsAtLeast() throws Exception {
        zone.tlsa(tlsaName(), new TlsaRecord(1, 1, 1, "00".repeat(32)));
        assertEquals(Proof.NONE, proof(send()));
    }
}
