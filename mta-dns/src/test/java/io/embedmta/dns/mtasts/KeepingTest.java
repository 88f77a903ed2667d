package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.dns.https.WebServer;
import io.embedmta.message.MailDomain;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.DomainPolicies.Answer;
import io.embedmta.tls.StsPolicy.Mode;
import io.embedmta.tls.TlsFailure.Kind;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a policy holds, and when it is fetched anew. */
class KeepingTest extends StsFixture {
    private static final Duration DAY = Duration.ofDays(1);
    private static final long WEEK_SECONDS = 7 * 86400;

    private static Resolver failingDns() {
        return StaticResolver.builder().fails("example.org", "the name server is down").build();
    }

    private void away() {
        web.handler(exchange -> exchange.sendResponseHeaders(503, -1));
    }

    private void keepEnforcing(long maxAge) {
        web.text(policy("enforce", maxAge));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
        assertEquals(1, web.requests().size());
    }

    @Test
    void noRecord_isNoPolicy_andNobodyIsAsked() {
        web.text(policy("enforce", WEEK_SECONDS));
        Answer answer = sts.find(DOMAIN, dns());
        assertNone(answer);
        assertEquals(Optional.empty(), answer.doubt());
        assertEquals(0, web.requests().size());
    }

    /** RFC 8689 mail waits for it, and a report does not tell of a policy that may not be. */
    @Test
    void recordThatCannotBeLookedUp_leavesADoubt() {
        Answer answer = sts.find(DOMAIN, failingDns());
        assertNone(answer);
        assertEquals(
                Optional.of("the look-up of _mta-sts.example.org failed: the name server is down"),
                answer.doubt());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v=STSv1; id=;",
                "v=STSv1;",
                "v=STSv2; id=1;",
                "v=STSv1; id=a-b;",
                "v=STSv1; id=123456789012345678901234567890123;",
                " v=STSv1; id=1;"
            })
    void malformedRecord_isNoPolicy(String text) {
        web.text(policy("enforce", WEEK_SECONDS));
        assertNone(sts.find(DOMAIN, dns(text)));
        assertEquals(0, web.requests().size());
    }

    @Test
    void twoRecords_areNoPolicy() {
        web.text(policy("enforce", WEEK_SECONDS));
        assertNone(sts.find(DOMAIN, dns("v=STSv1; id=1;", "v=STSv1; id=2;")));
        assertEquals(0, web.requests().size());
    }

    @Test
    void otherTexts_besideTheRecord_areIgnored() {
        web.text(policy("enforce", WEEK_SECONDS));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dns("v=spf1 -all", "v=STSv1; id=1;")));
    }

    @Test
    void addressLiteralAndLongName_haveNoPolicy() {
        assertNone(sts.find(MailDomain.of("[127.0.0.1]"), dnsWithId("1")));
        String label = "a".repeat(61) + ".";
        assertNone(sts.find(MailDomain.of(label.repeat(3) + "b".repeat(60)), dnsWithId("1")));
    }

    @Test
    void sameId_withinADay_isNotFetchedAgain() {
        keepEnforcing(WEEK_SECONDS);
        clock.advance(DAY.minusSeconds(1));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
        assertEquals(1, web.requests().size());
    }

    @Test
    void sameId_afterADay_isFetchedAgain_andHoldsFromThenOn() {
        keepEnforcing(WEEK_SECONDS);
        clock.advance(DAY);
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
        assertEquals(2, web.requests().size());
        away();
        clock.advance(Duration.ofSeconds(WEEK_SECONDS - 1));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void otherId_isFetchedAtOnce() {
        keepEnforcing(WEEK_SECONDS);
        web.text(policy("testing", WEEK_SECONDS));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
        assertMode(Mode.TESTING, sts.find(DOMAIN, dnsWithId("2")));
        assertMode(Mode.TESTING, sts.find(DOMAIN, dnsWithId("2")));
        assertEquals(2, web.requests().size());
    }

    @Test
    void otherId_whoseFetchFails_leavesTheOldPolicyInForce() {
        keepEnforcing(WEEK_SECONDS);
        away();
        for (int i = 0; i < 2; i++) {
            Answer answer = sts.find(DOMAIN, dnsWithId("2"));
            assertMode(Mode.ENFORCE, answer);
            assertEquals(Optional.of("the answer is 503"), answer.doubt());
        }
        assertEquals(2, web.requests().size());
        assertEquals(Optional.empty(), sts.find(DOMAIN, dnsWithId("1")).doubt());
    }

    @Test
    void sameId_whoseFetchFails_leavesNoDoubt() {
        keepEnforcing(WEEK_SECONDS);
        away();
        clock.advance(DAY);
        for (int i = 0; i < 2; i++) {
            Answer answer = sts.find(DOMAIN, dnsWithId("1"));
            assertMode(Mode.ENFORCE, answer);
            assertEquals(Optional.empty(), answer.doubt());
        }
        assertEquals(2, web.requests().size());
    }

    @Test
    void recordTakenAway_leavesThePolicyInForce_untilItExpires() {
        keepEnforcing(WEEK_SECONDS);
        clock.advance(Duration.ofSeconds(WEEK_SECONDS - 1));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dns()));
        assertEquals(Optional.empty(), sts.find(DOMAIN, dns()).doubt());
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, failingDns()));
        assertTrue(sts.find(DOMAIN, failingDns()).doubt().isPresent());
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dns("v=STSv1; id=1;", "v=STSv1; id=2;")));
        clock.advance(Duration.ofSeconds(1));
        assertNone(sts.find(DOMAIN, dns()));
        assertEquals(1, web.requests().size());
    }

    @Test
    void expired_andFetchFails_isFailure() {
        keepEnforcing(3600);
        away();
        clock.advance(Duration.ofHours(1));
        assertFailed(Kind.STS_POLICY_FETCH_ERROR, "503", sts.find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void failedFetch_isTriedAgain_afterFiveMinutes() {
        away();
        assertFailed(Kind.STS_POLICY_FETCH_ERROR, "503", sts.find(DOMAIN, dnsWithId("1")));
        web.text(policy("enforce", WEEK_SECONDS));
        clock.advance(Duration.ofMinutes(5).minusSeconds(1));
        assertFailed(Kind.STS_POLICY_FETCH_ERROR, "503", sts.find(DOMAIN, dnsWithId("1")));
        assertEquals(1, web.requests().size());
        clock.advance(Duration.ofSeconds(1));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void modeNone_endsEnforcement_evenWithMaxAgeZero() {
        keepEnforcing(WEEK_SECONDS);
        web.text(policy("none", 0));
        assertMode(Mode.NONE, sts.find(DOMAIN, dnsWithId("2")));
        assertNone(sts.find(DOMAIN, dns()));
    }

    @Test
    void maxAgeZero_holdsForThisDeliveryAlone() {
        web.text(policy("enforce", 0));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
        assertNone(sts.find(DOMAIN, dns()));
    }

    @Test
    void otherSetting_keepsWhatIsKept() {
        keepEnforcing(WEEK_SECONDS);
        assertMode(Mode.ENFORCE, sts.maxSize(1).find(DOMAIN, dns()));
    }

    @Test
    void policy_isOfItsDomainAlone() {
        keepEnforcing(WEEK_SECONDS);
        Answer other = sts.find(MailDomain.of("other.example"), dns());
        assertNone(other);
        WebServer.Request request = web.requests().get(0);
        assertEquals("mta-sts.example.org:" + web.port(), request.host());
    }
}
