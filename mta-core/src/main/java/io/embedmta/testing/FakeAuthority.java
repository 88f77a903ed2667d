package io.embedmta.testing;

import io.embedmta.message.MailDomain;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Vouches for certificates that it makes at run time, so that a test's client verifies its server
 * as it verifies any other. Keys are EC on P-256; nothing is kept but by the caller. Immutable.
 */
final class FakeAuthority {
    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";

    /** Older than any certificate of it may be. */
    private static final Duration BEFORE = Duration.ofDays(60);

    private static final Duration AFTER = Duration.ofDays(2 * 365);

    private final String name;
    private final KeyPair keys;
    private final X509Certificate certificate;

    private FakeAuthority(String name, KeyPair keys, X509Certificate certificate) {
        this.name = name;
        this.keys = keys;
        this.certificate = certificate;
    }

    /** A server's key and certificate. */
    record ServerIdentity(PrivateKey key, X509Certificate certificate) {}

    /** An authority that nobody knows yet. */
    static FakeAuthority make(String name, Instant now) {
        try {
            KeyPair keys = keys();
            return new FakeAuthority(
                    name,
                    keys,
                    certificate(
                            keys.getPrivate(),
                            name(name),
                            name(name),
                            keys.getPublic(),
                            validity(now.minus(BEFORE), now.plus(AFTER)),
                            authorityExtensions(keys.getPublic())));
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    /** Its certificate, which is its own anchor. */
    X509Certificate certificate() {
        return certificate;
    }

    /**
     * A certificate of a new key.
     *
     * @param names DNS names, and addresses as literals
     * @param from when it begins to be valid
     * @param until when it ceases to be
     */
    ServerIdentity issue(List<String> names, Instant from, Instant until) {
        try {
            KeyPair serverKeys = keys();
            return new ServerIdentity(
                    serverKeys.getPrivate(),
                    certificate(
                            keys.getPrivate(),
                            name(name),
                            name(names.get(0)),
                            serverKeys.getPublic(),
                            validity(from, until),
                            serverExtensions(names, serverKeys.getPublic(), keys.getPublic())));
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    /** Every JDK has EC and ECDSA. */
    private static IllegalStateException impossible(GeneralSecurityException e) {
        return new IllegalStateException("No certificate can be made in this JVM.", e);
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /** RFC 5280 §4.1. */
    private static X509Certificate certificate(
            PrivateKey issuerKey,
            byte[] issuer,
            byte[] subject,
            PublicKey subjectKey,
            byte[] validity,
            byte[] extensions)
            throws GeneralSecurityException {
        byte[] algorithm = Der.sequence(Der.oid(ECDSA_WITH_SHA256));
        byte[] toBeSigned =
                Der.sequence(
                        Der.tagged(0, true, Der.integer(BigInteger.TWO)), // version 3
                        Der.integer(serial(subjectKey)),
                        algorithm,
                        issuer,
                        validity,
                        subject,
                        subjectKey.getEncoded(),
                        Der.tagged(3, true, extensions));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(issuerKey);
        signature.update(toBeSigned);
        byte[] encoded = Der.sequence(toBeSigned, algorithm, Der.bits(signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(encoded));
    }

    /** Clients refuse two certificates of one issuer and serial; the key is as good as random. */
    private static BigInteger serial(PublicKey key) {
        byte[] encoded = key.getEncoded();
        byte[] last = new byte[16];
        System.arraycopy(encoded, encoded.length - last.length, last, 0, last.length);
        return new BigInteger(1, last).add(BigInteger.ONE);
    }

    private static byte[] validity(Instant from, Instant until) {
        return Der.sequence(Der.time(from), Der.time(until));
    }

    private static byte[] name(String commonName) {
        return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(commonName))));
    }

    /** Basic constraints, and key usage keyCertSign (RFC 5280 §4.2.1.9, §4.2.1.3). */
    private static byte[] authorityExtensions(PublicKey own) throws GeneralSecurityException {
        return Der.sequence(
                extension("2.5.29.14", false, Der.octets(identifier(own))),
                extension("2.5.29.19", true, Der.sequence(Der.bool(true))),
                extension("2.5.29.15", true, Der.flags(0x04, 2)));
    }

    /** Key usage digitalSignature, extended key usage serverAuth, and the names. */
    private static byte[] serverExtensions(List<String> names, PublicKey own, PublicKey authority)
            throws GeneralSecurityException {
        byte[][] all = names.stream().map(FakeAuthority::generalName).toArray(byte[][]::new);
        byte[] authorityKey = Der.sequence(Der.tagged(0, false, identifier(authority)));
        return Der.sequence(
                extension("2.5.29.14", false, Der.octets(identifier(own))),
                extension("2.5.29.35", false, authorityKey),
                extension("2.5.29.15", true, Der.flags(0x80, 7)),
                extension("2.5.29.37", false, Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"))),
                extension("2.5.29.17", false, Der.sequence(all)));
    }

    /** RFC 7093 §2: strict clients want key identifiers (RFC 5280 §4.2.1.1). */
    private static byte[] identifier(PublicKey key) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
        return Arrays.copyOf(digest, 20);
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        return critical
                ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
                : Der.sequence(Der.oid(oid), Der.octets(value));
    }

    /** RFC 5280 §4.2.1.6: a dNSName, or an iPAddress. */
    private static byte[] generalName(String name) {
        boolean ipv6 = name.indexOf(':') >= 0;
        if (ipv6 || name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))) {
            String literal = (ipv6 ? "[IPv6:" : "[") + name + "]";
            InetAddress address = MailDomain.of(literal).address().orElseThrow();
            return Der.tagged(7, false, address.getAddress());
        }
        return Der.tagged(2, false, name.getBytes(StandardCharsets.US_ASCII));
    }
}
