package io.embedmta.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.ResolverContract;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract, and what only a real server does, against Knot DNS. */
class KnotResolverTest extends ResolverContract {
    private static final int TEXTS = 200;

    private static @Nullable KnotServer knot;
    private @Nullable DnsResolver resolver;

    @BeforeAll
    static void startKnot() {
        if (KnotServer.isInstalled()) {
            knot =
                    KnotServer.builder()
                            .zones(ZONES)
                            .zone("large.example", largeZone())
                            .brokenZone(BROKEN)
                            .start();
        }
    }

    private static String largeZone() {
        StringBuilder zone =
                new StringBuilder(
                        """
                        $ORIGIN large.example.
                        $TTL 300
                        @ SOA ns.example.org. hostmaster.example.org. 1 3600 600 86400 60
                        @ NS  ns.example.org.
                        far CNAME mx2.example.org.
                        utf8 TXT "gr\\195" "\\188n"
                        odd MX 10 a\\.b.large.example.
                        odd MX 20 mx2.example.org.
                        silly MX 10 a\\032b.large.example.
                        """);
        for (int i = 0; i < TEXTS; i++) {
            zone.append("@ TXT \"").append(text(i)).append("\"\n");
        }
        return zone.toString();
    }

    private static String text(int i) {
        return "x".repeat(200) + i;
    }

    @AfterAll
    static void stopKnot() {
        if (knot != null) {
            knot.close();
            knot = null;
        }
    }

    @BeforeEach
    void makeResolver() {
        KnotServer.assumeInstalled();
        if (knot != null) {
            resolver = DnsResolver.of(knot.address()).withTimeout(Duration.ofSeconds(20));
        }
    }

    @Override
    protected Resolver resolver() {
        if (resolver == null) {
            throw new IllegalStateException("no resolver");
        }
        return resolver;
    }

    @Test
    void txt_largerThanADatagram_comesByTcp() {
        DnsAnswer<String> answer = resolver().txt(name("large.example"));
        Found<?> found = assertInstanceOf(Found.class, answer);
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < TEXTS; i++) {
            expected.add(text(i));
        }
        assertEquals(expected, new HashSet<>(found.records()));
    }

    @Test
    void txt_withOneCharacterAcrossTwoStrings_isJoinedFirst() {
        assertFound(resolver().txt(name("utf8.large.example")), "grün");
    }

    @Test
    void a_ofAliasIntoAnotherZone_isFollowed() {
        assertFound(resolver().a(name("far.large.example")), address("192.0.2.3"));
    }

    @Test
    void mx_withExchangerThatHasADotInALabel_leavesItOut() {
        DnsAnswer<?> answer = resolver().mx(name("odd.large.example"));
        assertEquals(1, assertInstanceOf(Found.class, answer).records().size());
    }

    @Test
    void mx_withoutAnySensibleExchanger_isTemporaryFailure() {
        assertFailure(resolver().mx(name("silly.large.example")));
    }

    @Test
    void lookUp_ofDomainTheServerRefuses_isTemporaryFailure() {
        assertEquals(
                new TemporaryFailure<>("MX of refused.example: the name server said REFUSED"),
                resolver().mx(name("refused.example")));
    }

    @Test
    void lookUp_ofBrokenDomain_namesServfail() {
        assertEquals(
                new TemporaryFailure<>("MX of broken.example: the name server said SERVFAIL"),
                resolver().mx(name(BROKEN)));
    }

    @Test
    void lookUp_afterServerEnded_isAnsweredFromCacheAlone() {
        Found<?> first;
        DnsResolver cached;
        try (KnotServer own = KnotServer.builder().zones(ZONES).start()) {
            cached = DnsResolver.of(own.address());
            first = assertInstanceOf(Found.class, cached.mx(name("example.org")));
        }
        Found<?> second = assertInstanceOf(Found.class, cached.mx(name("example.org")));
        assertEquals(new HashSet<>(first.records()), new HashSet<>(second.records()));
        assertTrue(second.ttl().compareTo(first.ttl()) <= 0);
        assertFailure(cached.a(name("mx1.example.org")));
    }
}
