package io.embedmta.tls;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Trust anchors: certificates of those who are believed when they vouch for others. A server's own
 * certificate may be one, and is believed for itself then. Immutable, thread-safe.
 *
 * <p>A file is PEM: one certificate or several, each between its BEGIN and END line, with any text
 * around them. It is read once; it must not have a certificate that cannot be read.
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

    /**
     * The certificates in a file, and nobody else.
     *
     * @throws IllegalArgumentException if the file cannot be read, holds none, or one that makes no
     *     sense
     */
    public static Trust of(Path pem) {
        return new Trust(false, Set.copyOf(PemFile.read(pem).certificates()));
    }

    /**
     * These certificates, and nobody else.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Trust of(X509Certificate... anchors) {
        return new Trust(false, Set.copyOf(some(anchors)));
    }

    /**
     * This, and the certificates in a file as well.
     *
     * @throws IllegalArgumentException if the file cannot be read, holds none, or one that makes no
     *     sense
     */
    public Trust and(Path pem) {
        return with(PemFile.read(pem).certificates());
    }

    /**
     * This, and these certificates as well.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Trust and(X509Certificate... more) {
        return with(some(more));
    }

    private Trust with(Collection<X509Certificate> more) {
        Set<X509Certificate> all = new HashSet<>(anchors);
        all.addAll(more);
        return new Trust(withSystem, all);
    }

    private static List<X509Certificate> some(X509Certificate... certificates) {
        if (certificates.length == 0) {
            throw new IllegalArgumentException("Give the certificate of a trust anchor.");
        }
        return List.of(certificates);
    }

    /** How many there are: their text is long. */
    @Override
    public String toString() {
        String own = anchors.size() == 1 ? "1 trust anchor" : anchors.size() + " trust anchors";
        return withSystem ? "the system's and " + own : own;
    }
}
