package io.embedmta.internal.tls;

import io.embedmta.resolver.TlsaRecord;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What a usable TLSA record says (RFC 6698 §2.1). */
final class Association {
    /** DANE-TA: an issuer of the certificate. */
    static final int TRUST_ANCHOR = 2;

    /** DANE-EE: the certificate. */
    static final int SERVER = 3;

    private static final int WHOLE_CERTIFICATE = 0;
    private static final int PUBLIC_KEY = 1;

    private static final int EXACT = 0;
    private static final int SHA_256 = 1;
    private static final int SHA_512 = 2;

    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA", "DSA");

    private final TlsaRecord record;
    private final byte[] data;

    private Association(TlsaRecord record, byte[] data) {
        this.record = record;
        this.data = data;
    }

    /**
     * The record's meaning; nothing if it is not usable: RFC 7672 §3.1.3 has usages 0 and 1 so for
     * mail, RFC 6698 §4.1 what we do not know or cannot read.
     */
    static Optional<Association> of(TlsaRecord record) {
        byte[] data;
        try {
            data = HexFormat.of().parseHex(record.association());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        boolean usage = record.usage() == TRUST_ANCHOR || record.usage() == SERVER;
        boolean selector =
                record.selector() == WHOLE_CERTIFICATE || record.selector() == PUBLIC_KEY;
        Association association = new Association(record, data);
        return usage && selector && association.isWellFormed()
                ? Optional.of(association)
                : Optional.empty();
    }

    private boolean isWellFormed() {
        return switch (record.matchingType()) {
            case SHA_256 -> data.length == 32;
            case SHA_512 -> data.length == 64;
            case EXACT -> certificate().isPresent() || key().isPresent();
            default -> false;
        };
    }

    int usage() {
        return record.usage();
    }

    /**
     * Digest agility (RFC 7671 §9): of several digests for the same thing, the strongest counts
     * alone, so that a weaker one can be broken without harm. What is given whole always counts.
     */
    boolean isOutdoneBy(Association other) {
        return record.matchingType() != EXACT
                && other.record.matchingType() > record.matchingType()
                && other.record.usage() == record.usage()
                && other.record.selector() == record.selector();
    }

    boolean matches(X509Certificate certificate) {
        try {
            byte[] selected =
                    record.selector() == WHOLE_CERTIFICATE
                            ? certificate.getEncoded()
                            : certificate.getPublicKey().getEncoded();
            return switch (record.matchingType()) {
                case EXACT -> Arrays.equals(data, selected);
                case SHA_256 -> Arrays.equals(data, digest("SHA-256", selected));
                default -> Arrays.equals(data, digest("SHA-512", selected));
            };
        } catch (CertificateEncodingException e) {
            return false;
        }
    }

    private static byte[] digest(String algorithm, byte[] of) {
        try {
            return MessageDigest.getInstance(algorithm).digest(of);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has " + algorithm, e);
        }
    }

    /** The certificate in the record, if the whole of it is there. */
    Optional<X509Certificate> certificate() {
        if (record.matchingType() != EXACT || record.selector() != WHOLE_CERTIFICATE) {
            return Optional.empty();
        }
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(data);
            X509Certificate certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(in);
            return Arrays.equals(certificate.getEncoded(), data)
                    ? Optional.of(certificate)
                    : Optional.empty();
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }

    /** The public key in the record, if the whole of it is there. */
    Optional<PublicKey> key() {
        if (record.matchingType() != EXACT || record.selector() != PUBLIC_KEY) {
            return Optional.empty();
        }
        return KEY_TYPES.stream().map(this::key).flatMap(Optional::stream).findFirst();
    }

    private Optional<PublicKey> key(String type) {
        try {
            return Optional.of(
                    KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(data)));
        } catch (GeneralSecurityException e) {
            return Optional.empty(); // a key of another type, or none
        }
    }
}
