package io.embedmta.resolver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Resolver} does. A test of an implementation extends this, and serves {@link
 * #ZONES} without DNSSEC; {@link #BROKEN} must be a domain whose look-ups fail.
 */
public abstract class ResolverContract {

    /** A domain that no server can answer for. */
    public static final String BROKEN = "broken.example";

    /** The time to live of every record of the zones. */
    public static final Duration TTL = Duration.ofMinutes(5);

    /** The zones to serve, as master files (RFC 1035 §5) by name. */
    public static final Map<String, String> ZONES =
            Map.of(
                    "example.org",
                    """
                    $ORIGIN example.org.
                    $TTL 300
                    @             SOA   ns hostmaster 1 3600 600 86400 60
                    @             NS    ns
                    @             MX    10 mx1
                    @             MX    20 mx2
                    @             TXT   "v=spf1 mx" " -all"
                    @             TXT   "another"
                    ns            A     127.0.0.1
                    mx1           A     192.0.2.1
                    mx1           A     192.0.2.2
                    mx1           AAAA  2001:db8::1
                    mx2           A     192.0.2.3
                    null          MX    0 .
                    _25._tcp.mx1  TLSA  3 1 1 00AbFf
                    alias         CNAME mx1
                    alias2        CNAME alias
                    dangling      CNAME nowhere
                    nodata        CNAME null
                    broken        CNAME mx.broken.example.
                    loop1         CNAME loop2
                    loop2         CNAME loop1
                    self          CNAME self
                    long1         CNAME long2
                    long2         CNAME long3
                    long3         CNAME long4
                    long4         CNAME long5
                    long5         CNAME long6
                    long6         CNAME long7
                    long7         CNAME long8
                    long8         CNAME long9
                    long9         CNAME mx1
                    """,
                    "2.0.192.in-addr.arpa",
                    """
                    $ORIGIN 2.0.192.in-addr.arpa.
                    $TTL 300
                    @     SOA   ns.example.org. hostmaster.example.org. 1 3600 600 86400 60
                    @     NS    ns.example.org.
                    1     PTR   mx1.example.org.
                    3     CNAME 3.0-127
                    3.0-127 PTR mx2.example.org.
                    """,
                    "8.b.d.0.1.0.0.2.ip6.arpa",
                    """
                    $ORIGIN 8.b.d.0.1.0.0.2.ip6.arpa.
                    $TTL 300
                    @     SOA   ns.example.org. hostmaster.example.org. 1 3600 600 86400 60
                    @     NS    ns.example.org.
                    1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR mx1.example.org.
                    """);

    /** For the test of an implementation. */
    protected ResolverContract() {}

    /** The resolver under test; asked once for each look-up. */
    protected abstract Resolver resolver();

    @Test
    void mx_ofDomain_givesEveryExchanger() {
        assertFound(
                resolver().mx(name("example.org")),
                new MxRecord(10, name("mx1.example.org")),
                new MxRecord(20, name("mx2.example.org")));
    }

    @Test
    void mx_nullMx_isOneRecordForTheRoot() {
        assertFound(resolver().mx(name("null.example.org")), new MxRecord(0, name(".")));
    }

    @Test
    void mx_inAnotherCase_isTheSame() {
        assertFound(resolver().mx(name("NULL.Example.ORG.")), new MxRecord(0, name(".")));
    }

    @Test
    void mx_ofHostWithoutOne_isNoData() {
        assertNoData(resolver().mx(name("mx1.example.org")));
    }

    @Test
    void a_ofHost_givesEveryAddress() {
        assertFound(
                resolver().a(name("mx1.example.org")), address("192.0.2.1"), address("192.0.2.2"));
    }

    @Test
    void aaaa_ofHost_givesAddress() {
        assertFound(resolver().aaaa(name("mx1.example.org")), address("2001:db8::1"));
    }

    @Test
    void aaaa_ofIpv4Host_isNoData() {
        assertNoData(resolver().aaaa(name("mx2.example.org")));
    }

    @Test
    void txt_ofSeveralStrings_joinsThoseOfOneRecord() {
        assertFound(resolver().txt(name("example.org")), "v=spf1 mx -all", "another");
    }

    @Test
    void ptr_ofIpv4Address_givesName() {
        assertFound(resolver().ptr(address("192.0.2.1")), name("mx1.example.org"));
    }

    @Test
    void ptr_ofIpv6Address_givesName() {
        assertFound(resolver().ptr(address("2001:db8::1")), name("mx1.example.org"));
    }

    /** RFC 2317 §4. */
    @Test
    void ptr_delegatedByAlias_isFollowed() {
        assertFound(resolver().ptr(address("192.0.2.3")), name("mx2.example.org"));
    }

    @Test
    void ptr_ofUnknownAddress_isNoSuchName() {
        assertNoSuchName(resolver().ptr(address("192.0.2.9")));
    }

    @Test
    void tlsa_ofService_givesAssociationInLowerCase() {
        assertFound(
                resolver().tlsa(name("_25._tcp.mx1.example.org")),
                new TlsaRecord(3, 1, 1, "00abff"));
    }

    @Test
    void cname_ofAlias_givesOneStep() {
        assertFound(resolver().cname(name("alias2.example.org")), name("alias.example.org"));
    }

    @Test
    void cname_ofHost_isNoData() {
        assertNoData(resolver().cname(name("mx1.example.org")));
    }

    @Test
    void cname_ofUnknownName_isNoSuchName() {
        assertNoSuchName(resolver().cname(name("nowhere.example.org")));
    }

    @Test
    void a_ofAliasOfAlias_isFollowed() {
        assertFound(
                resolver().a(name("alias2.example.org")),
                address("192.0.2.1"),
                address("192.0.2.2"));
    }

    @Test
    void a_ofEightAliases_isFollowed() {
        assertFound(
                resolver().a(name("long2.example.org")),
                address("192.0.2.1"),
                address("192.0.2.2"));
    }

    @Test
    void a_ofNineAliases_isTemporaryFailure() {
        assertFailure(resolver().a(name("long1.example.org")));
    }

    @Test
    void a_ofAliasLoop_isTemporaryFailure() {
        assertFailure(resolver().a(name("loop1.example.org")));
        assertFailure(resolver().a(name("self.example.org")));
    }

    @Test
    void a_ofAliasToNowhere_isNoSuchName() {
        assertNoSuchName(resolver().a(name("dangling.example.org")));
    }

    @Test
    void a_ofAliasToHostWithoutAddress_isNoData() {
        assertNoData(resolver().a(name("nodata.example.org")));
    }

    @Test
    void a_ofAliasIntoBrokenDomain_isTemporaryFailure() {
        assertFailure(resolver().a(name("broken.example.org")));
    }

    @Test
    void lookUp_ofUnknownName_isNoSuchName() {
        DnsName nowhere = name("nowhere.example.org");
        assertNoSuchName(resolver().mx(nowhere));
        assertNoSuchName(resolver().a(nowhere));
        assertNoSuchName(resolver().aaaa(nowhere));
        assertNoSuchName(resolver().txt(nowhere));
        assertNoSuchName(resolver().tlsa(nowhere));
    }

    /** RFC 8020 §2: a name with names below it exists, records or not. */
    @Test
    void lookUp_ofEmptyNonTerminal_isNoData() {
        assertNoData(resolver().txt(name("_tcp.mx1.example.org")));
    }

    @Test
    void lookUp_ofBrokenDomain_isTemporaryFailure() {
        DnsName broken = name(BROKEN);
        assertFailure(resolver().mx(broken));
        assertFailure(resolver().a(broken));
        assertFailure(resolver().aaaa(broken));
        assertFailure(resolver().txt(name("_dmarc." + BROKEN)));
        assertFailure(resolver().tlsa(name("_25._tcp." + BROKEN)));
        assertFailure(resolver().cname(broken));
    }

    /** The records in any order, with a time to live, and not vouched for. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    protected static <T> void assertFound(DnsAnswer<? extends T> answer, T... expected) {
        Found<?> found = assertInstanceOf(Found.class, answer);
        assertEquals(Set.of(expected), new HashSet<>(found.records()));
        assertEquals(expected.length, found.records().size(), "no record twice");
        assertTrue(found.ttl().compareTo(TTL) <= 0, () -> "TTL " + found.ttl());
        assertTrue(found.ttl().compareTo(Duration.ZERO) >= 0, () -> "TTL " + found.ttl());
        assertFalse(found.authenticated());
    }

    /** The name is there, the record is not. */
    protected static void assertNoData(DnsAnswer<?> answer) {
        assertFalse(assertInstanceOf(NoData.class, answer).authenticated());
    }

    /** The name is not there. */
    protected static void assertNoSuchName(DnsAnswer<?> answer) {
        assertFalse(assertInstanceOf(NoSuchName.class, answer).authenticated());
    }

    /** Nobody knows now, and the reason is said. */
    protected static void assertFailure(DnsAnswer<?> answer) {
        String reason = assertInstanceOf(TemporaryFailure.class, answer).reason();
        assertFalse(reason.isBlank());
        assertEquals(List.of(reason), reason.lines().toList(), "one line");
    }

    /** A name. */
    protected static DnsName name(String text) {
        return DnsName.of(text);
    }

    /** An address of its literal. */
    protected static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
