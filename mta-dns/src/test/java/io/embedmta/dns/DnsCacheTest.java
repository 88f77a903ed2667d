package io.embedmta.dns;

import static io.embedmta.dns.FakeNameServer.record;
import static io.embedmta.dns.FakeNameServer.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import io.embedmta.resolver.DnsName;
import io.embedmta.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** How long an answer is kept, by a clock that the test moves (I10). */
class DnsCacheTest {
    private static final DnsName NAME = DnsName.of("mx.example");

    private final ManualClock clock = ManualClock.at(Instant.parse("2030-01-01T00:00:00Z"));

    @Test
    void found_isKeptForItsTtl_whichRunsDown_I10() throws IOException {
        try (FakeNameServer server = replying(DnsCacheTest::found);
                DnsResolver resolver = resolver(server)) {
            assertEquals(Duration.ofSeconds(60), ttl(resolver.a(NAME)));
            clock.advance(Duration.ofSeconds(59));
            assertEquals(Duration.ofSeconds(1), ttl(resolver.a(NAME)));
            assertEquals(1, server.queries.size());
            clock.advance(Duration.ofSeconds(1));
            assertEquals(Duration.ofSeconds(60), ttl(resolver.a(NAME)));
            assertEquals(2, server.queries.size());
        }
    }

    @Test
    void found_isKeptByType_andInAnyCase() throws IOException {
        try (FakeNameServer server = replying(DnsCacheTest::found);
                DnsResolver resolver = resolver(server)) {
            resolver.a(NAME);
            resolver.a(DnsName.of("MX.EXAMPLE."));
            assertEquals(1, server.queries.size());
            resolver.aaaa(NAME);
            assertEquals(2, server.queries.size());
        }
    }

    /** RFC 2308 §5: the lesser of the SOA's TTL and its last field. */
    @Test
    void noSuchName_isKeptAsTheSoaSays() throws IOException {
        try (FakeNameServer server = replying(query -> withSoa(reply(query, Rcode.NXDOMAIN)));
                DnsResolver resolver = resolver(server)) {
            assertKeptFor(Duration.ofSeconds(20), server, resolver, new NoSuchName<>(false));
        }
    }

    @Test
    void noData_isKeptAsTheSoaSays() throws IOException {
        try (FakeNameServer server = replying(query -> withSoa(reply(query, Rcode.NOERROR)));
                DnsResolver resolver = resolver(server)) {
            assertKeptFor(Duration.ofSeconds(20), server, resolver, new NoData<>(false));
        }
    }

    private void assertKeptFor(
            Duration ttl, FakeNameServer server, DnsResolver resolver, DnsAnswer<?> expected) {
        assertEquals(expected, resolver.a(NAME));
        clock.advance(ttl.minusSeconds(1));
        assertEquals(expected, resolver.a(NAME));
        assertEquals(1, server.queries.size());
        clock.advance(Duration.ofSeconds(1));
        assertEquals(expected, resolver.a(NAME));
        assertEquals(2, server.queries.size());
    }

    @Test
    void noSuchName_withoutSoa_isNotKept() throws IOException {
        try (FakeNameServer server = replying(query -> reply(query, Rcode.NXDOMAIN));
                DnsResolver resolver = resolver(server)) {
            resolver.a(NAME);
            resolver.a(NAME);
            assertEquals(2, server.queries.size());
        }
    }

    @Test
    void failure_isNotKept() throws IOException {
        try (FakeNameServer server = replying(query -> reply(query, Rcode.SERVFAIL));
                DnsResolver resolver = resolver(server)) {
            assertInstanceOf(TemporaryFailure.class, resolver.a(NAME));
            assertInstanceOf(TemporaryFailure.class, resolver.a(NAME));
            assertEquals(2, server.queries.size());
        }
    }

    @Test
    void found_withTtlOfZero_isNotKept() throws IOException {
        try (FakeNameServer server = replying(query -> foundWith(query, 0));
                DnsResolver resolver = resolver(server)) {
            assertEquals(Duration.ZERO, ttl(resolver.a(NAME)));
            resolver.a(NAME);
            assertEquals(2, server.queries.size());
        }
    }

    @Test
    void found_withTtlOfYears_isKeptForADay() throws IOException {
        try (FakeNameServer server = replying(query -> foundWith(query, Integer.MAX_VALUE));
                DnsResolver resolver = resolver(server)) {
            assertEquals(Duration.ofDays(1), ttl(resolver.a(NAME)));
        }
    }

    @Test
    void cache_whenFull_dropsTheLeastRecentlyUsed_I9() throws IOException {
        try (FakeNameServer server = replying(query -> withSoa(reply(query, Rcode.NXDOMAIN)));
                DnsResolver resolver = resolver(server).withCache(2)) {
            resolver.a(DnsName.of("1.example"));
            resolver.a(DnsName.of("2.example"));
            resolver.a(DnsName.of("1.example"));
            resolver.a(DnsName.of("3.example"));
            resolver.a(DnsName.of("1.example"));
            assertEquals(3, server.queries.size());
            resolver.a(DnsName.of("2.example"));
            assertEquals(4, server.queries.size());
        }
    }

    @Test
    void cache_ofNothing_asksEachTime() throws IOException {
        try (FakeNameServer server = replying(DnsCacheTest::found);
                DnsResolver resolver = resolver(server).withCache(0)) {
            resolver.a(NAME);
            resolver.a(NAME);
            assertEquals(2, server.queries.size());
        }
    }

    private DnsResolver resolver(FakeNameServer server) {
        return DnsResolver.of(server.address())
                .withTimeout(Duration.ofSeconds(30))
                .withClock(clock);
    }

    private static FakeNameServer replying(Function<Message, Message> reply) throws IOException {
        return FakeNameServer.replying(reply);
    }

    private static Message found(Message query) {
        return foundWith(query, 60);
    }

    private static Message foundWith(Message query, int ttl) {
        Message reply = reply(query, Rcode.NOERROR);
        reply.addRecord(record("mx.example. " + ttl + " IN A 192.0.2.1"), Section.ANSWER);
        return reply;
    }

    private static Message withSoa(Message reply) {
        reply.addRecord(
                record("example. 30 IN SOA ns.example. hostmaster.example. 1 3600 600 86400 20"),
                Section.AUTHORITY);
        return reply;
    }

    private static Duration ttl(DnsAnswer<?> answer) {
        return assertInstanceOf(Found.class, answer).ttl();
    }
}
