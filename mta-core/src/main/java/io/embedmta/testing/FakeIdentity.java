package io.embedmta.testing;

import io.embedmta.testing.FakeAuthority.ServerIdentity;
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

    private final FakeAuthority authority;
    private final ServerIdentity identity;

    private FakeIdentity(FakeAuthority authority, ServerIdentity identity) {
        this.authority = authority;
        this.identity = identity;
    }

    static FakeIdentity make(Instant now) {
        return make("Embedded MTA test authority", now);
    }

    private static FakeIdentity make(String authorityName, Instant now) {
        FakeAuthority authority = FakeAuthority.make(authorityName, now);
        return new FakeIdentity(authority, valid(authority, NAMES, now));
    }

    private static ServerIdentity valid(FakeAuthority authority, List<String> names, Instant now) {
        return authority.issue(names, now.minus(DAY), now.plus(DAY.multipliedBy(365)));
    }

    /** One with that fault, and no other. */
    FakeIdentity bad(BadCertificate kind, Instant now) {
        return switch (kind) {
            case EXPIRED ->
                    new FakeIdentity(
                            authority,
                            authority.issue(
                                    NAMES, now.minus(DAY.multipliedBy(30)), now.minus(DAY)));
            case WRONG_NAME ->
                    new FakeIdentity(authority, valid(authority, List.of("wrong.invalid"), now));
            case UNTRUSTED -> make("An authority that nobody trusts", now);
        };
    }

    /** For the listener. */
    Tls tls() {
        try {
            KeyStore keys = emptyStore();
            X509Certificate[] chain = {identity.certificate(), authority.certificate()};
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
            anchors.setCertificateEntry("authority", authority.certificate());
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
                            .encodeToString(authority.certificate().getEncoded());
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
