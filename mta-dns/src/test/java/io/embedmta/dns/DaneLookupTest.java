package io.embedmta.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.embedmta.internal.tls.TlsaLookup;
import io.embedmta.internal.tls.TlsaLookup.Answer;
import io.embedmta.internal.tls.TlsaLookup.Answer.Failed;
import io.embedmta.internal.tls.TlsaLookup.Answer.NoDane;
import io.embedmta.internal.tls.TlsaLookup.Answer.Unusable;
import io.embedmta.internal.tls.TlsaLookup.Answer.Usable;
import io.embedmta.resolver.DnsName;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TestAuthority.Identity;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Record;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.Type;

/** The way from a signed zone, on real servers, to the judgement over a server's certificate. */
class DaneLookupTest {
    private static final TestAuthority ISSUER = TestAuthority.create().intermediate();
    private static final Identity SERVER = ISSUER.issue("ta.dane.example");
    private static final Identity OTHER = TestAuthority.create().issue("ta.dane.example");

    @TempDir static Path directory = Path.of("");

    private static @Nullable KnotServer knot;
    private static @Nullable UnboundServer unbound;
    private static Path anchors = directory;
    private @Nullable DnsResolver resolver;

    /** Who validates. */
    enum By {
        OURSELVES,
        A_TRUSTED_SERVER
    }

    @BeforeAll
    static void startServers() {
        if (KnotServer.isInstalled()) {
            SignedZone zone = SignedZone.sign("dane.example", zone());
            anchors = SignedZone.writeAnchors(directory.resolve("root.key"), zone);
            knot =
                    KnotServer.builder()
                            .zone("dane.example", zone.with(DaneLookupTest::broken).text())
                            .brokenZone("_tcp.servfail.dane.example")
                            .start();
            if (UnboundServer.isInstalled()) {
                unbound =
                        UnboundServer.builder()
                                .zone("dane.example", knot.address())
                                .validating(anchors)
                                .start();
            }
        }
    }

    private static String zone() {
        String server = digest(SERVER.certificate());
        return """
               $ORIGIN dane.example.
               $TTL 300
               @  SOA  ns hostmaster 1 3600 600 86400 60
               @  NS   ns
               ns A    127.0.0.1
               right    A 192.0.2.1
               wrong    A 192.0.2.2
               ta       A 192.0.2.3
               missing  A 192.0.2.4
               bogus    A 192.0.2.5
               unusable A 192.0.2.6
               servfail A 192.0.2.7
               alias    CNAME right
               own      CNAME missing
               _25._tcp.right    TLSA 3 1 1 %1$s
               _25._tcp.wrong    TLSA 3 1 1 %2$s
               _25._tcp.ta       TLSA 2 1 1 %3$s
               _25._tcp.bogus    TLSA 3 1 1 %1$s
               _25._tcp.unusable TLSA 1 1 1 %1$s
               _25._tcp.own      TLSA 3 1 1 %1$s
               _25._tcp.servfail TLSA 3 1 1 %1$s
               """
                .formatted(server, digest(OTHER.certificate()), digest(ISSUER.certificate()));
    }

    private static String digest(X509Certificate certificate) {
        try {
            byte[] key = certificate.getPublicKey().getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A record that fits, but for its signature. */
    private static Record broken(Record record) {
        return record.getType() == Type.TLSA && record.getName().toString().contains(".bogus.")
                ? new TLSARecord(record.getName(), record.getDClass(), 300, 3, 1, 1, new byte[32])
                : record;
    }

    @AfterAll
    static void stopServers() {
        if (unbound != null) {
            unbound.close();
            unbound = null;
        }
        if (knot != null) {
            knot.close();
            knot = null;
        }
    }

    @AfterEach
    void closeResolver() {
        if (resolver != null) {
            resolver.close();
        }
    }

    private Answer find(By by, String host) {
        DnsResolver made = resolver(by).withTimeout(Duration.ofSeconds(20));
        resolver = made;
        return new TlsaLookup(made)
                .find(DnsName.of(host + ".dane.example"), 25, DnsName.of("dane.example"));
    }

    private static DnsResolver resolver(By by) {
        KnotServer.assumeInstalled();
        if (by == By.OURSELVES && knot != null) {
            return DnsResolver.of(knot.address()).withTrustAnchor(anchors);
        }
        UnboundServer.assumeInstalled();
        if (unbound != null) {
            return DnsResolver.of(unbound.address()).withTrustAd(true);
        }
        throw new IllegalStateException("no servers");
    }

    private static Optional<Kind> judge(Answer answer, Identity server) {
        return assertInstanceOf(Usable.class, answer)
                .verifier()
                .verify(server.chain(), Instant.now())
                .map(TlsFailure::kind);
    }

    @ParameterizedTest
    @EnumSource
    void tlsa_right_admitsTheServerAlone(By by) {
        Answer answer = find(by, "right");
        assertEquals(Optional.empty(), judge(answer, SERVER));
        assertEquals(Optional.of(Kind.TLSA_INVALID), judge(answer, OTHER));
    }

    @ParameterizedTest
    @EnumSource
    void tlsa_wrong_keepsTheServerOut(By by) {
        assertEquals(Optional.of(Kind.TLSA_INVALID), judge(find(by, "wrong"), SERVER));
    }

    @ParameterizedTest
    @EnumSource
    void tlsa_ofIssuer_admitsTheServer(By by) {
        Answer answer = find(by, "ta");
        assertEquals(Optional.empty(), judge(answer, SERVER));
        assertEquals(
                Optional.of(Kind.CERTIFICATE_HOST_MISMATCH),
                judge(answer, ISSUER.issue("another.example")));
    }

    @ParameterizedTest
    @EnumSource
    void tlsa_missing_isNoDane(By by) {
        assertEquals(new NoDane(), find(by, "missing"));
    }

    @ParameterizedTest
    @EnumSource
    void tlsa_unusable_isUnusable(By by) {
        assertInstanceOf(Unusable.class, find(by, "unusable"));
    }

    @ParameterizedTest
    @EnumSource
    void tlsa_bogus_isFailed(By by) {
        assertInstanceOf(Failed.class, find(by, "bogus"));
    }

    @ParameterizedTest
    @EnumSource
    void tlsa_thatTheServerFailsAt_isFailed(By by) {
        assertInstanceOf(Failed.class, find(by, "servfail"));
    }

    @ParameterizedTest
    @EnumSource
    void tlsa_behindAlias_admitsTheServer(By by) {
        Answer answer = find(by, "alias");
        assertEquals(Optional.empty(), judge(answer, SERVER));
        assertEquals(
                DnsName.of("right.dane.example"), assertInstanceOf(Usable.class, answer).base());
    }

    @ParameterizedTest
    @EnumSource
    void tlsa_ofAliasItself_admitsTheServer(By by) {
        Answer answer = find(by, "own");
        assertEquals(Optional.empty(), judge(answer, SERVER));
        assertEquals(DnsName.of("own.dane.example"), assertInstanceOf(Usable.class, answer).base());
    }

    @Test
    void tlsa_withoutDnssec_isNoDane() {
        KnotServer.assumeInstalled();
        if (knot == null) {
            throw new IllegalStateException("no knot");
        }
        try (DnsResolver plain = DnsResolver.of(knot.address())) {
            DnsName host = DnsName.of("right.dane.example");
            assertEquals(new NoDane(), new TlsaLookup(plain).find(host, 25, host));
        }
    }
}
