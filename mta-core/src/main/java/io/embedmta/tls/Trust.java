package io.embedmta.tls;

import java.security.cert.X509Certificate;
import java.util.Set;

/**
 * Trust anchors: certificates of those who are believed when they vouch for others. Immutable.
 *
 * @param withSystem whether those of the system count, which are those that the JVM trusts
 * @param anchors more of them
 */
public record Trust(boolean withSystem, Set<X509Certificate> anchors) {
    private static final Trust SYSTEM = new Trust(true, Set.of());

    /** Copies the set. */
    public Trust {
        anchors = Set.copyOf(anchors);
    }

    /** What the JVM trusts. */
    public static Trust system() {
        return SYSTEM;
    }
}
