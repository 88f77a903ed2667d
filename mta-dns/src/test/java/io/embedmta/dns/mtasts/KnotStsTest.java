package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.dns.DnsResolver;
import io.embedmta.dns.KnotServer;
import io.embedmta.message.MailDomain;
import io.embedmta.tls.StsPolicy.Mode;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With records as a real name server has them. */
class KnotStsTest extends StsFixture {
    private static final String ZONE =
            """
            $ORIGIN example.org.
            $TTL 300
            @ SOA ns.example.org. hostmaster.example.org. 1 3600 600 86400 60
            @ NS  ns.example.org.
            _mta-sts CNAME _mta-sts.provider
            _mta-sts.provider TXT "v=STS" "v1; id=20260301;"
            mta-sts CNAME web.provider
            web.provider A 127.0.0.1
            _mta-sts.two TXT "v=STSv1; id=1;"
            _mta-sts.two TXT "v=STSv1; id=2;"
            """;

    @BeforeEach
    void needsKnot() {
        KnotServer.assumeInstalled();
    }

    @Test
    void recordAndHost_behindAliases_leadToThePolicy() {
        web.text(policy("enforce", 86400));
        try (KnotServer knot =
                        KnotServer.builder()
                                .zone("example.org", ZONE)
                                .brokenZone("broken.example")
                                .start();
                DnsResolver dns =
                        DnsResolver.of(knot.address()).withTimeout(Duration.ofSeconds(20))) {
            assertMode(Mode.ENFORCE, sts.find(DOMAIN, dns));
            assertEquals(1, web.requests().size());
            assertNone(sts.find(MailDomain.of("two.example.org"), dns));
            assertNone(sts.find(MailDomain.of("none.example.org"), dns));
            assertNone(sts.find(MailDomain.of("broken.example"), dns));
        }
    }
}
