package io.embedmta.internal.delivery;

import io.embedmta.internal.tls.PeerVerifier;
import io.embedmta.internal.tls.PkixVerifier;
import io.embedmta.tls.Trust;
import java.util.List;

/** Makes what judges the certificates of servers by trust anchors. Thread-safe. */
@FunctionalInterface
public interface Verifiers {

    /**
     * A verifier, equal to every other of the same trust and names.
     *
     * @param names one of which the certificate must be for: host names, or address literals such
     *     as {@code [192.0.2.1]}
     */
    PeerVerifier trusting(Trust trust, List<String> names);

    /** Those that the JDK helps with. No lambda: the JVM would make code while the agent starts. */
    static Verifiers byTrustAnchors() {
        return new Verifiers() {
            @Override
            public PeerVerifier trusting(Trust trust, List<String> names) {
                return new PkixVerifier(trust, names);
            }
        };
    }
}
