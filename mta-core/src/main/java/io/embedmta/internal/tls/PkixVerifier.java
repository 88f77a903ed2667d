package io.embedmta.internal.tls;

import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import io.embedmta.tls.Trust;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Wants a certificate that leads to a trust anchor (RFC 5280 §6) and is for a name (RFC 9525).
 *
 * @param trust whom to believe
 * @param names one or more, of which one must do: names in lower-case A-labels, or address literals
 *     such as {@code [192.0.2.1]} and {@code [IPv6:2001:db8::1]}
 */
public record PkixVerifier(Trust trust, List<String> names) implements PeerVerifier {

    /** Checks that there is a name. */
    public PkixVerifier {
        names = List.copyOf(names);
        if (names.isEmpty()) {
            throw new IllegalArgumentException("Give a name that the certificate has to be for.");
        }
    }

    @Override
    public Optional<TlsFailure> verify(List<X509Certificate> chain, Instant now) {
        if (chain.isEmpty()) {
            return failure(Kind.VALIDATION_FAILURE, "the server showed no certificate");
        }
        CertificatePath.Result path = CertificatePath.find(chain, anchors(), now);
        return switch (path.outcome()) {
            case VALID -> CertificateNames.of(chain.get(0)).mismatch(names);
            case EXPIRED -> failure(Kind.CERTIFICATE_EXPIRED, path.reason());
            case NONE ->
                    failure(
                            Kind.CERTIFICATE_NOT_TRUSTED,
                            "the certificate of "
                                    + names.get(0)
                                    + " is not trusted: "
                                    + path.reason());
        };
    }

    private Set<TrustAnchor> anchors() {
        Stream<X509Certificate> system =
                trust.withSystem() ? SystemAnchors.get().stream() : Stream.empty();
        return Stream.concat(system, trust.anchors().stream())
                .map(certificate -> new TrustAnchor(certificate, null))
                .collect(Collectors.toSet());
    }

    private static Optional<TlsFailure> failure(Kind kind, String detail) {
        return Optional.of(new TlsFailure(kind, detail));
    }

    @Override
    public Proof proof() {
        return Proof.TRUST_ANCHOR;
    }
}
