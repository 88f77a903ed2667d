package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import io.embedmta.dns.https.WebServer;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.StsPolicy.Mode;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure.Kind;
import io.embedmta.tls.Trust;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetching over real HTTPS: what is a policy, and what is none. */
@Timeout(120)
class FetchTest extends StsFixture {
    private static final Duration SHORT = Duration.ofMillis(700);

    @ParameterizedTest
    @EnumSource(Mode.class)
    void policy_ofEachMode_isFound(Mode mode) {
        web.text(policy(mode.name().toLowerCase(Locale.ROOT), 86400));
        StsPolicy policy = sts.find(DOMAIN, dnsWithId("1")).policy().orElseThrow();
        assertEquals(mode, policy.mode());
        assertEquals(List.of("*.example.org"), policy.patterns());
        assertEquals(Duration.ofDays(1), policy.maxAge());
    }

    @Test
    void request_namesTheHost_inSniAndHost() {
        web.text(policy("enforce", 86400));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
        WebServer.Request request = web.requests().get(0);
        assertEquals("GET", request.method());
        assertEquals("/.well-known/mta-sts.txt", request.target());
        assertEquals("mta-sts.example.org:" + web.port(), request.host());
        assertEquals("[type=host_name (0), value=mta-sts.example.org]", request.serverName());
    }

