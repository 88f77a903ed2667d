package io.embedmta.internal.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.internal.delivery.Exchangers.Host;
import io.embedmta.internal.tls.TestVerifier;
import io.embedmta.internal.tls.TlsaLookup;
import io.embedmta.message.MailDomain;
import io.embedmta.message.TlsRequest;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.DomainPolicies;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.StsPolicy.Mode;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which exchangers a policy names; what becomes of the others is in TransportSecurityTest. */
class DomainRulesTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create();

    private final SecurityPolicy security =
            new SecurityPolicy(
                    StaticResolver.builder().build(),
                    new Unasked(),
                    (host, port, nextHop) -> {
                        throw new AssertionError("TLSA records of " + host + " were looked up.");
                    },
                    (trust, names) ->
                            new TestVerifier(
                                    AUTHORITY.certificate(), names.get(0), Proof.TRUST_ANCHOR));

    private static final class Unasked implements DomainPolicies {
        @Override
        public Answer find(MailDomain domain, Resolver resolver) {
            throw new AssertionError("The policy of " + domain + " was asked for.");
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    private static final String FOR_NOW =
            "451 4.7.5 The message demands REQUIRETLS: neither DNSSEC nor MTA-STS vouches for the"
                    + " exchanger mx.y.example of y.example; and it is down";

    static List<DomainPolicies.Answer> answersOfNow() {
        return List.of(
                DomainPolicies.Answer.failed(
                        new TlsFailure(TlsFailure.Kind.STS_POLICY_FETCH_ERROR, "it is down")),
                DomainPolicies.Answer.unknown("it is down"));
    }

    @ParameterizedTest
    @MethodSource("answersOfNow")
    void required_andThePolicyCannotBeHadNow_isSaidForNowAlone(DomainPolicies.Answer published) {
        Ruling.Skip skip =
                assertInstanceOf(Ruling.Skip.class, unsigned(TlsRequest.REQUIRED, published));
        assertEquals(FOR_NOW, skip.reply().toString());
    }

    /** RFC 8461 §3.3: mail that asks for nothing goes out as though there were no policy. */
    @ParameterizedTest
    @MethodSource("answersOfNow")
    void notRequired_andThePolicyCannotBeHadNow_goes(DomainPolicies.Answer published) {
        assertInstanceOf(Ruling.Go.class, unsigned(TlsRequest.DEFAULT, published));
    }

    /** RFC 8461 §5.1: nothing fails for good before a newer policy was looked for. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"ENFORCE", "TESTING"})
    void required_andThePolicyThatDoesNotNameTheHostIsOld_isSaidForNowAlone(Mode mode) {
        StsPolicy old = new StsPolicy(mode, List.of("old.example"), Duration.ofDays(1), List.of());
        Ruling.Skip forNow =
                assertInstanceOf(
                        Ruling.Skip.class,
                        unsigned(
                                TlsRequest.REQUIRED,
                                DomainPolicies.Answer.outdated(old, "it is down")));
        String said = forNow.reply().toString();
        assertTrue(said.startsWith("451 4.7.5 The message demands REQUIRETLS: "), said);
        assertTrue(said.endsWith("; and it is down"), said);
        Ruling.Skip forGood =
                assertInstanceOf(
                        Ruling.Skip.class,
                        unsigned(TlsRequest.REQUIRED, DomainPolicies.Answer.of(old)));
        assertEquals("5.7.10", forGood.reply().status().toString());
    }

    @Test
    void required_andThePolicyThatNamesTheHostIsOld_goes() {
        StsPolicy old =
                new StsPolicy(Mode.ENFORCE, List.of("mx.y.example"), Duration.ofDays(1), List.of());
        assertInstanceOf(
                Ruling.Go.class,
                unsigned(TlsRequest.REQUIRED, DomainPolicies.Answer.outdated(old, "it is down")));
    }

    private Ruling unsigned(TlsRequest request, DomainPolicies.Answer published) {
        return security.forExchangers(
                        MailDomain.of("y.example"),
                        false,
                        OutboundTls.opportunistic(),
                        request,
                        published)
                .rule(Host.of(DnsName.of("mx.y.example")), 25);
    }

    private boolean isNamed(String exchanger, String pattern) {
        StsPolicy policy =
                new StsPolicy(Mode.ENFORCE, List.of(pattern), Duration.ofDays(1), List.of());
        return security.forExchangers(
                                MailDomain.of("y.example"),
                                false,
                                OutboundTls.opportunistic(),
                                TlsRequest.DEFAULT,
                                DomainPolicies.Answer.of(policy))
                        .rule(Host.of(DnsName.of(exchanger)), 25)
                instanceof Ruling.Go;
    }

    @ParameterizedTest
    @CsvSource({
        "mx.y.example, mx.y.example, true",
        "mx.y.example, *.y.example, true",
        "MX.Y.Example, *.y.example, true",
        "a.mx.y.example, *.y.example, false",
        "y.example, *.y.example, false",
        "mx.y.example, *.example, false",
        "mx.y.example, y.example, false",
        "xmx.y.example, mx.y.example, false",
        "mx.y.example.evil.test, *.y.example, false",
        "localhost, *, false"
    })
    void wildcard_isOneLabel_theLeftMost(String exchanger, String pattern, boolean named) {
        assertEquals(named, isNamed(exchanger, pattern));
    }

    /** Nothing could come of it. */
    @ParameterizedTest
    @CsvSource({
        "y.example, NONE, DEFAULT",
        "y.example, DANE, WAIVED",
        "[127.0.0.1], DANE, DEFAULT"
    })
    void policies_areNotAskedFor(String domain, OutboundTls.Level level, TlsRequest request) {
        OutboundTls tls = new OutboundTls(level, OutboundTls.dane().trust());
        MailDomain name = MailDomain.of(domain);
        DomainPolicies.Answer published = security.published(name, tls, request);
        Host host =
                name.address().isPresent() ? Host.of(name) : Host.of(DnsName.of("mx.y.example"));
        security.forExchangers(name, true, tls, request, published).rule(host, 25);
    }

    @Test
    void tlsa_ofAnInsecureMxRecord_isNotLookedUp() {
        security.forExchangers(
                        MailDomain.of("y.example"),
                        false,
                        OutboundTls.dane(),
                        TlsRequest.DEFAULT,
                        DomainPolicies.Answer.none())
                .rule(Host.of(DnsName.of("mx.y.example")), 25);
        assertEquals(
                new TlsaLookup.Answer.Failed("the look-up failed"),
                security.tlsa(Host.of(DnsName.of("mx.y.example")), 25, DnsName.of("y.example")),
                "asked, it throws");
    }
}
