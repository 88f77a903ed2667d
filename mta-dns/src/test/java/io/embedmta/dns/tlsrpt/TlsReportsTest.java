package io.embedmta.dns.tlsrpt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.embedmta.Mta;
import io.embedmta.dns.https.PolicyHost;
import io.embedmta.event.TlsAttempted;
import io.embedmta.message.Content;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.resolver.StaticResolverBuilder;
import io.embedmta.testing.ManualClock;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import io.embedmta.tls.Trust;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A whole agent sends its reports, to a store of its own or to a real HTTPS server. */
class TlsReportsTest {
    private static final AppliedPolicy STS =
            new AppliedPolicy(
                    AppliedPolicy.Type.STS,
                    List.of("version: STSv1", "mode: testing", "mx: *.example.org"),
                    List.of("*.example.org"));
    private static final AppliedPolicy TLSA =
            new AppliedPolicy(AppliedPolicy.Type.TLSA, List.of("3 1 1 ab\"cd"), List.of());

    private final ManualClock clock = ManualClock.at(Instant.parse("2026-11-25T22:00:00Z"));
    private final BlockingQueue<Content> mailed = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> posted = new LinkedBlockingQueue<>();
    private final Mta mta =
            Mta.builder("mx.example.com")
                    .clock(clock)
                    .store(
                            "reports.example",
                            mail -> mailed.add(Content.of(octets(mail.content()))))
                    .start();

    @AfterEach
    void close() {
        mta.close();
    }

    private static byte[] octets(Content content) throws java.io.IOException {
        try (InputStream in = content.open()) {
            return in.readAllBytes();
        }
    }

    private RunningTlsReports start(StaticResolverBuilder table) {
        return reports().start(mta, table.build());
    }

    private TlsReports reports() {
        return TlsReports.of("Example Inc.", "postmaster@example.com")
                .withClock(clock)
                .withRandom(new Random(1));
    }

    private TlsAttempted event(String domain, AppliedPolicy policy, @Nullable TlsFailure failure)
            throws Exception {
        return new TlsAttempted(
                clock.instant(),
                QueueId.next(clock.instant(), new Random(2)),
                MailDomain.of(domain),
                policy,
                "mx." + domain,
                InetAddress.getByName("192.0.2.1"),
                InetAddress.getByName("198.51.100.1"),
                failure);
    }

    private MimeMessage nextMail() throws Exception {
        Content content = mailed.poll(30, TimeUnit.SECONDS);
        assertTrue(content != null, "no report was mailed");
        return new MimeMessage(
                Session.getInstance(new Properties()), new ByteArrayInputStream(octets(content)));
    }

