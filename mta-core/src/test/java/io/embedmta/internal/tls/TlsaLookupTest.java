package io.embedmta.internal.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.internal.tls.TlsaLookup.Answer;
import io.embedmta.internal.tls.TlsaLookup.Answer.Failed;
import io.embedmta.internal.tls.TlsaLookup.Answer.NoDane;
import io.embedmta.internal.tls.TlsaLookup.Answer.Unusable;
import io.embedmta.internal.tls.TlsaLookup.Answer.Usable;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.resolver.StaticResolverBuilder;
import io.embedmta.resolver.TlsaRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsaLookupTest {
    private static final String SERVICE = "_25._tcp.mx.example.org";
    private static final TlsaRecord GOOD = new TlsaRecord(3, 1, 1, "ab".repeat(32));
    private static final TlsaRecord ALSO_GOOD = new TlsaRecord(2, 1, 1, "cd".repeat(32));
    private static final TlsaRecord PKIX = new TlsaRecord(1, 1, 1, "ab".repeat(32));

    private final StaticResolverBuilder dns = StaticResolver.builder();

    @Test
    void find_secureRecords_areUsable() {
        dns.authenticated("example.org").a("mx.example.org", "192.0.2.1").tlsa(SERVICE, GOOD);
        Usable usable = assertInstanceOf(Usable.class, find());
        assertEquals(List.of(GOOD), usable.records());
        assertEquals(DnsName.of("mx.example.org"), usable.base());
        assertEquals(
                new DaneVerifier(List.of(GOOD), List.of("example.org", "mx.example.org")),
                usable.verifier());
    }

    @Test
    void find_hostWithIpv6AddressAlone_isUsable() {
        dns.authenticated("example.org").aaaa("mx.example.org", "2001:db8::1").tlsa(SERVICE, GOOD);
        assertInstanceOf(Usable.class, find());
    }

    @Test
    void find_atAnotherPort_asksForThatPort() {
        dns.authenticated("example.org")
                .a("mx.example.org", "192.0.2.1")
                .tlsa("_2525._tcp.mx.example.org", GOOD);
        assertEquals(new NoDane(), find());
        assertInstanceOf(Usable.class, find("mx.example.org", 2525));
    }

    @Test
    void find_someRecordsUsable_keepsAllForReports() {
        dns.authenticated("example.org")
                .a("mx.example.org", "192.0.2.1")
                .tlsa(SERVICE, PKIX)
                .tlsa(SERVICE, GOOD);
        assertEquals(List.of(PKIX, GOOD), assertInstanceOf(Usable.class, find()).records());
    }

    /** RFC 7672 §2.2: there are records, so TLS is a must, but nothing to hold the server to. */
    @Test
    void find_noRecordUsable_isUnusable() {
        dns.authenticated("example.org").a("mx.example.org", "192.0.2.1").tlsa(SERVICE, PKIX);
        assertEquals(new Unusable(List.of(PKIX)), find());
    }

    @Test
    void find_secureDenial_isNoDane() {
        dns.authenticated("example.org").a("mx.example.org", "192.0.2.1");
        assertEquals(new NoDane(), find());
    }

    /** RFC 7672 §2.2: then records are not even asked for, so their failure is no matter. */
    @Test
    void find_insecureAddresses_isNoDaneWithoutAsking() {
        dns.a("mx.example.org", "192.0.2.1").fails("_tcp.mx.example.org", "no such type");
        assertEquals(new NoDane(), find());
    }

    @Test
    void find_insecureRecords_isNoDane() {
        dns.authenticated("mx.example.org").a("mx.example.org", "192.0.2.1");
        dns.cname(SERVICE, "tlsa.example.net").tlsa("tlsa.example.net", GOOD);
        assertEquals(new NoDane(), find());
    }

    @Test
    void find_recordsBehindSecureAlias_areUsable() {
        dns.authenticated("example.org").authenticated("example.net");
        dns.a("mx.example.org", "192.0.2.1").cname(SERVICE, "tlsa.example.net");
        dns.tlsa("tlsa.example.net", GOOD);
        Usable usable = assertInstanceOf(Usable.class, find());
        assertEquals(DnsName.of("mx.example.org"), usable.base());
    }

    /** RFC 7672 §2.1.2: "no answer" must never become "no records". */
    @Test
    void find_failureOfRecords_isFailed() {
        dns.authenticated("example.org").a("mx.example.org", "192.0.2.1");
        dns.fails(SERVICE, "SERVFAIL");
        assertEquals(new Failed("SERVFAIL"), find());
    }

    @Test
    void find_failureOfAddresses_isFailed() {
        dns.fails("mx.example.org", "bogus");
        assertEquals(new Failed("bogus"), find());
    }

    @Test
    void find_hostWithoutAddress_isNoDane() {
        dns.authenticated("example.org").txt("mx.example.org", "no address");
        assertEquals(new NoDane(), find());
    }

    @Test
    void find_resolverThatThrows_isFailed_I8() {
        TlsaLookup lookup = new TlsaLookup(new ThrowingResolver());
        assertInstanceOf(
                Failed.class,
                lookup.find(DnsName.of("mx.example.org"), 25, DnsName.of("example.org")));
    }

    @Test
    void find_nameTooLongForAService_isNoDane() {
        String label = "a".repeat(60) + ".";
        String name = label.repeat(4) + "example";
        dns.authenticated("example").a(name, "192.0.2.1");
        assertEquals(new NoDane(), find(name, 25));
    }

    /** RFC 7672 §2.2.2. */
    @Test
    void find_secureAlias_asksAtItsEndFirst() {
        alias();
        dns.authenticated("example.org").authenticated("example.net");
        dns.tlsa(SERVICE, ALSO_GOOD).tlsa("_25._tcp.mail.example.net", GOOD);
        Usable usable = assertInstanceOf(Usable.class, find());
        assertEquals(DnsName.of("mail.example.net"), usable.base());
        assertEquals(List.of(GOOD), usable.records());
        assertEquals(
                new DaneVerifier(
                        List.of(GOOD),
                        List.of("example.org", "mail.example.net", "mx.example.org")),
                usable.verifier());
    }

    @Test
    void find_secureAliasWithoutRecordsAtItsEnd_asksAtTheNameItself() {
        alias();
        dns.authenticated("example.org").authenticated("example.net").tlsa(SERVICE, GOOD);
        Usable usable = assertInstanceOf(Usable.class, find());
        assertEquals(DnsName.of("mx.example.org"), usable.base());
    }

    @Test
    void find_secureAliasWithUnusableRecordsAtItsEnd_isUnusable() {
        alias();
        dns.authenticated("example.org").authenticated("example.net");
        dns.tlsa(SERVICE, GOOD).tlsa("_25._tcp.mail.example.net", PKIX);
        assertEquals(new Unusable(List.of(PKIX)), find());
    }

    @Test
    void find_secureAliasWithFailureAtItsEnd_isFailed() {
        alias();
        dns.authenticated("example.org").authenticated("example.net").tlsa(SERVICE, GOOD);
        dns.fails("_25._tcp.mail.example.net", "SERVFAIL");
        assertEquals(new Failed("SERVFAIL"), find());
    }

    /** RFC 7672 §2.2.2: the zone of the alias is signed, so its own records count. */
    @Test
    void find_secureAliasIntoUnsignedZone_asksAtTheNameItselfAlone() {
        alias();
        dns.authenticated("example.org").tlsa("_25._tcp.mail.example.net", GOOD);
        assertEquals(new NoDane(), find());
        dns.tlsa(SERVICE, GOOD);
        Usable usable = assertInstanceOf(Usable.class, find());
        assertEquals(DnsName.of("mx.example.org"), usable.base());
        assertTrue(usable.verifier() instanceof DaneVerifier);
    }

    @Test
    void find_insecureAliasIntoSignedZone_isNoDane() {
        alias();
        dns.authenticated("example.net").tlsa(SERVICE, GOOD);
        dns.tlsa("_25._tcp.mail.example.net", GOOD);
        assertEquals(new NoDane(), find());
    }

    @Test
    void find_aliasInALoop_isFailed() {
        dns.authenticated("example.org");
        dns.cname("mx.example.org", "mx2.example.org").cname("mx2.example.org", "mx.example.org");
        assertInstanceOf(Failed.class, find());
    }

    /** The host is an alias of one that is an alias of a third. */
    private void alias() {
        dns.cname("mx.example.org", "alias.example.net");
        dns.cname("alias.example.net", "mail.example.net").a("mail.example.net", "192.0.2.1");
    }

    private Answer find() {
        return find("mx.example.org", 25);
    }

    private Answer find(String host, int port) {
        return new TlsaLookup(dns.build()).find(DnsName.of(host), port, DnsName.of("example.org"));
    }
}
