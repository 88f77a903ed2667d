package io.embedmta.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.testing.FakeAuthority.ServerIdentity;
import java.io.ByteArrayInputStream;
import java.security.KeyStore;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FakeAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final List<String> NAMES = List.of("localhost", "127.0.0.1", "::1");

    private final FakeAuthority authority = FakeAuthority.make("test", NOW);

    private static ServerIdentity issue(FakeAuthority by, Instant now) {
        return by.issue(NAMES, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(30)));
    }

    private static void validate(FakeAuthority authority, X509Certificate certificate, Instant at)
            throws Exception {
        CertPath path =
                CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
        PKIXParameters parameters =
                new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }

    @Test
    void certificate_isVouchedForByItsAuthority_whileItIsValid() throws Exception {
        X509Certificate certificate = issue(authority, NOW).certificate();
        validate(authority, certificate, NOW);
        validate(authority, certificate, NOW.plus(Duration.ofDays(29)));
        assertThrows(
                CertPathValidatorException.class,
                () -> validate(authority, certificate, NOW.plus(Duration.ofDays(31))));
        assertThrows(
                CertPathValidatorException.class,
                () -> validate(authority, certificate, NOW.minus(Duration.ofDays(2))));
        FakeAuthority other = FakeAuthority.make("test", NOW);
        assertThrows(CertPathValidatorException.class, () -> validate(other, certificate, NOW));
    }

    @Test
    void certificate_readByAnotherLibrary_isWellFormed() throws Exception {
        X509Certificate certificate = issue(authority, NOW).certificate();
        X509CertificateHolder read = new X509CertificateHolder(certificate.getEncoded());
        GeneralNames names =
                GeneralNames.fromExtensions(
                        read.getExtensions(),
                        org.bouncycastle.asn1.x509.Extension.subjectAlternativeName);
        assertEquals(GeneralName.dNSName, names.getNames()[0].getTagNo());
        assertEquals("localhost", names.getNames()[0].getName().toString());
        assertEquals(GeneralName.iPAddress, names.getNames()[1].getTagNo());
        assertEquals(3, names.getNames().length);
        assertTrue(certificate.getKeyUsage()[0]);
        assertEquals(List.of("1.3.6.1.5.5.7.3.1"), certificate.getExtendedKeyUsage());
        assertEquals(-1, certificate.getBasicConstraints());
        assertNotEquals(
                certificate.getSerialNumber(),
                issue(authority, NOW).certificate().getSerialNumber());
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "::1"})
    void handshake_withIdentityChecks_passesForEachName(String name) throws Exception {
        FakeAuthority current = FakeAuthority.make("test", Instant.now());
        ServerIdentity identity = issue(current, Instant.now());
        try (SSLServerSocket server =
                (SSLServerSocket)
                        serverContext(identity).getServerSocketFactory().createServerSocket(0)) {
            Thread accepting =
                    new Thread(
                            () -> {
                                try (SSLSocket accepted = (SSLSocket) server.accept()) {
                                    accepted.startHandshake();
                                    accepted.getInputStream().read();
                                } catch (java.io.IOException e) {
                                    // The client's assertion says what is wrong.
                                }
                            });
            accepting.start();
            try (SSLSocket client =
                    (SSLSocket)
                            clientContext(current)
                                    .getSocketFactory()
                                    .createSocket(
                                            new java.net.Socket(
                                                    java.net.InetAddress.getLoopbackAddress(),
                                                    server.getLocalPort()),
                                            name,
                                            server.getLocalPort(),
                                            true)) {
                SSLParameters parameters = client.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                client.setSSLParameters(parameters);
                client.startHandshake();
                assertTrue(client.getSession().isValid());
            }
            accepting.join();
        }
    }

    private static SSLContext serverContext(ServerIdentity identity) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "server",
                identity.key(),
                new char[0],
                new X509Certificate[] {identity.certificate()});
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static SSLContext clientContext(FakeAuthority authority) throws Exception {
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        // As a client reads it from PEM.
        anchors.setCertificateEntry(
                "authority",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(authority.certificate().getEncoded())));
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
