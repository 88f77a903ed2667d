package io.embedmta.tls;

import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A key, with its certificate and those that lead to an authority. Immutable.
 *
 * @param origin for what is said of it
 * @param names that the certificate is for, in lower case; some may begin with {@code *.}
 */
record KeyEntry(String origin, PrivateKey key, List<X509Certificate> chain, Set<String> names) {
    private static final int DNS_NAME = 2;

    /**
     * A checked entry.
     *
     * @throws IllegalArgumentException if the key does not belong to the first certificate
     */
    static KeyEntry of(String origin, PrivateKey key, List<X509Certificate> chain) {
        if (!PrivateKeys.fit(key, chain.get(0).getPublicKey())) {
            boolean another =
                    chain.stream().anyMatch(each -> PrivateKeys.fit(key, each.getPublicKey()));
            throw new IllegalArgumentException(
                    "In "
                            + origin
                            + (another
                                    ? " the certificate of the key has to stand first."
                                    : " key and certificate do not belong together."));
        }
        return new KeyEntry(origin, key, List.copyOf(chain), namesOf(chain.get(0)));
    }

    private static Set<String> namesOf(X509Certificate certificate) {
        Set<String> names = new LinkedHashSet<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> name : all) {
                    if (name.get(0).equals(DNS_NAME)) {
                        names.add(name.get(1).toString().toLowerCase(Locale.ROOT));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            // Then it is for no name, and serves those who ask for none.
            return Set.of();
        }
        return names;
    }

    /** The kind of key, as the JDK names it in a handshake: EC, RSA and others. */
    String keyType() {
        return chain.get(0).getPublicKey().getAlgorithm();
    }

    /** Whether the certificate names this host in full. */
    boolean isFor(String host) {
        return names.contains(host);
    }

    /** Whether a wildcard stands for this host, which is for exactly one label (RFC 9525 §6.3). */
    boolean isForByWildcard(String host) {
        int dot = host.indexOf('.');
        return dot > 0 && names.contains("*" + host.substring(dot));
    }

    /** What an operator should know. */
    Optional<String> warning() {
        X509Certificate certificate = chain.get(0);
        Instant now = Instant.now();
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            return Optional.of(
                    "The certificate of " + origin + " is over since " + certificate.getNotAfter());
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            return Optional.of(
                    "The certificate of "
                            + origin
                            + " is not valid before "
                            + certificate.getNotBefore());
        }
        return Optional.empty();
    }
}
