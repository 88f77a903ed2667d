package io.embedmta.internal.tls;

import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.TlsFailure;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Judges whether a server is the one that it should be, by the certificates it showed. Asked after
 * each handshake, of a resumed session too. Immutable, with equality by value, as connections are
 * shared between messages that demand the same.
 */
public interface PeerVerifier {

    /**
     * Judges a chain.
     *
     * @param chain the server's own certificate first, then as it sent them
     * @return why it does not do; empty if it does
     */
    Optional<TlsFailure> verify(List<X509Certificate> chain, Instant now);

    /** What a chain proves that does. */
    Proof proof();
}
