package io.embedmta.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority of the tests: makes keys and certificates at run time, so that none can
 * expire in the repository. Thread-safe.
 */
public final class TestAuthority {
    private static final AtomicLong SERIALS = new AtomicLong(1);

    private final Identity identity;

    private TestAuthority(Identity identity) {
        this.identity = identity;
    }

    /** A key, and its certificate with those that lead to the root, the root left out. */
    public record Identity(PrivateKey key, List<X509Certificate> chain) {

        /** The certificate of the key. */
        public X509Certificate certificate() {
            return chain.get(0);
        }

        /** Writes the chain as PEM. */
        public Path writeChain(Path file) {
            StringBuilder pem = new StringBuilder();
            chain.forEach(certificate -> pem.append(pem(certificate)));
            return write(file, pem.toString());
        }

        /** Writes the key as PEM, in PKCS#8. */
        public Path writeKey(Path file) {
            return write(file, pemKey());
        }

        /** The key as PEM, in PKCS#8. */
        public String pemKey() {
            return pem("PRIVATE KEY", key.getEncoded());
        }
    }

    /** A root with an EC key. */
    public static TestAuthority create() {
        KeyPair keys = ecKeys();
        X509Certificate root =
                sign(
                        new X500Name("CN=Test Root " + SERIALS.get()),
                        new X500Name("CN=Test Root " + SERIALS.get()),
                        keys,
                        keys.getPrivate(),
                        true,
                        Instant.now().minus(Duration.ofDays(1)),
                        Instant.now().plus(Duration.ofDays(30)),
                        List.of());
        return new TestAuthority(new Identity(keys.getPrivate(), List.of(root)));
    }

    /** The root, or the intermediate of this authority. */
    public X509Certificate certificate() {
        return identity.certificate();
    }

    /** Writes this authority's certificate as PEM. */
    public Path writeCertificate(Path file) {
        return write(file, pem(certificate()));
    }

    /** An authority below this one. */
    public TestAuthority intermediate() {
        KeyPair keys = ecKeys();
        X509Certificate certificate =
                sign(
                        subject(identity.certificate()),
                        new X500Name("CN=Test Intermediate " + SERIALS.get()),
                        keys,
                        identity.key(),
                        true,
                        Instant.now().minus(Duration.ofDays(1)),
                        Instant.now().plus(Duration.ofDays(30)),
                        List.of());
        return new TestAuthority(new Identity(keys.getPrivate(), chainBelow(certificate)));
    }

    /** A certificate for names or addresses, with an EC key, valid now. */
    public Identity issue(String... names) {
        return issue(
                ecKeys(),
                Instant.now().minus(Duration.ofHours(1)),
                Instant.now().plus(Duration.ofDays(7)),
                names);
    }

    /** A certificate with an RSA key. */
    public Identity issueRsa(String... names) {
        return issue(
                rsaKeys(),
                Instant.now().minus(Duration.ofHours(1)),
                Instant.now().plus(Duration.ofDays(7)),
                names);
    }

    /**
     * A certificate with an RSA key that is for RSASSA-PSS alone.
     *
     * @param parameters with which alone it is used; null for any
     */
    public Identity issuePss(@Nullable PSSParameterSpec parameters, String... names) {
        return issue(
                keys(
                        "RSASSA-PSS",
                        new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4, parameters)),
                Instant.now().minus(Duration.ofHours(1)),
                Instant.now().plus(Duration.ofDays(7)),
                names);
    }

    /** A certificate that is over since yesterday. */
    public Identity issueExpired(String... names) {
        return issue(
                ecKeys(),
                Instant.now().minus(Duration.ofDays(3)),
                Instant.now().minus(Duration.ofDays(1)),
                names);
    }

    private Identity issue(KeyPair keys, Instant from, Instant until, String... names) {
        X509Certificate certificate =
                sign(
                        subject(identity.certificate()),
                        new X500Name("CN=Test Server " + SERIALS.get()),
                        keys,
                        identity.key(),
                        false,
                        from,
                        until,
                        List.of(names));
        return new Identity(keys.getPrivate(), chainBelow(certificate));
    }

    private List<X509Certificate> chainBelow(X509Certificate certificate) {
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(certificate);
        for (X509Certificate above : identity.chain()) {
            if (!above.getSubjectX500Principal().equals(above.getIssuerX500Principal())) {
                chain.add(above);
            }
        }
        return List.copyOf(chain);
    }

    private static X500Name subject(X509Certificate certificate) {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    private static X509Certificate sign(
            X500Name issuer,
            X500Name subject,
            KeyPair keys,
            PrivateKey issuerKey,
            boolean authority,
            Instant from,
            Instant until,
            List<String> names) {
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        issuer,
                        BigInteger.valueOf(SERIALS.getAndIncrement()),
                        Date.from(from),
                        Date.from(until),
                        subject,
                        keys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (authority) {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            }
            if (!names.isEmpty()) {
                GeneralName[] all =
                        names.stream().map(TestAuthority::name).toArray(GeneralName[]::new);
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(all));
            }
            String algorithm =
                    issuerKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            byte[] encoded =
                    builder.build(new JcaContentSignerBuilder(algorithm).build(issuerKey))
                            .getEncoded();
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(encoded));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeneralName name(String text) {
        boolean address = text.indexOf(':') >= 0 || text.matches("[0-9.]+");
        return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, text);
    }

    /** An EC key pair on P-256. */
    public static KeyPair ecKeys() {
        return keys("EC", new ECGenParameterSpec("secp256r1"));
    }

    private static KeyPair rsaKeys() {
        return keys("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
    }

    private static KeyPair keys(String algorithm, AlgorithmParameterSpec parameters) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(parameters);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END "
                + label
                + "-----\n";
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
