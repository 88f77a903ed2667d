package io.embedmta.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.TlsaRecord;
import org.junit.jupiter.api.Test;

/** What DNSSEC makes of answers, whoever validates: {@link SignedZones}, seen by a resolver. */
abstract class DnssecContract {
    private static final TlsaRecord GOOD = new TlsaRecord(3, 1, 1, SignedZones.GOOD);

    abstract DnsResolver resolver();

    @Test
    void tlsa_inSignedZone_isAuthenticated() {
        assertFound(true, resolver().tlsa(name("_25._tcp.mx.example.org")), GOOD);
        assertFound(true, resolver().a(name("mx.example.org")));
        assertFound(true, resolver().mx(name("example.org")));
    }

    @Test
    void tlsa_inSignedZoneWithNsec3_isAuthenticated() {
        assertFound(true, resolver().tlsa(name("_25._tcp.mx.nsec3.example")), GOOD);
    }

    @Test
    void tlsa_belowSignedDelegation_isAuthenticated() {
        assertFound(true, resolver().tlsa(name("_25._tcp.mx.child.example.org")), GOOD);
    }

    @Test
    void tlsa_belowUnsignedDelegation_isFoundAndNotAuthenticated() {
        assertFound(false, resolver().tlsa(name("_25._tcp.mx.unsigned.example.org")), GOOD);
        assertFound(false, resolver().a(name("mx.unsigned.example.org")));
    }

    @Test
    void denial_belowUnsignedDelegation_isNotAuthenticated() {
        assertEquals(new NoData<>(false), resolver().aaaa(name("mx.unsigned.example.org")));
        assertEquals(new NoSuchName<>(false), resolver().a(name("no.unsigned.example.org")));
    }

    @Test
    void answer_belowNoAnchor_isNotAuthenticated() {
        assertFound(false, resolver().a(name("mx.nowhere.example")));
        assertEquals(new NoData<>(false), resolver().aaaa(name("mx.nowhere.example")));
        assertEquals(new NoSuchName<>(false), resolver().a(name("no.nowhere.example")));
    }

    @Test
    void tlsa_bogus_isTemporaryFailure() {
        assertFailure(resolver().tlsa(name("_25._tcp.bogus.example.org")));
        assertFound(true, resolver().a(name("bogus.example.org")));
    }

    /** The DS record above is of another key than the zone is signed with. */
    @Test
    void answer_belowDelegationWithWrongKey_isTemporaryFailure() {
        assertFailure(resolver().a(name("mx.lost.example.org")));
        assertFailure(resolver().tlsa(name("_25._tcp.none.lost.example.org")));
    }

    @Test
    void tlsa_thatTheServerFailsAt_isTemporaryFailure() {
        assertFound(true, resolver().a(name("servfail.example.org")));
        assertFailure(resolver().tlsa(name("_25._tcp.servfail.example.org")));
    }

    @Test
    void denial_byNsec_isAuthenticated() {
        assertEquals(new NoSuchName<>(true), resolver().tlsa(name("_25._tcp.plain.example.org")));
        assertEquals(new NoData<>(true), resolver().aaaa(name("plain.example.org")));
        assertEquals(new NoData<>(true), resolver().cname(name("plain.example.org")));
        assertEquals(new NoData<>(true), resolver().a(name("_tcp.mx.example.org")));
    }

    @Test
    void denial_byNsec3_isAuthenticated() {
        assertEquals(new NoSuchName<>(true), resolver().tlsa(name("_25._tcp.plain.nsec3.example")));
        assertEquals(new NoData<>(true), resolver().aaaa(name("plain.nsec3.example")));
        assertEquals(new NoData<>(true), resolver().a(name("_tcp.mx.nsec3.example")));
    }

    @Test
    void wildcard_isAuthenticated() {
        for (String zone : new String[] {"example.org", "nsec3.example"}) {
            assertFound(true, resolver().a(name("any.wild." + zone)));
            assertEquals(new NoData<>(true), resolver().aaaa(name("any.wild." + zone)));
        }
    }

    @Test
    void alias_inSignedZone_isAuthenticated() {
        assertFound(true, resolver().a(name("alias.example.org")));
        assertEquals(new NoData<>(true), resolver().aaaa(name("alias.example.org")));
        assertFound(true, resolver().tlsa(name("_25._tcp.alias.example.org")), GOOD);
        assertFound(true, resolver().cname(name("alias.example.org")));
    }

    static void assertFound(boolean authenticated, DnsAnswer<?> answer, Object... records) {
        Found<?> found = assertInstanceOf(Found.class, answer);
        assertEquals(authenticated, found.authenticated());
        if (records.length > 0) {
            assertEquals(java.util.List.of(records), found.records());
        }
    }

    static String assertFailure(DnsAnswer<?> answer) {
        String reason = assertInstanceOf(TemporaryFailure.class, answer).reason();
        assertEquals(1, reason.lines().count());
        assertTrue(reason.length() > 10, reason);
        return reason;
    }

    static DnsName name(String text) {
        return DnsName.of(text);
    }
}
