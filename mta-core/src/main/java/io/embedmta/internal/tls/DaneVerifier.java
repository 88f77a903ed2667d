package io.embedmta.internal.tls;

import io.embedmta.resolver.TlsaRecord;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Wants a certificate that fits TLSA records (RFC 6698, 7671, 7672). Those that are not usable
 * count for nothing; with no other, no certificate does.
 *
 * @param records what DNSSEC vouches for
 * @param names of which one must be in a certificate that a trust anchor in the records vouches for
 *     (RFC 7672 §3.2.2): names in lower-case A-labels
 */
public record DaneVerifier(List<TlsaRecord> records, List<String> names) implements PeerVerifier {

    /** Copies the lists. */
    public DaneVerifier {
        records = List.copyOf(records);
        names = List.copyOf(names);
    }

    /** Whether a server can be held to the record at all. */
    static boolean isUsable(TlsaRecord record) {
        return Association.of(record).isPresent();
    }

    @Override
    public Optional<TlsFailure> verify(List<X509Certificate> chain, Instant now) {
        if (chain.isEmpty()) {
            return failure(Kind.VALIDATION_FAILURE, "the server showed no certificate");
        }
        List<Association> associations = associations();
        // RFC 7672 §3.1.1: with DANE-EE(3) neither names nor dates are looked at: DNS has them.
        boolean isServer =
                associations.stream()
                        .filter(each -> each.usage() == Association.SERVER)
                        .anyMatch(each -> each.matches(chain.get(0)));
        return isServer ? Optional.empty() : verifyIssuers(associations, chain, now);
    }

    private List<Association> associations() {
        List<Association> usable =
                records.stream().map(Association::of).flatMap(Optional::stream).toList();
        return usable.stream()
                .filter(each -> usable.stream().noneMatch(each::isOutdoneBy))
                .toList();
    }

    /** RFC 7672 §3.1.2: DANE-TA(2) replaces the trust anchor, and all else is as it is in PKIX. */
    private Optional<TlsFailure> verifyIssuers(
            List<Association> associations, List<X509Certificate> chain, Instant now) {
        Set<TrustAnchor> anchors = anchors(associations, chain);
        if (anchors.isEmpty()) {
            return failure(
                    Kind.TLSA_INVALID,
                    "the certificate fits none of the " + records.size() + " TLSA records");
        }
        CertificatePath.Result path = CertificatePath.find(chain, anchors, now);
        return switch (path.outcome()) {
            case VALID -> CertificateNames.of(chain.get(0)).mismatch(names);
            case EXPIRED -> failure(Kind.CERTIFICATE_EXPIRED, path.reason());
            case NONE ->
                    failure(
                            Kind.TLSA_INVALID,
                            "the certificate does not lead to what the TLSA records name: "
                                    + path.reason());
        };
    }

    private static Set<TrustAnchor> anchors(
            List<Association> associations, List<X509Certificate> chain) {
        Set<TrustAnchor> anchors = new HashSet<>();
        for (Association each : associations) {
            if (each.usage() == Association.TRUST_ANCHOR) {
                // RFC 7671 §5.2.2: by digest, an issuer is known only if the server sends it.
                chain.stream()
                        .skip(1)
                        .filter(each::matches)
                        .forEach(issuer -> anchors.add(new TrustAnchor(issuer, null)));
                // §5.2.3 and §5.2.1: what the record holds whole need not be sent.
                each.certificate().ifPresent(issuer -> anchors.add(new TrustAnchor(issuer, null)));
                each.key()
                        .ifPresent(
                                key ->
                                        chain.stream()
                                                .map(X509Certificate::getIssuerX500Principal)
                                                .distinct()
                                                .forEach(
                                                        name ->
                                                                anchors.add(
                                                                        new TrustAnchor(
                                                                                name, key, null))));
            }
        }
        return anchors;
    }

    private static Optional<TlsFailure> failure(Kind kind, String detail) {
        return Optional.of(new TlsFailure(kind, detail));
    }

    @Override
    public Proof proof() {
        return Proof.DANE;
    }
}
