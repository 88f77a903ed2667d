package io.embedmta.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.resolver.DnsAnswer.NoData;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** DNSSEC with real servers: Knot DNS signs and serves, Unbound or we ourselves validate. */
class DnssecTest {
    private static @Nullable SignedZones zones;
    private static @Nullable UnboundServer validating;
    private static @Nullable UnboundServer indifferent;

    @BeforeAll
    static void startServers() {
        if (KnotServer.isInstalled()) {
            zones = SignedZones.start();
            if (UnboundServer.isInstalled()) {
                validating = unbound(zones).validating(zones.anchors).start();
                indifferent = unbound(zones).start();
            }
        }
    }

    private static UnboundServer.Builder unbound(SignedZones zones) {
        UnboundServer.Builder builder = UnboundServer.builder();
        for (String zone : new String[] {"example.org", "nsec3.example", "nowhere.example"}) {
            builder.zone(zone, zones.knot.address());
        }
        return builder;
    }

    @AfterAll
    static void stopServers() {
        for (AutoCloseable server :
                new @Nullable AutoCloseable[] {validating, indifferent, zones}) {
            try {
                if (server != null) {
                    server.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        zones = null;
        validating = null;
        indifferent = null;
    }

    private static SignedZones zones() {
        KnotServer.assumeInstalled();
        if (zones == null) {
            throw new IllegalStateException("no zones");
        }
        return zones;
    }

    private static UnboundServer started(@Nullable UnboundServer server) {
        UnboundServer.assumeInstalled();
        if (server == null) {
            throw new IllegalStateException("no unbound");
        }
        return server;
    }

    private static DnsResolver patient(DnsResolver resolver) {
        return resolver.withTimeout(Duration.ofSeconds(20));
    }

    /** Validating ourselves what an authoritative server says. */
    @Nested
    class OwnValidation extends DnssecContract {
        private @Nullable DnsResolver resolver;

        @BeforeEach
        void makeResolver() {
            resolver =
                    patient(
                            DnsResolver.of(zones().knot.address())
                                    .withTrustAnchor(zones().anchors));
        }

        @Override
        DnsResolver resolver() {
            if (resolver == null) {
                throw new IllegalStateException("no resolver");
            }
            return resolver;
        }

        @Test
        void tlsa_bogus_saysSo() {
            String reason = assertFailure(resolver().tlsa(name("_25._tcp.bogus.example.org")));
            assertTrue(reason.startsWith("TLSA of _25._tcp.bogus.example.org: bogus: "), reason);
        }

        /** I10: signatures are valid by the clock that is handed in. */
        @Test
        void answer_withSignatureOutOfDate_isTemporaryFailure_I10() {
            for (Duration shift : new Duration[] {Duration.ofDays(60), Duration.ofDays(-60)}) {
                Clock clock = Clock.offset(Clock.systemUTC(), shift);
                DnsResolver elsewhen = resolver().withClock(clock);
                assertFailure(elsewhen.tlsa(name("_25._tcp.mx.example.org")));
                assertFailure(elsewhen.aaaa(name("plain.example.org")));
                assertFound(false, elsewhen.a(name("mx.nowhere.example")));
            }
        }

        @Test
        void answer_isKeptWithItsJudgement() {
            assertFound(true, resolver().a(name("mx.example.org")));
            assertFound(true, resolver().a(name("mx.example.org")));
            assertFound(false, resolver().a(name("mx.unsigned.example.org")));
            assertFound(false, resolver().a(name("mx.unsigned.example.org")));
            assertFailure(resolver().tlsa(name("_25._tcp.bogus.example.org")));
            assertFailure(resolver().tlsa(name("_25._tcp.bogus.example.org")));
        }

        /** dnsjava's own selector thread belongs to nobody, and is never started. */
        @Test
        void lookUp_startsNoThreadThatStays() {
            assertFound(true, resolver().tlsa(name("_25._tcp.mx.child.example.org")));
            assertEquals(new NoData<>(true), resolver().aaaa(name("plain.nsec3.example")));
            assertFalse(
                    Thread.getAllStackTraces().keySet().stream()
                            .anyMatch(thread -> thread.getName().contains("dnsjava")));
        }

        @Test
        void lookUp_afterClose_isTemporaryFailure() {
            resolver().close();
            assertFailure(resolver().a(name("mx.example.org")));
        }
    }

    /** Validating ourselves what a recursive server that does not care passes on. */
    @Nested
    class OwnValidationBehindUnbound extends DnssecContract {
        private @Nullable DnsResolver resolver;

        @BeforeEach
        void makeResolver() {
            resolver =
                    patient(
                            DnsResolver.of(started(indifferent).address())
                                    .withTrustAnchor(zones().anchors));
        }

        @Override
        DnsResolver resolver() {
            if (resolver == null) {
                throw new IllegalStateException("no resolver");
            }
            return resolver;
        }

        @Test
        void alias_fromSignedIntoUnsignedZone_isNotAuthenticated() {
            assertFound(false, resolver().a(name("outside.example.org")));
            assertFound(true, resolver().cname(name("outside.example.org")));
        }
    }

    /** Believing a recursive server that validates. */
    @Nested
    class TrustedUnbound extends DnssecContract {
        private @Nullable DnsResolver resolver;

        @BeforeEach
        void makeResolver() {
            resolver = patient(DnsResolver.of(started(validating).address()).withTrustAd(true));
        }

        @Override
        DnsResolver resolver() {
            if (resolver == null) {
                throw new IllegalStateException("no resolver");
            }
            return resolver;
        }

        @Test
        void alias_fromSignedIntoUnsignedZone_isNotAuthenticated() {
            assertFound(false, resolver().a(name("outside.example.org")));
            assertFound(true, resolver().cname(name("outside.example.org")));
        }

        @Test
        void answer_ofServerThatIsNotTrusted_isNotAuthenticated() {
            DnsResolver wary = resolver().withTrustAd(false);
            assertFound(false, wary.tlsa(name("_25._tcp.mx.example.org")));
        }

        @Test
        void answer_ofServerThatDoesNotValidate_isNotAuthenticated() {
            DnsResolver vain = DnsResolver.of(started(indifferent).address()).withTrustAd(true);
            assertFound(false, vain.tlsa(name("_25._tcp.mx.example.org")));
        }
    }
}
