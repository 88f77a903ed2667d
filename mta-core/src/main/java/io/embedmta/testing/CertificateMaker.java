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
 * Makes a certificate at run time, and the authority that vouches for it, so that a test's client
 * verifies its server as it verifies any other. Keys are EC on P-256; nothing is kept but by the
 * caller.
 */
final class CertificateMaker {
    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final Duration BEFORE = Duration.ofDays(1);
    private static final Duration AFTER = Duration.ofDays(365);

    private CertificateMaker() {}

    /**
     * A server's key and certificate.
     *
     * @param authority vouches for the certificate; it is its own anchor
     */
    record ServerIdentity(PrivateKey key, X509Certificate certificate, X509Certificate authority) {}

    /**
     * A new authority, and a certificate of it.
     *
     * @param names DNS names, and addresses as literals
     * @param now the certificates are valid from a day before to a year after
     */
    static ServerIdentity make(List<String> names, Instant now) {
        return make(names, now.minus(BEFORE), now.plus(AFTER));
    }

    /** The same with the times from and until when the server's certificate is valid. */
    static ServerIdentity make(List<String> names, Instant from, Instant until) {
        try {
            KeyPair authorityKeys = keys();
            KeyPair serverKeys = keys();
            byte[] authorityName = name("Embedded MTA test authority");
            X509Certificate authority =
                    certificate(
                            authorityKeys.getPrivate(),
                            authorityName,
                            authorityName,
                            authorityKeys.getPublic(),
                            validity(from.minus(BEFORE), until.plus(AFTER)),
                            authorityExtensions(authorityKeys.getPublic()));
            X509Certificate server =
                    certificate(
                            authorityKeys.getPrivate(),
                            authorityName,
                            name(names.get(0)),
                            serverKeys.getPublic(),
                            validity(from, until),
                            serverExtensions(
                                    names, serverKeys.getPublic(), authorityKeys.getPublic()));
            return new ServerIdentity(serverKeys.getPrivate(), server, authority);
        } catch (GeneralSecurityException e) {
            // Every JDK has EC and ECDSA.
            throw new IllegalStateException("No certificate can be made in this JVM.", e);
        }
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
        byte[][] all = names.stream().map(CertificateMaker::generalName).toArray(byte[][]::new);
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
