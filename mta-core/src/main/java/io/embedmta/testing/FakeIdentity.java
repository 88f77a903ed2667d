package io.embedmta.testing;

import io.embedmta.testing.CertificateMaker.ServerIdentity;
import io.embedmta.tls.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** What a fake server shows in a handshake, and what a client verifies it by. Immutable. */
final class FakeIdentity {
    /** What clients of loopback ask for. */
    private static final List<String> NAMES = List.of("localhost", "127.0.0.1", "::1");

    private static final Duration DAY = Duration.ofDays(1);

    /** Of a key store that never leaves the heap. */
    private static final char[] NO_PASSWORD = new char[0];

    private final ServerIdentity identity;

    private FakeIdentity(ServerIdentity identity) {
        this.identity = identity;
    }

    static FakeIdentity make(Instant now) {
        return new FakeIdentity(CertificateMaker.make(NAMES, now));
    }

    static FakeIdentity bad(BadCertificate kind, Instant now) {
        return new FakeIdentity(
                switch (kind) {
                    case EXPIRED ->
                            CertificateMaker.make(
                                    NAMES, now.minus(DAY.multipliedBy(30)), now.minus(DAY));
                    case WRONG_NAME -> CertificateMaker.make(List.of("wrong.invalid"), now);
                    case UNTRUSTED -> CertificateMaker.make(NAMES, now);
                });
    }

    /** For the listener. */
    Tls tls() {
        try {
            KeyStore keys = emptyStore();
            X509Certificate[] chain = {identity.certificate(), identity.authority()};
            keys.setKeyEntry("server", identity.key(), NO_PASSWORD, chain);
            KeyManagerFactory managers =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return Tls.context(context);
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    /** Holds the authority alone. */
    KeyStore trustStore() {
        try {
            KeyStore anchors = emptyStore();
            anchors.setCertificateEntry("authority", identity.authority());
            return anchors;
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    /** For a client. */
    SSLContext clientContext() {
        try {
            TrustManagerFactory managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trustStore());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    /** The authority's certificate. */
    String authorityPem() {
        try {
            String text =
                    Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                            .encodeToString(identity.authority().getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new GeneralSecurityException("An empty key store cannot be made.", e);
        }
    }

    /** Every JDK has all of it. */
    private static IllegalStateException impossible(GeneralSecurityException e) {
        return new IllegalStateException("TLS cannot be set up in this JVM.", e);
    }
}