    @Test
    void firstAddress_refusesConnections_nextIsTried() {
        web.text(policy("enforce", 86400));
        StaticResolver dns =
                StaticResolver.builder()
                        .txt("_mta-sts.example.org", "v=STSv1; id=1;")
                        .a("mta-sts.example.org", "127.0.0.2")
                        .a("mta-sts.example.org", "127.0.0.1")
                        .build();
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dns));
    }

    @Test
    void host_withoutAddress_isFetchError() {
        StaticResolver dns =
                StaticResolver.builder().txt("_mta-sts.example.org", "v=STSv1; id=1;").build();
        assertFailed(Kind.STS_POLICY_FETCH_ERROR, "no address", sts.find(DOMAIN, dns));
    }

    @Test
    void host_thatIsAway_isFetchError() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, WebServer.loopback())) {
            port = free.getLocalPort();
        }
        assertFailed(
                Kind.STS_POLICY_FETCH_ERROR,
                "no connection",
                sts.port(port).find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void certificate_forAnotherName_isRefused() {
        refuses(AUTHORITY.issue("www.example.org"));
    }

    /** The JDK by itself would take it. */
    @Test
    void certificate_withNameInSubjectAlone_isRefused() throws Exception {
        KeyPair keys = TestAuthority.ecKeys();
        X500Name name = new X500Name("CN=mta-sts.example.org");
        byte[] encoded =
                new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.ONE,
                                Date.from(Instant.now().minus(Duration.ofHours(1))),
                                Date.from(Instant.now().plus(Duration.ofHours(1))),
                                name,
                                keys.getPublic())
                        .build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(keys.getPrivate()))
                        .getEncoded();
        X509Certificate certificate =
                (X509Certificate)
                        CertificateFactory.getInstance("X.509")
                                .generateCertificate(new ByteArrayInputStream(encoded));
        var identity = new TestAuthority.Identity(keys.getPrivate(), List.of(certificate));
        try (WebServer other = WebServer.start(identity)) {
            other.text(policy("enforce", 86400));
            MtaSts trusting =
                    sts.port(other.port()).trusting(new Trust(false, Set.of(certificate)));
            assertFailed(
                    Kind.STS_WEBPKI_INVALID,
                    "not for mta-sts.example.org",
                    trusting.find(DOMAIN, dnsWithId("1")));
        }
    }

    @Test
    void certificate_ofTheDomainItself_isRefused() {
        refuses(AUTHORITY.issue("example.org"));
    }

    @Test
    void certificate_thatIsExpired_isRefused() {
        refuses(AUTHORITY.issueExpired("mta-sts.example.org"));
    }

    @Test
    void certificate_ofAnotherAuthority_isRefused() {
        refuses(TestAuthority.create().issue("mta-sts.example.org"));
    }

    private void refuses(TestAuthority.Identity identity) {
        try (WebServer other = WebServer.start(identity)) {
            other.text(policy("enforce", 86400));
            assertFailed(
                    Kind.STS_WEBPKI_INVALID,
                    "",
                    sts.port(other.port()).find(DOMAIN, dnsWithId("1")));
            assertEquals(List.of(), other.requests());
        }
    }

    @Test
    void certificate_withWildcard_isTaken() {
        try (WebServer other = WebServer.start(AUTHORITY.issue("*.example.org"))) {
            other.text(policy("enforce", 86400));
            assertMode(Mode.ENFORCE, sts.port(other.port()).find(DOMAIN, dnsWithId("1")));
        }
    }

    @Test
    void trust_inSystemAlone_refusesOurAuthority() {
        web.text(policy("enforce", 86400));
        assertFailed(
                Kind.STS_WEBPKI_INVALID,
                "",
                sts.trusting(Trust.system()).find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void trust_inNobody_isRefusedAtOnce() {
        assertThrows(
                IllegalArgumentException.class, () -> sts.trusting(new Trust(false, Set.of())));
    }

    @Test
    void certificate_bySystemAndOurAnchor_isTaken() {
        web.text(policy("enforce", 86400));
        Trust both = new Trust(true, Set.of(AUTHORITY.certificate()));
        assertMode(Mode.ENFORCE, sts.trusting(both).find(DOMAIN, dnsWithId("1")));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void redirect_isNotFollowed(int status) {
        web.handler(
                exchange -> {
                    if (exchange.getRequestURI().getPath().equals("/policy")) {
                        WebServer.send(exchange, 200, "text/plain", policy("enforce", 86400));
                    } else {
                        exchange.getResponseHeaders().set("Location", "/policy");
                        exchange.sendResponseHeaders(status, -1);
                    }
                });
        assertFailed(Kind.STS_POLICY_FETCH_ERROR, "" + status, sts.find(DOMAIN, dnsWithId("1")));
        assertEquals(1, web.requests().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 203, 204, 401, 404, 407, 500, 503})
    void otherStatus_isFetchError(int status) {
        web.handler(
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
                    byte[] octets = policy("enforce", 86400).getBytes(StandardCharsets.UTF_8);
                    boolean hasBody = status != 204;
                    exchange.sendResponseHeaders(status, hasBody ? octets.length : -1);
                    if (hasBody) {
                        exchange.getResponseBody().write(octets);
                    }
                });
        assertFailed(Kind.STS_POLICY_FETCH_ERROR, "" + status, sts.find(DOMAIN, dnsWithId("1")));
        assertEquals(1, web.requests().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/octet-stream", "text/plainer", ""})
    void otherMediaType_isFetchError(String type) {
        web.handler(exchange -> WebServer.send(exchange, 200, type, policy("enforce", 86400)));
        assertFailed(Kind.STS_POLICY_FETCH_ERROR, "text/plain", sts.find(DOMAIN, dnsWithId("1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain; charset=utf-8", "Text/Plain"})
    void mediaType_withParameterOrCapitals_isTaken(String type) {
        web.handler(exchange -> WebServer.send(exchange, 200, type, policy("enforce", 86400)));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void policy_thatMakesNoSense_isInvalid() {
        web.text("<html>Hello</html>");
        assertFailed(Kind.STS_POLICY_INVALID, "not a name", sts.find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void policy_withLengthTooLarge_isFetchError() {
        web.text(large());
        assertFailed(
                Kind.STS_POLICY_FETCH_ERROR, "more than 65536", sts.find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void policy_inChunksTooLarge_isFetchError() {
        web.handler(exchange -> sendInChunks(exchange, large()));
        assertFailed(
                Kind.STS_POLICY_FETCH_ERROR, "more than 65536", sts.find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void policy_inChunks_isTaken() {
        web.handler(exchange -> sendInChunks(exchange, policy("enforce", 86400)));
        assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void policy_largerThanSet_isFetchError() {
        web.text(policy("enforce", 86400));
        int size = policy("enforce", 86400).length();
        assertFailed(
                Kind.STS_POLICY_FETCH_ERROR,
                "more than",
                sts.maxSize(size - 1).find(DOMAIN, dnsWithId("1")));
        assertMode(Mode.ENFORCE, sts.maxSize(size).find(DOMAIN, dnsWithId("1")));
    }

    private static String large() {
        return policy("enforce", 86400) + "x: ".concat("y".repeat(1000) + "\n").repeat(80);
    }

    private static void sendInChunks(HttpExchange exchange, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        for (String line : text.split("(?<=\n)", -1)) {
            out.write(line.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
        out.close();
    }

    @Test
    void server_thatStallsBeforeAnswering_isGivenUp() {
        web.handler(exchange -> web.stall());
        assertTimeOver();
    }

    @Test
    void server_thatStallsInTheBody_isGivenUp() {
        web.handler(
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, 1000);
                    exchange.getResponseBody().write('v');
                    exchange.getResponseBody().flush();
                    web.stall();
                });
        assertTimeOver();
    }

    /** Each octet is in time; all of them are not. */
    @Test
    void server_thatDrips_isGivenUp() {
        String text = policy("enforce", 86400);
        web.handler(
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, text.length());
                    web.drip(exchange.getResponseBody(), text, 50);
                });
        assertTimeOver();
    }

    private void assertTimeOver() {
        assertFailed(
                Kind.STS_POLICY_FETCH_ERROR,
                "the time is over",
                sts.timeout(SHORT).find(DOMAIN, dnsWithId("1")));
    }

    @Test
    void server_thatStallsInTheHandshake_isGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, WebServer.loopback())) {
            assertFailed(
                    Kind.STS_POLICY_FETCH_ERROR,
                    "the time is over",
                    sts.port(silent.getLocalPort()).timeout(SHORT).find(DOMAIN, dnsWithId("1")));
        }
    }

    @Test
    void close_endsAFetchUnderWay_withoutAnAnswer() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        web.handler(
                exchange -> {
                    asked.countDown();
                    web.stall();
                });
        Thread closer =
                new Thread(
                        () -> {
                            try {
                                asked.await();
                                sts.close();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        closer.start();
        // Not "failed": mail would go out as though the domain had no policy.
        assertThrows(IllegalStateException.class, () -> sts.find(DOMAIN, dnsWithId("1")));
        closer.join();
        assertThrows(IllegalStateException.class, () -> sts.find(DOMAIN, dnsWithId("1")));
    }
}
