package io.embedmta.internal.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import io.embedmta.tls.Trust;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PkixVerifierTest {
    private static final String NAME = "mx.example.org";
    private final Instant now = Instant.now();
    private static final TestAuthority ROOT = TestAuthority.create();
    private static final Trust TRUST = Trust.of(ROOT.certificate());

    @Test
    void verify_certificateOfAnchor_complies() {
        assertComplies(verify(ROOT.issue(NAME).chain(), NAME));
        assertComplies(verify(ROOT.issueRsa("other.example", NAME).chain(), NAME));
    }

    @Test
    void verify_certificateForSecondOfTheNames_complies() {
        PkixVerifier verifier = new PkixVerifier(TRUST, List.of("example.org", NAME));
        assertComplies(verifier.verify(ROOT.issue(NAME).chain(), now));
    }

    @Test
    void verify_chainWithIntermediates_compliesInAnyOrder() {
        List<X509Certificate> chain =
                new ArrayList<>(ROOT.intermediate().intermediate().issue(NAME).chain());
        assertEquals(3, chain.size());
        assertComplies(verify(chain, NAME));
        Collections.swap(chain, 1, 2);
        chain.add(TestAuthority.create().certificate());
        assertComplies(verify(chain, NAME));
    }

    @Test
    void verify_chainWithMissingIntermediate_isNotTrusted() {
        List<X509Certificate> chain = ROOT.intermediate().issue(NAME).chain();
        assertFailure(Kind.CERTIFICATE_NOT_TRUSTED, verify(chain.subList(0, 1), NAME));
    }

    @Test
    void verify_certificateOfAnotherRoot_isNotTrusted() {
        TestAuthority other = TestAuthority.create();
        List<X509Certificate> chain = new ArrayList<>(other.issue(NAME).chain());
        chain.add(other.certificate());
        String said = assertFailure(Kind.CERTIFICATE_NOT_TRUSTED, verify(chain, NAME));
        assertTrue(said.startsWith("the certificate of mx.example.org is not trusted: "), said);
    }

    /** The chain's second certificate is an end entity's: it may vouch for nobody. */
    @Test
    void verify_certificateSignedByServer_isNotTrusted() {
        List<X509Certificate> chain = new ArrayList<>(ROOT.issue(NAME).chain());
        chain.add(0, TestAuthority.create().issue(NAME).certificate());
        assertFailure(Kind.CERTIFICATE_NOT_TRUSTED, verify(chain, NAME));
    }

    @Test
    void verify_withSystemAnchorsAlone_doesNotTrustTheTestRoot() {
        PkixVerifier verifier = new PkixVerifier(Trust.system(), List.of(NAME));
        assertFailure(Kind.CERTIFICATE_NOT_TRUSTED, verifier.verify(ROOT.issue(NAME).chain(), now));
        assertFalse(SystemAnchors.get().isEmpty());
    }

    @Test
    void verify_withSystemAndAnchor_complies() {
        PkixVerifier verifier =
                new PkixVerifier(Trust.system().and(ROOT.certificate()), List.of(NAME));
        assertComplies(verifier.verify(ROOT.issue(NAME).chain(), now));
    }

    @Test
    void verify_withNoAnchors_isNotTrusted() {
        PkixVerifier verifier =
                new PkixVerifier(new Trust(false, java.util.Set.of()), List.of(NAME));
        assertFailure(Kind.CERTIFICATE_NOT_TRUSTED, verifier.verify(ROOT.issue(NAME).chain(), now));
    }

    /** A server's own certificate as the anchor, as is usual where it is self-signed. */
    @Test
    void verify_certificateThatIsTheAnchor_compliesWhileItIsValid() {
        X509Certificate own = TestAuthority.create().issue(NAME).certificate();
        PkixVerifier verifier = new PkixVerifier(Trust.of(own), List.of(NAME));
        assertComplies(verifier.verify(List.of(own), now));
        assertFailure(
                Kind.CERTIFICATE_EXPIRED,
                verifier.verify(List.of(own), now.plus(Duration.ofDays(8))));
        assertFailure(
                Kind.CERTIFICATE_HOST_MISMATCH,
                new PkixVerifier(Trust.of(own), List.of("b.example")).verify(List.of(own), now));
    }

    @Test
    void verify_expiredCertificate_saysSince() {
        X509Certificate expired = ROOT.issueExpired(NAME).certificate();
        assertEquals(
                "the certificate expired at " + expired.getNotAfter().toInstant(),
                assertFailure(Kind.CERTIFICATE_EXPIRED, verify(List.of(expired), NAME)));
    }

    /** I10: the clock that counts is the one that is handed in. */
    @Test
    void verify_goesByTheInstantGiven_I10() {
        PkixVerifier verifier = new PkixVerifier(TRUST, List.of(NAME));
        List<X509Certificate> valid = ROOT.issue(NAME).chain();
        assertFailure(
                Kind.CERTIFICATE_EXPIRED, verifier.verify(valid, now.plus(Duration.ofDays(8))));
        String early =
                assertFailure(
                        Kind.CERTIFICATE_EXPIRED,
                        verifier.verify(valid, now.minus(Duration.ofHours(2))));
        assertTrue(early.startsWith("the certificate is not valid before "), early);
        List<X509Certificate> expired = ROOT.issueExpired(NAME).chain();
        assertFailure(
                Kind.CERTIFICATE_EXPIRED, verifier.verify(expired, now.minus(Duration.ofDays(2))));
        X509Certificate own = TestAuthority.create().issueExpired(NAME).certificate();
        assertComplies(
                new PkixVerifier(Trust.of(own), List.of(NAME))
                        .verify(List.of(own), now.minus(Duration.ofDays(2))));
    }

    @Test
    void verify_expiredIntermediate_isExpired() {
        List<X509Certificate> chain = ROOT.intermediate().issue(NAME).chain();
        assertFailure(
                Kind.CERTIFICATE_EXPIRED,
                new PkixVerifier(TRUST, List.of(NAME))
                        .verify(chain, now.plus(Duration.ofDays(60))));
    }

    @Test
    void verify_expiredCertificateOfAnotherRoot_isNotTrusted() {
        List<X509Certificate> chain = TestAuthority.create().issueExpired(NAME).chain();
        assertFailure(Kind.CERTIFICATE_NOT_TRUSTED, verify(chain, NAME));
    }

    @Test
    void verify_certificateForOtherNames_saysWhich() {
        assertEquals(
                "the certificate is for a.example, b.example, not for mx.example.org",
                assertFailure(
                        Kind.CERTIFICATE_HOST_MISMATCH,
                        verify(ROOT.issue("a.example", "B.example").chain(), NAME)));
    }

    @Test
    void verify_certificateForManyOtherNames_saysAFew() {
        String[] names =
                IntStream.range(0, 100).mapToObj(i -> i + ".example").toArray(String[]::new);
        String said =
                assertFailure(
                        Kind.CERTIFICATE_HOST_MISMATCH, verify(ROOT.issue(names).chain(), NAME));
        assertTrue(said.contains("4.example and 95 more"), said);
    }

    @Test
    void verify_certificateWithControlCharactersInAName_saysNoneOfThem() {
        String said =
                assertFailure(
                        Kind.CERTIFICATE_HOST_MISMATCH,
                        verify(ROOT.issue("a\nb.example").chain(), NAME));
        assertFalse(said.contains("\n"), said);
    }

    /** RFC 9525 §2: the common name, which TestAuthority always sets, counts for nothing. */
    @Test
    void verify_certificateWithoutAlternativeName_isForNobody() {
        String said =
                assertFailure(Kind.CERTIFICATE_HOST_MISMATCH, verify(ROOT.issue().chain(), NAME));
        assertEquals("the certificate is for no name, not for mx.example.org", said);
    }

    @Test
    void verify_wildcard_isOneWholeLabel() {
        List<X509Certificate> wildcard = ROOT.issue("*.Example.org").chain();
        assertComplies(verify(wildcard, NAME));
        for (String other : List.of("example.org", "a.mx.example.org", "mx.example.com")) {
            assertFailure(Kind.CERTIFICATE_HOST_MISMATCH, verify(wildcard, other));
        }
        for (String pattern : List.of("m*.example.org", "mx.*.org", "*", "*.*.org")) {
            assertFailure(
                    Kind.CERTIFICATE_HOST_MISMATCH, verify(ROOT.issue(pattern).chain(), NAME));
        }
    }

    @Test
    void verify_address_isAnAddressOfTheCertificateAlone() {
        List<X509Certificate> chain = ROOT.issue("192.0.2.1", "2001:db8::1").chain();
        assertComplies(verify(chain, "[192.0.2.1]"));
        assertComplies(verify(chain, "[IPv6:2001:db8::1]"));
        assertFailure(Kind.CERTIFICATE_HOST_MISMATCH, verify(chain, "[192.0.2.2]"));
        assertFailure(Kind.CERTIFICATE_HOST_MISMATCH, verify(chain, "[IPv6:2001:db8::2]"));
        assertFailure(
                Kind.CERTIFICATE_HOST_MISMATCH,
                verify(ROOT.issue("mx.example").chain(), "[192.0.2.1]"));
    }

    @Test
    void verify_emptyChain_isFailure() {
        assertFailure(Kind.VALIDATION_FAILURE, verify(List.of(), NAME));
    }

    @Test
    void equals_isByValue() {
        assertEquals(
                new PkixVerifier(Trust.of(ROOT.certificate()), List.of(NAME)),
                new PkixVerifier(TRUST, new ArrayList<>(List.of(NAME))));
        assertThrows(IllegalArgumentException.class, () -> new PkixVerifier(TRUST, List.of()));
    }

    private Optional<TlsFailure> verify(List<X509Certificate> chain, String name) {
        return new PkixVerifier(TRUST, List.of(name)).verify(chain, now);
    }

    static void assertComplies(Optional<TlsFailure> failure) {
        assertEquals(Optional.empty(), failure);
    }

    static String assertFailure(Kind kind, Optional<TlsFailure> failure) {
        TlsFailure is = failure.orElseThrow();
        assertEquals(kind, is.kind(), is.detail());
        assertEquals(1, is.detail().lines().count());
        return is.detail();
    }
}
