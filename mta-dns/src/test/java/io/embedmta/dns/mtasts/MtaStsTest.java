package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.dns.https.PolicyHost;
import io.embedmta.message.MailDomain;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.DomainPolicies.Answer;
import io.embedmta.testing.ManualClock;
import io.embedmta.tls.StsPolicy.Mode;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure.Kind;
import io.embedmta.tls.Trust;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies over real HTTPS on loopback. */
class MtaStsTest {
    private static final MailDomain DOMAIN = MailDomain.of("example.org");
    private static final String NAME = "mta-sts.example.org";
    private static final String ENFORCE =
            "version: STSv1\r\nmode: enforce\r\nmx: *.example.org\r\nmax_age: 604800\r\n";
    private static final Resolver RESOLVER = resolver("v=STSv1; id=1;");

    @TempDir Path directory;

    private final TestAuthority authority = TestAuthority.create();
    private final ManualClock clock = ManualClock.at(Instant.parse("2026-11-25T12:00:00Z"));
    private PolicyHost host;

    @BeforeEach
    void start() throws Exception {
        host = PolicyHost.start(authority.issue(NAME));
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static Resolver resolver(String... texts) {
        var table = StaticResolver.builder().a(NAME, "127.0.0.1");
        for (String text : texts) {
            table.txt("_mta-sts.example.org", text);
        }
        return table.build();
    }

    private MtaSts ready(MtaSts plain, PolicyHost of) {
        return plain.withTrust(new Trust(false, Set.of(authority.certificate())))
                .withPort(of.port())
                .withClock(clock);
    }

    private MtaSts sts() {
        return ready(MtaSts.inMemory(), host);
    }

    private static Kind failure(MtaSts sts) {
        Answer answer = sts.find(DOMAIN, RESOLVER);
        assertTrue(answer.policy().isEmpty(), "there is a policy");
        return answer.failure().orElseThrow().kind();
    }

    private static Mode mode(Answer answer) {
        return answer.policy().orElseThrow().mode();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void policy_ofEachMode_isFetchedOnce(Mode mode) {
        host.answer(
                200,
                "text/plain",
                ENFORCE.replace("enforce", mode.name().toLowerCase(Locale.ROOT)));
        MtaSts sts = sts();
        assertEquals(mode, mode(sts.find(DOMAIN, RESOLVER)));
        assertEquals(mode, mode(sts.find(DOMAIN, RESOLVER)));
        assertEquals(
                List.of("GET /.well-known/mta-sts.txt of " + NAME + ":" + host.port()),
                host.asked());
    }

    @Test
    void policy_isReadAsPublished() {
        host.answer(200, "Text/Plain; charset=utf-8", ENFORCE);
        var policy = sts().find(DOMAIN, RESOLVER).policy().orElseThrow();
        assertEquals(List.of("*.example.org"), policy.patterns());
        assertEquals(Duration.ofDays(7), policy.maxAge());
        assertEquals(
                List.of("version: STSv1", "mode: enforce", "mx: *.example.org", "max_age: 604800"),
                policy.lines());
    }

    @Test
    void domain_withoutTheRecord_isNotAskedForAPolicy() {
        assertTrue(sts().find(DOMAIN, resolver()).policy().isEmpty());
        assertTrue(sts().find(DOMAIN, resolver("v=spf1 -all")).failure().isEmpty());
        assertTrue(
                sts().find(DOMAIN, resolver("v=STSv1; id=1;", "v=STSv1; id=2;"))
                        .policy()
                        .isEmpty());
        assertTrue(sts().find(MailDomain.of("[127.0.0.1]"), RESOLVER).policy().isEmpty());
        assertTrue(
                sts().find(MailDomain.of("a.".repeat(122) + "example"), RESOLVER)
                        .policy()
                        .isEmpty());
        assertEquals(List.of(), host.asked());
    }

    @ParameterizedTest
    @CsvSource({
        "301, text/plain, STS_POLICY_FETCH_ERROR",
        "302, text/plain, STS_POLICY_FETCH_ERROR",
        "404, text/plain, STS_POLICY_FETCH_ERROR",
        "500, text/plain, STS_POLICY_FETCH_ERROR",
        "204, text/plain, STS_POLICY_FETCH_ERROR",
        "200, text/html, STS_POLICY_FETCH_ERROR",
        "200, '', STS_POLICY_FETCH_ERROR"
    })
    void answer_thatIsNoPolicy_isAFailedFetch(int status, String mediaType, Kind kind) {
        host.answer(status, mediaType, status == 204 ? "" : ENFORCE);
        assertEquals(kind, failure(sts()));
        assertEquals(1, host.asked().size());
    }

    @Test
    void redirect_isNotFollowed() {
        host.handle(
                exchange -> {
                    exchange.getResponseHeaders()
                            .set("Location", "https://" + NAME + ":" + host.port() + "/elsewhere");
                    exchange.sendResponseHeaders(301, -1);
                });
        assertEquals(Kind.STS_POLICY_FETCH_ERROR, failure(sts()));
        assertEquals(1, host.asked().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "version: STSv2\r\nmode: enforce\r\nmx: a.example\r\nmax_age: 1\r\n",
                "version: STSv1\r\nmode: maybe\r\nmx: a.example\r\nmax_age: 1\r\n",
                "version: STSv1\r\nmode: enforce\r\nmax_age: 1\r\n",
                "version: STSv1\r\nmode: enforce\r\nmx: a.example\r\n",
                "version: STSv1\r\nmode: enforce\r\nmx: a.*.example\r\nmax_age: 1\r\n",
                "<html>"
            })
    void policy_malformed_isSaidToBe(String text) {
        host.answer(200, "text/plain", text);
        assertEquals(Kind.STS_POLICY_INVALID, failure(sts()));
    }

    @Test
    void certificate_forAnotherName_isRefused() throws Exception {
        try (PolicyHost wrong = PolicyHost.start(authority.issue("www.example.org"))) {
            wrong.answer(200, "text/plain", ENFORCE);
            assertEquals(Kind.STS_WEBPKI_INVALID, failure(ready(MtaSts.inMemory(), wrong)));
            assertEquals(List.of(), wrong.asked());
        }
    }

    @Test
    void certificate_expired_isRefused() throws Exception {
        try (PolicyHost expired = PolicyHost.start(authority.issueExpired(NAME))) {
            expired.answer(200, "text/plain", ENFORCE);
            assertEquals(Kind.STS_WEBPKI_INVALID, failure(ready(MtaSts.inMemory(), expired)));
        }
    }

    @Test
    void certificate_ofAnAuthorityNobodyTrusts_isRefused() throws Exception {
        try (PolicyHost stranger = PolicyHost.start(TestAuthority.create().issue(NAME))) {
            stranger.answer(200, "text/plain", ENFORCE);
            assertEquals(Kind.STS_WEBPKI_INVALID, failure(ready(MtaSts.inMemory(), stranger)));
        }
        host.answer(200, "text/plain", ENFORCE);
        // The system's anchors alone know nothing of ours either.
        assertEquals(
                Kind.STS_WEBPKI_INVALID,
                failure(MtaSts.inMemory().withPort(host.port()).withClock(clock)));
    }

    @Test
    void certificate_ofAnAnchorBesideTheSystems_isTaken() {
        host.answer(200, "text/plain", ENFORCE);
        MtaSts sts = sts().withTrust(new Trust(true, Set.of(authority.certificate())));
        assertEquals(Mode.ENFORCE, mode(sts.find(DOMAIN, RESOLVER)));
    }

    @Test
    void policy_tooLarge_isRefused_I9() {
        host.answer(200, "text/plain", ENFORCE + "x: y\r\n".repeat(11_000));
        assertEquals(Kind.STS_POLICY_FETCH_ERROR, failure(sts()));
    }

    @Test
    void policy_tooLargeInChunks_isRefused_I9() {
        host.handle(
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, 0);
                    OutputStream out = exchange.getResponseBody();
                    byte[] line = "x: y\r\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
                    for (int i = 0; i < 1000; i++) {
                        out.write(line);
                    }
                });
        assertEquals(Kind.STS_POLICY_FETCH_ERROR, failure(sts()));
    }

