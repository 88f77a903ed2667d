package io.embedmta.internal.tls;

import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The least of a verifier: one authority that signs servers itself, one name. What decides between
 * servers by it is tested with it; the verifiers proper have tests of their own.
 */
public record TestVerifier(X509Certificate authority, String name, Proof proof)
        implements PeerVerifier {

    @Override
    public Optional<TlsFailure> verify(List<X509Certificate> chain, Instant now) {
        if (chain.isEmpty()) {
            return failure(Kind.CERTIFICATE_NOT_TRUSTED, "no certificate");
        }
        X509Certificate server = chain.get(0);
        try {
            server.verify(authority.getPublicKey());
        } catch (GeneralSecurityException e) {
            return failure(Kind.CERTIFICATE_NOT_TRUSTED, "it is by another authority");
        }
        if (now.isAfter(server.getNotAfter().toInstant())) {
            return failure(Kind.CERTIFICATE_EXPIRED, "it has expired");
        }
        return names(server)
                ? Optional.empty()
                : failure(Kind.CERTIFICATE_HOST_MISMATCH, "it is not for " + name);
    }

    private boolean names(X509Certificate server) {
        try {
            @Nullable Collection<List<?>> names = server.getSubjectAlternativeNames();
            return names != null
                    && names.stream()
                            .anyMatch(each -> each.get(1).equals(name.replaceAll("[\\[\\]]", "")));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<TlsFailure> failure(Kind kind, String detail) {
        return Optional.of(new TlsFailure(kind, detail));
    }
}
