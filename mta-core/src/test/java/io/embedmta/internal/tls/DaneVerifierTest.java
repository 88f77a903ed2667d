package io.embedmta.internal.tls;

import static io.embedmta.internal.tls.PkixVerifierTest.assertComplies;
import static io.embedmta.internal.tls.PkixVerifierTest.assertFailure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.resolver.TlsaRecord;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TestAuthority.Identity;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DaneVerifierTest {
    private static final String NAME = "mx.example.org";
    private final Instant now = Instant.now();
    private final Instant tooLate = now.plus(Duration.ofDays(60));
    private static final TestAuthority ROOT = TestAuthority.create();
    private static final TestAuthority ISSUER = ROOT.intermediate();
    private static final Identity SERVER = ISSUER.issue(NAME);
    private static final X509Certificate OTHER = TestAuthority.create().issue(NAME).certificate();

    /** A record of each form for a certificate. */
    private static List<TlsaRecord> records(int usage, X509Certificate certificate) {
        List<TlsaRecord> records = new ArrayList<>();
        for (int selector = 0; selector <= 1; selector++) {
            for (int type = 0; type <= 2; type++) {
                records.add(record(usage, selector, type, certificate));
            }
        }
        return records;
    }

    static TlsaRecord record(int usage, int selector, int type, X509Certificate certificate) {
        try {
            byte[] selected =
                    selector == 0
                            ? certificate.getEncoded()
                            : certificate.getPublicKey().getEncoded();
            byte[] data =
                    switch (type) {
                        case 1 -> MessageDigest.getInstance("SHA-256").digest(selected);
                        case 2 -> MessageDigest.getInstance("SHA-512").digest(selected);
                        default -> selected;
                    };
            return TlsaRecord.of(usage, selector, type, data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void verify_daneEe_compliesInEveryForm() {
        for (TlsaRecord record : records(3, SERVER.certificate())) {
            assertComplies(verify(SERVER.chain(), record));
            assertComplies(verify(List.of(SERVER.certificate()), record));
        }
    }

    @Test
    void verify_daneEeForAnother_failsInEveryForm() {
        for (TlsaRecord record : records(3, OTHER)) {
            assertFailure(Kind.TLSA_INVALID, verify(SERVER.chain(), record));
        }
    }

    /** RFC 7672 §3.1.1. */
    @Test
    void verify_daneEe_looksAtNeitherNamesNorDates() {
        X509Certificate odd = ROOT.issueExpired("other.example").certificate();
        assertComplies(verify(List.of(odd), record(3, 1, 1, odd)));
        assertComplies(
                verifier(record(3, 1, 1, SERVER.certificate())).verify(SERVER.chain(), tooLate));
    }

    /** An issuer is not the server: a record for the one must not admit the other. */
    @Test
    void verify_daneEeForIssuer_fails() {
        for (TlsaRecord record : records(3, ISSUER.certificate())) {
            assertFailure(Kind.TLSA_INVALID, verify(SERVER.chain(), record));
        }
    }

    @Test
    void verify_daneTaOfIssuerInChain_compliesInEveryForm() {
        for (TlsaRecord record : records(2, ISSUER.certificate())) {
            assertComplies(verify(SERVER.chain(), record));
        }
    }

    @Test
    void verify_daneTaOfRootInChain_compliesInEveryForm() {
        List<X509Certificate> chain = new ArrayList<>(SERVER.chain());
        chain.add(ROOT.certificate());
        for (TlsaRecord record : records(2, ROOT.certificate())) {
            assertComplies(verify(chain, record));
        }
    }

    /** RFC 7671 §5.2.2: a digest needs the certificate, what is given whole does not. */
    @Test
    void verify_daneTaOfIssuerThatIsNotSent_compliesWhereTheRecordHoldsItWhole() {
        for (TlsaRecord record : records(2, ROOT.certificate())) {
            Optional<TlsFailure> failure = verify(SERVER.chain(), record);
            if (record.matchingType() == 0) {
                assertComplies(failure);
            } else {
                assertFailure(Kind.TLSA_INVALID, failure);
            }
        }
    }

    @Test
    void verify_daneTaOfAnotherIssuer_failsInEveryForm() {
        List<X509Certificate> chain = new ArrayList<>(SERVER.chain());
        X509Certificate another = TestAuthority.create().certificate();
        chain.add(another); // sent, but it has signed nothing of this
        for (TlsaRecord record : records(2, another)) {
            assertFailure(Kind.TLSA_INVALID, verify(chain, record));
        }
    }

    /** A trust anchor has to have signed: the server's own certificate has not. */
    @Test
    void verify_daneTaOfTheServersOwnDigest_fails() {
        assertFailure(
                Kind.TLSA_INVALID, verify(SERVER.chain(), record(2, 1, 1, SERVER.certificate())));
    }

    @Test
    void verify_daneTa_looksAtNames() {
        DaneVerifier verifier =
                new DaneVerifier(
                        List.of(record(2, 1, 1, ISSUER.certificate())),
                        List.of("example.org", "mail.example.net"));
        assertFailure(Kind.CERTIFICATE_HOST_MISMATCH, verifier.verify(SERVER.chain(), now));
        assertComplies(verifier.verify(ISSUER.issue("example.org").chain(), now));
        assertComplies(verifier.verify(ISSUER.issue("*.example.net").chain(), now));
    }

    @Test
    void verify_daneTa_looksAtDates() {
        DaneVerifier verifier = verifier(record(2, 1, 1, ISSUER.certificate()));
        assertFailure(
                Kind.CERTIFICATE_EXPIRED, verifier.verify(ISSUER.issueExpired(NAME).chain(), now));
        assertFailure(Kind.CERTIFICATE_EXPIRED, verifier.verify(SERVER.chain(), tooLate));
    }

    @Test
    void verify_oneRecordOfSeveralFits_complies() {
        assertComplies(
                verify(
                        SERVER.chain(),
                        record(3, 1, 1, OTHER),
                        record(2, 0, 1, ISSUER.certificate())));
        assertComplies(
                verify(
                        SERVER.chain(),
                        record(3, 1, 1, OTHER),
                        record(3, 1, 1, SERVER.certificate())));
    }

    /** RFC 7671 §9: with SHA-512 there, a SHA-256 that fits does not count. */
    @Test
    void verify_withStrongerDigestThatDoesNotFit_fails() {
        TlsaRecord weak = record(3, 1, 1, SERVER.certificate());
        assertFailure(Kind.TLSA_INVALID, verify(SERVER.chain(), weak, record(3, 1, 2, OTHER)));
        assertComplies(verify(SERVER.chain(), weak, record(3, 0, 2, OTHER)));
        assertComplies(verify(SERVER.chain(), weak, record(2, 1, 2, OTHER)));
        assertComplies(
                verify(
                        SERVER.chain(),
                        record(3, 1, 0, SERVER.certificate()),
                        record(3, 1, 2, OTHER)));
    }

    /** A digest of a wrong length is unusable (RFC 6698 §4.1), so it outdoes nothing. */
    @Test
    void verify_withStrongerDigestThatIsCutOff_goesByTheOther() {
        assertComplies(
                verify(
                        SERVER.chain(),
                        record(3, 1, 1, SERVER.certificate()),
                        new TlsaRecord(3, 1, 2, "00".repeat(63))));
    }

    @Test
    void isUsable_knowsEveryForm() {
        for (int usage = 2; usage <= 3; usage++) {
            for (TlsaRecord record : records(usage, SERVER.certificate())) {
                assertTrue(DaneVerifier.isUsable(record), record::toString);
            }
            for (TlsaRecord record : records(usage, ROOT.issueRsa(NAME).certificate())) {
                assertTrue(DaneVerifier.isUsable(record), record::toString);
            }
        }
    }

    /** RFC 7672 §3.1.3 for usages 0 and 1; RFC 6698 §4.1 for the rest. */
    @Test
    void isUsable_whatIsUnknownOrMalformed_isNot() {
        String sha256 = "00".repeat(32);
        String sha512 = "00".repeat(64);
        byte[] whole = HexOf.bytes(record(3, 0, 0, SERVER.certificate()));
        for (TlsaRecord record :
                List.of(
                        new TlsaRecord(0, 1, 1, sha256),
                        new TlsaRecord(1, 1, 1, sha256),
                        new TlsaRecord(4, 1, 1, sha256),
                        new TlsaRecord(255, 1, 1, sha256),
                        new TlsaRecord(3, 2, 1, sha256),
                        new TlsaRecord(3, 1, 3, sha256),
                        new TlsaRecord(3, 1, 1, sha512),
                        new TlsaRecord(3, 1, 2, sha256),
                        new TlsaRecord(3, 1, 1, ""),
                        new TlsaRecord(3, 1, 1, "zz".repeat(32)),
                        new TlsaRecord(3, 0, 0, sha256),
                        new TlsaRecord(2, 1, 0, sha256),
                        new TlsaRecord(3, 0, 0, ""),
                        TlsaRecord.of(3, 0, 0, Arrays.copyOf(whole, whole.length - 1)),
                        TlsaRecord.of(3, 0, 0, Arrays.copyOf(whole, whole.length + 1)))) {
            assertFalse(DaneVerifier.isUsable(record), record::toString);
        }
    }

    @Test
    void verify_withoutUsableRecord_fails() {
        assertFailure(
                Kind.TLSA_INVALID, verify(SERVER.chain(), record(1, 1, 1, SERVER.certificate())));
        assertFailure(Kind.VALIDATION_FAILURE, verify(List.of(), record(3, 1, 1, OTHER)));
    }

    @Test
    void equals_isByValue() {
        assertEquals(verifier(record(3, 1, 1, OTHER)), verifier(record(3, 1, 1, OTHER)));
    }

    private Optional<TlsFailure> verify(List<X509Certificate> chain, TlsaRecord... records) {
        return verifier(records).verify(chain, now);
    }

    private static DaneVerifier verifier(TlsaRecord... records) {
        return new DaneVerifier(List.of(records), List.of(NAME));
    }

    /** The data of a record. */
    private static final class HexOf {
        static byte[] bytes(TlsaRecord record) {
            return java.util.HexFormat.of().parseHex(record.association());
        }
    }
}
