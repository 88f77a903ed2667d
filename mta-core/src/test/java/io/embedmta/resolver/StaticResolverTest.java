package io.embedmta.resolver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StaticResolverTest extends ResolverContract {
    private static final Resolver TABLE =
            StaticResolver.builder()
                    .mx("example.org", 10, "mx1.example.org")
                    .mx("example.org", 20, "mx2.example.org.")
                    .txt("example.org", "v=spf1 mx -all")
                    .txt("example.org", "another")
                    .a("mx1.example.org", "192.0.2.1")
                    .a("mx1.example.org", "192.0.2.2")
                    .aaaa("mx1.example.org", "2001:db8::1")
                    .a("mx2.example.org", "192.0.2.3")
                    .nullMx("null.example.org")
                    .tlsa("_25._tcp.mx1.example.org", new TlsaRecord(3, 1, 1, "00abff"))
                    .cname("alias.example.org", "mx1.example.org")
                    .cname("alias2.example.org", "alias.example.org")
                    .cname("dangling.example.org", "nowhere.example.org")
                    .cname("nodata.example.org", "null.example.org")
                    .cname("broken.example.org", "mx.broken.example")
                    .cname("loop1.example.org", "loop2.example.org")
                    .cname("loop2.example.org", "loop1.example.org")
                    .cname("self.example.org", "self.example.org")
                    .cname("long1.example.org", "long2.example.org")
                    .cname("long2.example.org", "long3.example.org")
                    .cname("long3.example.org", "long4.example.org")
                    .cname("long4.example.org", "long5.example.org")
                    .cname("long5.example.org", "long6.example.org")
                    .cname("long6.example.org", "long7.example.org")
                    .cname("long7.example.org", "long8.example.org")
                    .cname("long8.example.org", "long9.example.org")
                    .cname("long9.example.org", "mx1.example.org")
                    .ptr("192.0.2.1", "mx1.example.org")
                    .ptr("2001:db8::1", "mx1.example.org")
                    .cname("3.2.0.192.in-addr.arpa", "3.0-127.2.0.192.in-addr.arpa")
                    .ptrName("3.0-127.2.0.192.in-addr.arpa", "mx2.example.org")
                    .fails(BROKEN, "the name server is down")
                    .ttl(TTL)
                    .build();

    @Override
    protected Resolver resolver() {
        return TABLE;
    }

    @Test
    void empty_ofAnyName_isNoSuchName() {
        assertNoSuchName(StaticResolver.empty().mx(name("example.org")));
        assertNoSuchName(StaticResolver.empty().ptr(address("127.0.0.1")));
    }

    @Test
    void records_inTheirOrder_carryTheTtl() {
        Resolver resolver =
                StaticResolver.builder()
                        .a("x.example", "192.0.2.2")
                        .a("x.example", "192.0.2.1")
                        .ttl(Duration.ofSeconds(7))
                        .build();
        assertEquals(
                DnsAnswer.found(
                        List.of(address("192.0.2.2"), address("192.0.2.1")), Duration.ofSeconds(7)),
                resolver.a(name("x.example")));
    }

    @Test
    void fails_givesReason_forDomainAndBelow() {
        Resolver resolver =
                StaticResolver.builder()
                        .a("mx.example.org", "192.0.2.1")
                        .fails("example.org", "down")
                        .build();
        assertEquals(new TemporaryFailure<>("down"), resolver.a(name("mx.example.org")));
        assertEquals(new TemporaryFailure<>("down"), resolver.mx(name("example.org")));
        assertEquals(new NoSuchName<>(false), resolver.mx(name("example.net")));
    }

    @Test
    void fails_onAliasItself_isNotFollowed() {
        Resolver resolver =
                StaticResolver.builder()
                        .cname("www.example.org", "x.example.net")
                        .a("x.example.net", "192.0.2.1")
                        .fails("example.org", "down")
                        .build();
        assertEquals(new TemporaryFailure<>("down"), resolver.a(name("www.example.org")));
    }

    @Test
    void authenticated_domain_vouchesForPresenceAndAbsenceBelow() {
        Resolver resolver =
                StaticResolver.builder()
                        .a("mx.example.org", "192.0.2.1")
                        .a("mx.example.net", "192.0.2.2")
                        .cname("out.example.org", "mx.example.net")
                        .authenticated("example.org")
                        .build();
        assertTrue(((Found<?>) resolver.a(name("mx.example.org"))).authenticated());
        assertEquals(new NoData<>(true), resolver.tlsa(name("mx.example.org")));
        assertEquals(new NoSuchName<>(true), resolver.tlsa(name("_25._tcp.mx.example.org")));
        assertFound(resolver.a(name("mx.example.net")), address("192.0.2.2"));
        // RFC 4035 §3.2.3: the answer is authentic only when every record in it is.
        assertFound(resolver.a(name("out.example.org")), address("192.0.2.2"));
    }

    @Test
    void builder_withRecordBesideAlias_refuses() {
        StaticResolverBuilder alias = StaticResolver.builder().cname("x.example", "y.example");
        assertThrows(IllegalArgumentException.class, () -> alias.a("x.example", "192.0.2.1"));
        assertThrows(IllegalArgumentException.class, () -> alias.cname("x.example", "z.example"));
        StaticResolverBuilder host = StaticResolver.builder().a("x.example", "192.0.2.1");
        assertThrows(IllegalArgumentException.class, () -> host.cname("x.example", "y.example"));
    }

    @Test
    void builder_withMalformedValue_refuses() {
        StaticResolverBuilder builder = StaticResolver.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.a("x.example", "x.example"));
        assertThrows(IllegalArgumentException.class, () -> builder.a("x.example", "::1"));
        assertThrows(IllegalArgumentException.class, () -> builder.aaaa("x.example", "127.0.0.1"));
        assertThrows(IllegalArgumentException.class, () -> builder.mx("x.example", -1, "y"));
        assertThrows(IllegalArgumentException.class, () -> builder.mx("x..example", 1, "y"));
        assertThrows(IllegalArgumentException.class, () -> builder.ttl(Duration.ofSeconds(-1)));
    }

    @Test
    void build_thenFillOn_leavesResolverAsItWas() {
        StaticResolverBuilder builder = StaticResolver.builder().a("x.example", "192.0.2.1");
        Resolver before = builder.build();
        builder.a("x.example", "192.0.2.2").a("y.example", "192.0.2.3");
        assertFound(before.a(name("x.example")), address("192.0.2.1"));
        assertNoSuchName(before.a(name("y.example")));
    }
}
