package io.embedmta.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Takes whatever certificate a client shows, for others to judge: see {@link
 * Tls#askForClientCertificates}. Never to be used for servers, which it trusts none of. Immutable.
 */
final class ClientAuthorities extends X509ExtendedTrustManager {
    static final ClientAuthorities NONE = new ClientAuthorities(List.of());

    private final List<X509Certificate> named;

    /**
     * @param named to the clients, for them to choose by
     */
    ClientAuthorities(List<X509Certificate> named) {
        this.named = named;
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return named.toArray(X509Certificate[]::new);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        throw noServer();
    }

    private static CertificateException noServer() {
        return new CertificateException("This is for clients alone.");
    }
}
