package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Bounced;
import io.embedmta.event.Deferred;
import io.embedmta.event.MtaEvent;
import io.embedmta.event.Relayed;
import io.embedmta.event.TlsAttempted;
import io.embedmta.internal.tls.PeerVerifier;
import io.embedmta.internal.tls.TestVerifier;
import io.embedmta.internal.tls.TlsaLookup;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailDomain;
import io.embedmta.message.TlsRequest;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.resolver.StaticResolverBuilder;
import io.embedmta.resolver.TlsaRecord;
import io.embedmta.route.DomainPolicies;
import io.embedmta.route.Route;
import io.embedmta.testing.ManualClock;
import io.embedmta.tls.HopSecurity.Encrypted;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.ServerTls;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.StsPolicy.Mode;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a remote offers, our setting, and what happens: each row of the table in
 * docs/transport-security.md, by a whole agent.
 */
@Timeout(60)
class TransportSecurityTest {
    private static final Content MESSAGE = Content.of("Subject: hi\r\n\r\nhello\r\n");
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final TestAuthority STRANGER = TestAuthority.create();
    private static final String HOST = "mx.y.example";
    private static final TlsaRecord RECORD = new TlsaRecord(3, 1, 1, "abcd");

    private final FakeExchanger exchanger = FakeExchanger.start();
    private final ManualClock clock = ManualClock.at(Instant.now());

    @AfterEach
    void closeExchanger() {
        exchanger.close();
    }

    private TestAuthority.Identity shown = AUTHORITY.issue(HOST);

    /** What the exchanger of y.example can do. */
    private void become(String remote) {
        if (remote.contains("no STARTTLS")) {
            return;
        }
        if (remote.contains("refuses it for now")) {
            exchanger.answering("STARTTLS", "454 4.7.0 not now");
        } else if (remote.contains("hangs up after it")) {
            exchanger.answering("STARTTLS", "");
        }
        if (remote.contains("offers REQUIRETLS")) {
            exchanger.offering("REQUIRETLS");
        }
        if (remote.contains("wrong name")) {
            shown = AUTHORITY.issue("other.example");
        } else if (remote.contains("expired")) {
            shown = AUTHORITY.issueExpired(HOST);
        } else if (remote.contains("unknown authority")) {
            shown = STRANGER.issue(HOST);
        }
        if (remote.contains("handshake fails")) {
            exchanger.garbledTls(ServerTls.of(shown));
        } else {
            exchanger.tls(ServerTls.of(shown));
        }
    }

    private static OutboundTls level(String setting) {
        return switch (setting.split(" ", 2)[0]) {
            case "none" -> OutboundTls.none();
            case "may" -> OutboundTls.opportunistic();
            case "must" -> OutboundTls.required();
            case "verify" -> OutboundTls.verified();
            default -> OutboundTls.dane();
        };
    }

    private static DomainPolicies.Answer published(String setting) {
        if (!setting.contains("MTA-STS")) {
            return DomainPolicies.Answer.none();
        }
        Mode mode =
                setting.contains("enforce")
                        ? Mode.ENFORCE
                        : setting.contains("testing") ? Mode.TESTING : Mode.NONE;
        String pattern = setting.contains("other host") ? "*.mx.y.example" : "*.y.example";
        return DomainPolicies.Answer.of(
                new StsPolicy(
                        mode, List.of(pattern), Duration.ofDays(1), List.of("version: STSv1")));
    }

    /** A record of usage 3: names and dates in the certificate mean nothing (RFC 7672 §3.1.1). */
    private record Pinned(X509Certificate certificate) implements PeerVerifier {
        @Override
        public Optional<TlsFailure> verify(List<X509Certificate> chain, Instant now) {
            return chain.get(0).equals(certificate)
                    ? Optional.empty()
                    : Optional.of(new TlsFailure(Kind.TLSA_INVALID, "no record fits"));
        }

        @Override
        public Proof proof() {
            return Proof.DANE;
        }
    }

