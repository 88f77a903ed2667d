package io.embedmta.internal.delivery;

import io.embedmta.internal.tls.PeerVerifier;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import io.embedmta.tls.Trust;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Trusts no certificate: to be replaced by the verifier of {@code internal.tls} at the merge. */
public record TrustAnchors(Trust trust, List<String> names) implements PeerVerifier {
    /** The verifier of a trust and names. */
    public static PeerVerifier verifier(Trust trust, List<String> names) {
        return new TrustAnchors(trust, names);
    }

    @Override
    public Optional<TlsFailure> verify(List<X509Certificate> chain, Instant now) {
        return Optional.of(
                new TlsFailure(Kind.CERTIFICATE_NOT_TRUSTED, "nothing verifies certificates"));
    }

    @Override
    public Proof proof() {
        return Proof.TRUST_ANCHOR;
    }
}
