package io.embedmta.internal.session;

import io.embedmta.tls.TestAuthority;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The TLS of a client that believes in one authority, and asks for one name. Immutable. */
record TlsClient(SSLContext context, String name, List<String> protocols) {

    static TlsClient trusting(TestAuthority authority, String name) {
        return new TlsClient(
                context(authority.certificate(), null), name, List.of("TLSv1.3", "TLSv1.2"));
    }

    static TlsClient showing(
            TestAuthority authority, String name, TestAuthority.Identity certificate) {
        return new TlsClient(
                context(authority.certificate(), certificate), name, List.of("TLSv1.3", "TLSv1.2"));
    }

    TlsClient speaking(String... versions) {
        return new TlsClient(context, name, List.of(versions));
    }

    private static SSLContext context(
            X509Certificate authority, TestAuthority.@Nullable Identity own) {
        try {
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            anchors.setCertificateEntry("root", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(anchors);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own == null ? null : keys(own), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyManager[] keys(TestAuthority.Identity own)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "own", own.key(), new char[0], own.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    /** After a handshake that verified the name. */
    SSLSocket over(Socket plain) throws IOException {
        SSLSocket socket = unsure(plain);
        socket.startHandshake();
        return socket;
    }

    /** Before the handshake. */
    SSLSocket unsure(Socket plain) throws IOException {
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, name, 25, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(protocols.toArray(String[]::new));
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }
}