    private TlsaLookup.Answer tlsa(String setting) {
        boolean right = setting.contains("right TLSA");
        if (right || setting.contains("wrong TLSA")) {
            TestAuthority.Identity pinned = right ? shown : STRANGER.issue(HOST);
            return new TlsaLookup.Answer.Usable(
                    List.of(RECORD), DnsName.of(HOST), new Pinned(pinned.certificate()));
        }
        if (setting.contains("unusable TLSA")) {
            return new TlsaLookup.Answer.Unusable(List.of(RECORD));
        }
        return setting.contains("TLSA look-up fails")
                ? new TlsaLookup.Answer.Failed("SERVFAIL")
                : new TlsaLookup.Answer.NoDane();
    }

    private static TlsRequest request(String setting) {
        if (setting.contains("TLS-Required: No")) {
            return TlsRequest.WAIVED;
        }
        return setting.contains("REQUIRETLS") ? TlsRequest.REQUIRED : TlsRequest.DEFAULT;
    }

    private MtaBuilder agent(String setting) {
        StaticResolverBuilder zone =
                StaticResolver.builder().mx("y.example", 10, HOST).a(HOST, "127.0.0.1");
        if (!setting.contains("no DNSSEC")) {
            zone.authenticated("y.example");
        }
        MtaBuilder builder =
                Mta.builder("own.example")
                        .resolver(zone.build())
                        .route(Route.mailExchangers().tls(level(setting)))
                        .domainPolicies(new Policies(published(setting)))
                        .remotePort(exchanger.port())
                        .clock(clock)
                        .shutdownGrace(Duration.ofSeconds(1));
        builder.tlsa = (host, port, nextHop) -> tlsa(setting);
        builder.verifiers =
                (trust, names) ->
                        new TestVerifier(AUTHORITY.certificate(), names.get(0), Proof.TRUST_ANCHOR);
        return builder;
    }

