package io.embedmta.dns.https;

import io.embedmta.tls.Trust;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS that believes in some anchors and in no other. */
final class Anchors {
    private Anchors() {}

    static SSLContext context(Trust trust) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(trust), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the trust anchors cannot be used: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] managers(Trust trust)
            throws GeneralSecurityException, IOException {
        KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
        anchors.load(null, null);
        int number = 0;
        for (X509Certificate anchor : trust.anchors()) {
            anchors.setCertificateEntry("given-" + number++, anchor);
        }
        if (trust.withSystem()) {
            for (TrustManager manager : managers((KeyStore) null)) {
                if (manager instanceof X509TrustManager system) {
                    for (X509Certificate anchor : system.getAcceptedIssuers()) {
                        anchors.setCertificateEntry("system-" + number++, anchor);
                    }
                }
            }
        }
        return managers(anchors);
    }

    /** Of a key store; those of the JVM if there is none. */
    private static TrustManager[] managers(@Nullable KeyStore anchors)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(anchors);
        return factory.getTrustManagers();
    }
}
