package io.embedmta.dns.https;

import io.embedmta.tls.Trust;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Trust anchors, as the JDK wants them. */
final class Anchors {
    private Anchors() {}

    static TrustManager[] trustManagers(Trust trust) throws GeneralSecurityException, IOException {
        List<X509Certificate> all = new ArrayList<>(trust.anchors());
        if (trust.withSystem()) {
            for (TrustManager manager : factory(null).getTrustManagers()) {
                if (manager instanceof X509TrustManager system) {
                    all.addAll(List.of(system.getAcceptedIssuers()));
                }
            }
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < all.size(); i++) {
            store.setCertificateEntry("anchor" + i, all.get(i));
        }
        return factory(store).getTrustManagers();
    }

    private static TrustManagerFactory factory(@org.jspecify.annotations.Nullable KeyStore store)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }
}