    private record Policies(DomainPolicies.Answer answer) implements DomainPolicies {
        @Override
        public DomainPolicies.Answer find(MailDomain domain, Resolver resolver) {
            assertEquals("y.example", domain.text());
            return answer;
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    /** Such as {@code plain text}, {@code TLS verified=dane}, {@code deferred 4.7.5}. */
    private static String firstOutcome(Events events) throws InterruptedException {
        while (true) {
            MtaEvent event = events.next(MtaEvent.class);
            if (event instanceof Relayed relayed) {
                return relayed.security() instanceof Encrypted encrypted
                        ? "TLS " + encrypted.proof()
                        : "plain text";
            }
            if (event instanceof Deferred deferred) {
                return "deferred " + deferred.reply().status();
            }
            if (event instanceof Bounced bounced) {
                return "bounced " + bounced.reply().status();
            }
        }
    }

    /** The kinds of failures that reports would count; {@code success} for none. */
    private static String reported(Events events) {
        List<TlsAttempted> attempts = events.all(TlsAttempted.class);
        assertTrue(attempts.size() <= 1, () -> "one for each session: " + attempts);
        return attempts.isEmpty()
                ? "-"
                : attempts.get(0).failure().map(TlsFailure::kind).map(Enum::name).orElse("success");
    }

    @ParameterizedTest(name = "{1} | {0} | {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                // Setting | remote | what happens | what a report counts
                "none | no STARTTLS | plain text | -",
                "none | good certificate | plain text | -",
                "none | wrong name | plain text | -",
                "none | handshake fails | plain text | -",
                "none MTA-STS enforce | good certificate | plain text | -",
                "none REQUIRETLS | good certificate, offers REQUIRETLS | bounced 5.7.10 | -",
                "may | no STARTTLS | plain text | STARTTLS_NOT_SUPPORTED",
                "may | good certificate | TLS NONE | success",
                "may | wrong name | TLS NONE | success",
                "may | expired | TLS NONE | success",
                "may | unknown authority | TLS NONE | success",
                "may | handshake fails | plain text | VALIDATION_FAILURE",
                "must | no STARTTLS | deferred 4.7.4 | STARTTLS_NOT_SUPPORTED",
                "must | good certificate | TLS NONE | success",
                "must | wrong name | TLS NONE | success",
                "must | expired | TLS NONE | success",
                "must | unknown authority | TLS NONE | success",
                "must | handshake fails | deferred 4.7.5 | VALIDATION_FAILURE",
                "verify | no STARTTLS | deferred 4.7.4 | STARTTLS_NOT_SUPPORTED",
                "verify | good certificate | TLS TRUST_ANCHOR | success",
                "verify | wrong name | deferred 4.7.5 | CERTIFICATE_HOST_MISMATCH",
                "verify | expired | deferred 4.7.5 | CERTIFICATE_EXPIRED",
                "verify | unknown authority | deferred 4.7.5 | CERTIFICATE_NOT_TRUSTED",
                "verify | handshake fails | deferred 4.7.5 | VALIDATION_FAILURE",
                "dane | no STARTTLS | plain text | STARTTLS_NOT_SUPPORTED",
                "dane | wrong name | TLS NONE | success",
                "dane | handshake fails | plain text | VALIDATION_FAILURE",
                "dane right TLSA | no STARTTLS | deferred 4.7.4 | STARTTLS_NOT_SUPPORTED",
                "dane right TLSA | good certificate | TLS DANE | success",
                "dane right TLSA | handshake fails | deferred 4.7.5 | VALIDATION_FAILURE",
                "dane right TLSA, no DNSSEC for MX | no STARTTLS | plain text |"
                        + " STARTTLS_NOT_SUPPORTED",
                "dane wrong TLSA | no STARTTLS | deferred 4.7.4 | STARTTLS_NOT_SUPPORTED",
                "dane wrong TLSA | good certificate | deferred 4.7.5 | TLSA_INVALID",
                "dane wrong TLSA, MTA-STS enforce | good certificate | deferred 4.7.5 |"
                        + " TLSA_INVALID",
                "dane wrong TLSA | handshake fails | deferred 4.7.5 | VALIDATION_FAILURE",
                "dane wrong TLSA | wrong name | deferred 4.7.5 | TLSA_INVALID",
                "dane right TLSA | wrong name | TLS DANE | success",
                "dane right TLSA | expired | TLS DANE | success",
                "dane right TLSA | unknown authority | TLS DANE | success",
                "dane unusable TLSA | no STARTTLS | deferred 4.7.4 | STARTTLS_NOT_SUPPORTED",
                "dane unusable TLSA | wrong name | TLS NONE | TLSA_INVALID",
                "dane unusable TLSA | handshake fails | deferred 4.7.5 | VALIDATION_FAILURE",
                "dane unusable TLSA, MTA-STS testing | wrong name | TLS NONE | TLSA_INVALID",
                "dane unusable TLSA, MTA-STS enforce | wrong name | deferred 4.7.5 |"
                        + " CERTIFICATE_HOST_MISMATCH",
                "dane TLSA look-up fails | good certificate | deferred 4.7.5 | DNSSEC_INVALID",
                "dane TLSA look-up fails, MTA-STS enforce | good certificate | deferred 4.7.5 |"
                        + " DNSSEC_INVALID",
                "dane right TLSA, MTA-STS enforce of other host | good certificate | TLS DANE |"
                        + " success",
                "dane MTA-STS enforce | wrong name | deferred 4.7.5 | CERTIFICATE_HOST_MISMATCH",
                "may MTA-STS enforce | no STARTTLS | deferred 4.7.4 | STARTTLS_NOT_SUPPORTED",
                "may MTA-STS enforce | good certificate | TLS TRUST_ANCHOR | success",
                "may MTA-STS enforce | wrong name | deferred 4.7.5 | CERTIFICATE_HOST_MISMATCH",
                "may MTA-STS enforce | expired | deferred 4.7.5 | CERTIFICATE_EXPIRED",
                "may MTA-STS enforce | unknown authority | deferred 4.7.5 |"
                        + " CERTIFICATE_NOT_TRUSTED",
                "may MTA-STS enforce | handshake fails | deferred 4.7.5 | VALIDATION_FAILURE",
                "may MTA-STS enforce of other host | good certificate | deferred 4.7.0 |"
                        + " VALIDATION_FAILURE",
                "may MTA-STS testing | no STARTTLS | plain text | STARTTLS_NOT_SUPPORTED",
                "may MTA-STS testing | good certificate | TLS TRUST_ANCHOR | success",
                "may MTA-STS testing | wrong name | TLS NONE | CERTIFICATE_HOST_MISMATCH",
                "may MTA-STS testing | handshake fails | plain text | VALIDATION_FAILURE",
                "may MTA-STS testing of other host | good certificate | TLS TRUST_ANCHOR |"
                        + " VALIDATION_FAILURE",
                "must MTA-STS testing | wrong name | TLS NONE | CERTIFICATE_HOST_MISMATCH",
                "must MTA-STS testing | no STARTTLS | deferred 4.7.4 | STARTTLS_NOT_SUPPORTED",
                "may MTA-STS none | wrong name | TLS NONE | success",
                "may REQUIRETLS | no STARTTLS | bounced 5.7.10 | STARTTLS_NOT_SUPPORTED",
                "may REQUIRETLS | good certificate | bounced 5.7.30 | success",
                "may REQUIRETLS | good certificate, offers REQUIRETLS | TLS TRUST_ANCHOR |"
                        + " success",
                "may REQUIRETLS | wrong name, offers REQUIRETLS | bounced 5.7.10 |"
                        + " CERTIFICATE_HOST_MISMATCH",
                "may REQUIRETLS | expired, offers REQUIRETLS | bounced 5.7.10 |"
                        + " CERTIFICATE_EXPIRED",
                "may REQUIRETLS | handshake fails | bounced 5.7.10 | VALIDATION_FAILURE",
                "must | refuses it for now | deferred 4.7.0 | STARTTLS_NOT_SUPPORTED",
                "may | refuses it for now | plain text | STARTTLS_NOT_SUPPORTED",
                "must | hangs up after it | deferred 4.4.2 | VALIDATION_FAILURE",
                "may | hangs up after it | plain text | VALIDATION_FAILURE",
                "may REQUIRETLS | refuses it for now | deferred 4.7.0 |"
                        + " STARTTLS_NOT_SUPPORTED",
                "may REQUIRETLS | hangs up after it | deferred 4.4.2 | VALIDATION_FAILURE",
                "may REQUIRETLS, no DNSSEC for MX | good certificate, offers REQUIRETLS |"
                        + " bounced 5.7.10 | -",
                "may REQUIRETLS, no DNSSEC for MX, MTA-STS testing | good certificate, offers"
                        + " REQUIRETLS | TLS TRUST_ANCHOR | success",
                "may REQUIRETLS, MTA-STS enforce of other host | good certificate, offers"
                        + " REQUIRETLS | bounced 5.7.10 | VALIDATION_FAILURE",
                "dane REQUIRETLS, right TLSA | good certificate, offers REQUIRETLS | TLS DANE |"
                        + " success",
                "dane REQUIRETLS, TLSA look-up fails | good certificate, offers REQUIRETLS |"
                        + " deferred 4.7.5 | DNSSEC_INVALID",
                "dane REQUIRETLS, unusable TLSA | wrong name, offers REQUIRETLS |"
                        + " bounced 5.7.10 | CERTIFICATE_HOST_MISMATCH",
                "may TLS-Required: No, MTA-STS enforce | no STARTTLS | plain text | -",
                "may TLS-Required: No, MTA-STS enforce | handshake fails | plain text | -",
                "verify MTA-STS testing of other host | good certificate | TLS TRUST_ANCHOR |"
                        + " VALIDATION_FAILURE",
                "dane | good certificate | TLS NONE | success",
                "may TLS-Required: No, MTA-STS enforce of other host | good certificate |"
                        + " TLS NONE | -",
                "dane TLS-Required: No, wrong TLSA | good certificate | TLS NONE | -",
                "dane TLS-Required: No, TLSA look-up fails | no STARTTLS | plain text | -",
                "must TLS-Required: No | no STARTTLS | deferred 4.7.4 | -",
                "verify TLS-Required: No | wrong name | deferred 4.7.5 | -",
            })
    void message_bySettingAndRemote(String setting, String remote, String happens, String report)
            throws Exception {
        become(remote);
        try (Mta mta = agent(setting).start()) {
            Events events = Events.of(mta);
            mta.submit(
                    Envelope.from("").to("b@y.example").withTlsRequest(request(setting)), MESSAGE);
            assertEquals(happens, firstOutcome(events));
            assertEquals(report, reported(events));
        }
        long mails =
                exchanger.commandsInPlainText().stream()
                        .filter(command -> command.startsWith("MAIL"))
                        .count();
        assertEquals(happens.equals("plain text") ? 1 : 0, mails, "MAIL in plain text");
    }
}