    private static JsonNode json(byte[] gzipped) throws Exception {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzipped))) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static JsonNode json(MimeMessage message) throws Exception {
        try (InputStream in = ((Multipart) message.getContent()).getBodyPart(1).getInputStream()) {
            return json(in.readAllBytes());
        }
    }

    @Test
    void day_thatIsOver_isReportedByMail() throws Exception {
        try (RunningTlsReports reports =
                start(
                        StaticResolver.builder()
                                .txt(
                                        "_smtp._tls.example.org",
                                        "v=TLSRPTv1; rua=mailto:tls@reports.example"))) {
            reports.count(event("example.org", STS, null));
            reports.count(event("example.org", STS, null));
            TlsFailure expired = new TlsFailure(Kind.CERTIFICATE_EXPIRED, "it ended yesterday");
            for (int i = 0; i < 3; i++) {
                reports.count(event("example.org", STS, expired));
            }
            reports.count(event("example.org", TLSA, null));
            clock.advance(Duration.ofHours(7));
            MimeMessage message = nextMail();

            assertEquals("example.org", message.getHeader("TLS-Report-Domain", null));
            assertEquals("mx.example.com", message.getHeader("TLS-Report-Submitter", null));
            assertEquals("No", message.getHeader("TLS-Required", null));
            assertTrue(message.getContentType().startsWith("multipart/report"));
            assertTrue(message.getContentType().contains("report-type=\"tlsrpt\""));
            assertTrue(
                    message.getSubject()
                            .startsWith("Report Domain: example.org Submitter: mx.example.com"));
            var part = ((Multipart) message.getContent()).getBodyPart(1);
            assertEquals("application/tlsrpt+gzip", part.getContentType());
            assertEquals(
                    "mx.example.com!example.org!1795564800!1795651199.json.gz", part.getFileName());

            JsonNode json = json(message);
            assertEquals("Example Inc.", json.at("/organization-name").asText());
            assertEquals("2026-11-25T00:00:00Z", json.at("/date-range/start-datetime").asText());
            assertEquals("2026-11-25T23:59:59Z", json.at("/date-range/end-datetime").asText());
            assertEquals("mailto:postmaster@example.com", json.at("/contact-info").asText());
            assertEquals("<" + json.at("/report-id").asText() + ">", message.getMessageID());
            JsonNode sts = json.at("/policies/0");
            assertEquals("sts", sts.at("/policy/policy-type").asText());
            assertEquals("mode: testing", sts.at("/policy/policy-string/1").asText());
            assertEquals("*.example.org", sts.at("/policy/mx-host/0").asText());
            assertEquals("example.org", sts.at("/policy/policy-domain").asText());
            assertEquals(2, sts.at("/summary/total-successful-session-count").asInt());
            assertEquals(3, sts.at("/summary/total-failure-session-count").asInt());
            JsonNode failure = sts.at("/failure-details/0");
            assertEquals("certificate-expired", failure.at("/result-type").asText());
            assertEquals("192.0.2.1", failure.at("/sending-mta-ip").asText());
            assertEquals("mx.example.org", failure.at("/receiving-mx-hostname").asText());
            assertEquals("198.51.100.1", failure.at("/receiving-ip").asText());
            assertEquals(3, failure.at("/failed-session-count").asInt());
            JsonNode tlsa = json.at("/policies/1");
            assertEquals("tlsa", tlsa.at("/policy/policy-type").asText());
            assertEquals("3 1 1 ab\"cd", tlsa.at("/policy/policy-string/0").asText());
            assertEquals(2, json.at("/policies").size());
        }
    }

    @Test
    void report_byHttps_isPostedAndTriedAgain() throws Exception {
        TestAuthority authority = TestAuthority.create();
        try (PolicyHost host = PolicyHost.start(authority.issue("tls.example.net"))) {
            CountDownLatch refused = new CountDownLatch(1);
            host.handle(
                    exchange -> {
                        exchange.sendResponseHeaders(503, -1);
                        refused.countDown();
                    });
            StaticResolverBuilder table =
                    StaticResolver.builder()
                            .a("tls.example.net", "127.0.0.1")
                            .txt(
                                    "_smtp._tls.example.org",
                                    "v=TLSRPTv1; rua=https://tls.example.net:"
                                            + host.port()
                                            + "/v1/report?x=y");
            try (RunningTlsReports reports =
                    reports()
                            .withTrust(new Trust(false, Set.of(authority.certificate())))
                            .start(mta, table.build())) {
                reports.count(event("example.org", STS, null));
                clock.advance(Duration.ofHours(7));
                assertTrue(refused.await(30, TimeUnit.SECONDS), "nothing was posted");
                host.handle(
                        exchange -> {
                            assertEquals(
                                    "application/tlsrpt+gzip",
                                    exchange.getRequestHeaders().getFirst("Content-Type"));
                            posted.add(exchange.getRequestBody().readAllBytes());
                            exchange.sendResponseHeaders(201, -1);
                        });
                // The thread may not have put the report off yet; each look is an hour later.
                byte[] octets = null;
                for (int hour = 0; hour < 20 && octets == null; hour++) {
                    clock.advance(Duration.ofMinutes(61));
                    octets = posted.poll(2, TimeUnit.SECONDS);
                }
                Objects.requireNonNull(octets, "the report was not posted");
                assertEquals(
                        "2026-11-25T00:00:00Z",
                        json(octets).at("/date-range/start-datetime").asText());
                assertTrue(
                        host.asked().get(0).startsWith("POST /v1/report?x=y of tls.example.net"));
            }
        }
    }

    @Test
    void domain_thatAsksForNone_getsNone() throws Exception {
        try (RunningTlsReports reports =
                start(
                        StaticResolver.builder()
                                .txt(
                                        "_smtp._tls.asks.example",
                                        "v=TLSRPTv1;rua=mailto:tls@reports.example"))) {
            reports.count(event("silent.example", STS, null));
            reports.count(event("asks.example", STS, null));
            clock.advance(Duration.ofHours(7));
            assertEquals("asks.example", nextMail().getHeader("TLS-Report-Domain", null));
            reports.count(event("asks.example", STS, null));
            clock.advance(Duration.ofDays(1));
            assertEquals("asks.example", nextMail().getHeader("TLS-Report-Domain", null));
            assertEquals(0, mailed.size());
        }
    }

    @Test
    void tally_ofEndlessKinds_staysBounded_I9() throws Exception {
        DayTally tally = new DayTally(java.time.LocalDate.EPOCH);
        for (int i = 0; i < 1000; i++) {
            tally.add(
                    event(
                            "example.org",
                            STS,
                            new TlsFailure(Kind.VALIDATION_FAILURE, "kind " + i)));
        }
        for (int i = 0; i < 11_000; i++) {
            tally.add(event("d" + i + ".example", STS, null));
        }
        PolicyTally policy =
                Objects.requireNonNull(tally.domains().get(MailDomain.of("example.org")))
                        .values()
                        .iterator()
                        .next();
        assertEquals(1000, policy.failed());
        assertEquals(100, policy.failures().size());
        assertEquals(10_000, tally.domains().size());
    }

    @Test
    void addresses_ofTheRecord_areRead() {
        assertEquals(
                List.of(
                        new ReportAddress.Mail(
                                io.embedmta.message.MailAddress.of("a+b@example.org")),
                        new ReportAddress.Https("tls.example.org", 443, "/v1?k=v")),
                ReportAddress.parse(
                        List.of(
                                "v=spf1 -all",
                                "v=TLSRPTv1; rua=mailto:a+b%40example.org!10m, ftp://x/,"
                                        + " mailto:a+b@example.org,https://tls.example.org/v1?k=v;")));
        assertEquals(List.of(), ReportAddress.parse(List.of("v=TLSRPTv1; rua=")));
        assertEquals(
                List.of(),
                ReportAddress.parse(
                        List.of("v=TLSRPTv1; rua=mailto:a@b.c", "v=TLSRPTv1; rua=mailto:a@b.c")));
    }
}