    @Test
    void policy_inChunks_isRead() {
        host.handle(
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, 0);
                    for (String line : ENFORCE.split("(?<=\n)", -1)) {
                        exchange.getResponseBody().write(line.getBytes(StandardCharsets.US_ASCII));
                        exchange.getResponseBody().flush();
                    }
                });
        assertEquals(Mode.ENFORCE, mode(sts().find(DOMAIN, RESOLVER)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "version: STSv1\r\nmode: en"})
    void server_thatStalls_isGivenUp_I9(String begin) {
        host.stallAfter(begin);
        assertEquals(
                Kind.STS_POLICY_FETCH_ERROR, failure(sts().withTimeout(Duration.ofMillis(300))));
    }

    @Test
    void server_thatDrips_isGivenUp_I9() {
        CountDownLatch gone = new CountDownLatch(1);
        host.handle(
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, 60_000);
                    try {
                        while (!gone.await(20, TimeUnit.MILLISECONDS)) {
                            exchange.getResponseBody().write('x');
                            exchange.getResponseBody().flush();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        assertEquals(
                Kind.STS_POLICY_FETCH_ERROR, failure(sts().withTimeout(Duration.ofMillis(500))));
        gone.countDown();
    }

    @Test
    void host_withoutAnAddress_isAFailedFetch() {
        Resolver noAddress =
                StaticResolver.builder().txt("_mta-sts.example.org", "v=STSv1; id=1;").build();
        assertEquals(
                Kind.STS_POLICY_FETCH_ERROR,
                sts().find(DOMAIN, noAddress).failure().orElseThrow().kind());
    }

    @Test
    void fetch_thatFailed_isRepeatedAfterFiveMinutes() {
        MtaSts sts = sts();
        failure(sts);
        failure(sts);
        assertEquals(1, host.asked().size());
        clock.advance(Duration.ofMinutes(6));
        host.answer(200, "text/plain", ENFORCE);
        assertEquals(Mode.ENFORCE, mode(sts.find(DOMAIN, RESOLVER)));
    }

    @Test
    void id_thatChanged_bringsTheNewPolicy() {
        host.answer(200, "text/plain", ENFORCE);
        MtaSts sts = sts();
        sts.find(DOMAIN, RESOLVER);
        host.answer(200, "text/plain", ENFORCE.replace("enforce", "none"));
        assertEquals(Mode.ENFORCE, mode(sts.find(DOMAIN, RESOLVER)));
        assertEquals(Mode.NONE, mode(sts.find(DOMAIN, resolver("v=STSv1; id=2;"))));
    }

    @Test
    void policy_known_outlivesTheRecordAndTheServer() {
        host.answer(200, "text/plain", ENFORCE);
        MtaSts sts = sts();
        sts.find(DOMAIN, RESOLVER);
        host.answer(500, "text/plain", "");
        assertEquals(Mode.ENFORCE, mode(sts.find(DOMAIN, resolver())));
        assertEquals(Mode.ENFORCE, mode(sts.find(DOMAIN, resolver("v=STSv1; id=2;"))));
        Resolver failing = StaticResolver.builder().fails("example.org", "no server").build();
        assertEquals(Mode.ENFORCE, mode(sts.find(DOMAIN, failing)));
        clock.advance(Duration.ofDays(6));
        assertEquals(Mode.ENFORCE, mode(sts.find(DOMAIN, RESOLVER)));
        clock.advance(Duration.ofDays(2));
        assertTrue(sts.find(DOMAIN, resolver()).policy().isEmpty());
    }

    @Test
    void policy_olderThanADay_isFetchedAgainSoThatItDoesNotExpire() {
        host.answer(200, "text/plain", ENFORCE);
        MtaSts sts = sts();
        for (int day = 0; day < 20; day++) {
            assertEquals(Mode.ENFORCE, mode(sts.find(DOMAIN, RESOLVER)));
            clock.advance(Duration.ofHours(25));
        }
        assertEquals(20, host.asked().size());
    }

    @Test
    void policies_inADirectory_outliveTheProcess() throws Exception {
        host.answer(200, "text/plain", ENFORCE);
        Path policies = directory.resolve("not").resolve("there");
        ready(MtaSts.cachedIn(policies), host).find(DOMAIN, RESOLVER);
        host.answer(500, "text/plain", "");
        MtaSts again = ready(MtaSts.cachedIn(policies), host);
        assertEquals(Mode.ENFORCE, mode(again.find(DOMAIN, resolver())));
        assertEquals(1, host.asked().size());
        clock.advance(Duration.ofDays(8));
        assertTrue(
                ready(MtaSts.cachedIn(policies), host).find(DOMAIN, resolver()).policy().isEmpty());
        try (Stream<Path> files = Files.list(policies)) {
            assertEquals(0, files.count());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "mta-sts-1 example.org 1 99999999999999999999\nversion: STSv1\n",
                "mta-sts-1 example.org 1 9223372036854775807\n",
                "mta-sts-2 example.org 1 1\nversion: STSv1\nmode: none\nmax_age: 1\n",
                "mta-sts-1 -bad- 1 1\nversion: STSv1\nmode: none\nmax_age: 1\n"
            })
    void file_thatIsDamaged_isFetchedAnew(String text) throws Exception {
        host.answer(200, "text/plain", ENFORCE);
        ready(MtaSts.cachedIn(directory), host).find(DOMAIN, RESOLVER);
        try (Stream<Path> files = Files.list(directory)) {
            Files.writeString(files.findFirst().orElseThrow(), text);
        }
        MtaSts sts = ready(MtaSts.cachedIn(directory), host);
        assertEquals(Mode.ENFORCE, mode(sts.find(DOMAIN, RESOLVER)));
        assertEquals(2, host.asked().size());
    }

    @Test
    void directory_thatIsAFile_isRefusedAtOnce() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThrows(IllegalArgumentException.class, () -> MtaSts.cachedIn(file));
    }

    @Test
    void callers_atOnce_shareOneFetch() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        host.handle(
                exchange -> {
                    asked.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    byte[] octets = ENFORCE.getBytes(StandardCharsets.US_ASCII);
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, octets.length);
                    exchange.getResponseBody().write(octets);
                });
        MtaSts sts = sts();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(threads.submit(() -> sts.find(DOMAIN, RESOLVER)));
            }
            asked.await();
            // Another domain does not wait for this one.
            assertTrue(sts.find(MailDomain.of("example.net"), RESOLVER).policy().isEmpty());
            goOn.countDown();
            for (Future<Answer> answer : answers) {
                assertEquals(Mode.ENFORCE, mode(answer.get(30, TimeUnit.SECONDS)));
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(1, host.asked().size());
    }
}
