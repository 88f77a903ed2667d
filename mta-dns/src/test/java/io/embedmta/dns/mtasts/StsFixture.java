package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.dns.https.WebServer;
import io.embedmta.message.MailDomain;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.DomainPolicies.Answer;
import io.embedmta.testing.ManualClock;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.Trust;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/** A domain with a policy on a real web server, and MTA-STS that looks for it. */
abstract class StsFixture {
    static final MailDomain DOMAIN = MailDomain.of("example.org");
    static final TestAuthority AUTHORITY = TestAuthority.create();

    /** Long enough for a busy machine; a test of what takes too long sets its own. */
    static final Duration PLENTY = Duration.ofSeconds(30);

    final ManualClock clock = ManualClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    final WebServer web = WebServer.start(AUTHORITY.issue("mta-sts.example.org"));
    final MtaSts sts = setUp(MtaSts.inMemory());

    @AfterEach
    void close() {
        sts.close();
        web.close();
    }

    MtaSts setUp(MtaSts fresh) {
        return fresh.trusting(new Trust(false, Set.of(AUTHORITY.certificate())))
                .port(web.port())
                .timeout(PLENTY)
                .clock(clock);
    }

    static String policy(String mode, long maxAge) {
        return "version: STSv1\r\nmode: "
                + mode
                + "\r\nmx: *.example.org\r\nmax_age: "
                + maxAge
                + "\r\n";
    }

    static Resolver dns(String... texts) {
        var builder = StaticResolver.builder().a("mta-sts.example.org", "127.0.0.1");
        for (String text : texts) {
            builder.txt("_mta-sts.example.org", text);
        }
        return builder.build();
    }

    static Resolver dnsWithId(String id) {
        return dns("v=STSv1; id=" + id + ";");
    }

    static void assertMode(StsPolicy.Mode mode, Answer answer) {
        assertEquals(
                Optional.of(mode),
                answer.policy().map(StsPolicy::mode),
                () -> "" + failure(answer));
        assertTrue(answer.failure().isEmpty());
    }

    static void assertNone(Answer answer) {
        assertTrue(answer.policy().isEmpty());
        assertTrue(answer.failure().isEmpty(), () -> "" + failure(answer));
    }

    static void assertFailed(TlsFailure.Kind kind, String detail, Answer answer) {
        assertTrue(answer.policy().isEmpty());
        assertEquals(kind, failure(answer).kind(), failure(answer).detail());
        assertTrue(failure(answer).detail().contains(detail), failure(answer).detail());
    }

    private static TlsFailure failure(Answer answer) {
        return answer.failure()
                .orElse(new TlsFailure(TlsFailure.Kind.VALIDATION_FAILURE, "no failure"));
    }
}
