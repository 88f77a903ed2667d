package io.embedmta.internal.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the JVM trusts: its {@code cacerts}, or what {@code javax.net.ssl.trustStore} names. Read
 * when it is first needed, as start-up counts, and once.
 */
final class SystemAnchors {
    private static final Logger log = LoggerFactory.getLogger(SystemAnchors.class);

    private SystemAnchors() {}

    static Set<X509Certificate> get() {
        return Holder.ANCHORS;
    }

    private static final class Holder {
        static final Set<X509Certificate> ANCHORS = read();
    }

    private static Set<X509Certificate> read() {
        @Nullable KeyStore theJvms = null;
        try {
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(theJvms);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return Set.of(x509.getAcceptedIssuers());
                }
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            log.error("The JVM's trust anchors cannot be read: no certificate leads to them", e);
        }
        return Set.of();
    }
}
