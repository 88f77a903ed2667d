package io.embedmta.internal.sasl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.tls.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ends of a real TLS connection give it the same names. */
class TlsBindingTest {
    private final TestAuthority authority = TestAuthority.create();
    private final TestAuthority.Identity identity = authority.issue("localhost");

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bindings_ofBothEnds_areEqual(String protocol) throws Exception {
        try (Pair pair = new Pair(protocol)) {
            ChannelBinding server = TlsBinding.ofServer(pair.server);
            ChannelBinding client = TlsBinding.ofClient(pair.client);
            byte[] expected =
                    MessageDigest.getInstance("SHA-256")
                            .digest(identity.certificate().getEncoded());
            String endPoint = ChannelBinding.SERVER_END_POINT;
            assertArrayEquals(expected, server.get(endPoint).orElseThrow());
            assertArrayEquals(expected, client.get(endPoint).orElseThrow());
            assertTrue(server.get("tls-unique").isEmpty());

            boolean exports = protocol.equals("TLSv1.3") && Runtime.version().feature() >= 25;
            assertEquals(exports, server.get(ChannelBinding.EXPORTER).isPresent());
            assertEquals(exports, client.get(ChannelBinding.EXPORTER).isPresent());
            if (exports) {
                byte[] exported = server.get(ChannelBinding.EXPORTER).orElseThrow();
                assertEquals(32, exported.length);
                assertArrayEquals(exported, client.get(ChannelBinding.EXPORTER).orElseThrow());
            }
        }
    }

    @Test
    void bindings_ofTwoConnections_differWhereExported() throws Exception {
        try (Pair one = new Pair("TLSv1.3");
                Pair other = new Pair("TLSv1.3")) {
            TlsBinding.ofServer(one.server)
                    .get(ChannelBinding.EXPORTER)
                    .ifPresent(
                            key ->
                                    assertFalse(
                                            MessageDigest.isEqual(
                                                    key,
                                                    TlsBinding.ofServer(other.server)
                                                            .get(ChannelBinding.EXPORTER)
                                                            .orElseThrow())));
        }
    }

    /** A connection over loopback, its handshake done. */
    private final class Pair implements AutoCloseable {
        private final SSLSocket serverSocket;
        private final SSLSocket clientSocket;
        private final SSLSession server;
        private final SSLSession client;

        Pair(String protocol) throws Exception {
            SSLContext context = context();
            try (SSLServerSocket listener =
                    (SSLServerSocket)
                            context.getServerSocketFactory()
                                    .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                clientSocket =
                        (SSLSocket)
                                context.getSocketFactory()
                                        .createSocket(
                                                listener.getInetAddress(), listener.getLocalPort());
                clientSocket.setEnabledProtocols(new String[] {protocol});
                serverSocket = (SSLSocket) listener.accept();
            }
            CompletableFuture<Void> shaken =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    serverSocket.startHandshake();
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            clientSocket.startHandshake();
            shaken.get(20, TimeUnit.SECONDS);
            server = serverSocket.getSession();
            client = clientSocket.getSession();
        }

        @Override
        public void close() throws IOException {
            clientSocket.close();
            serverSocket.close();
        }
    }

    private SSLContext context() throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "server",
                identity.key(),
                new char[0],
                identity.chain().toArray(X509Certificate[]::new));
        keys.setCertificateEntry("authority", authority.certificate());
        KeyManagerFactory keyManagers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, new char[0]);
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
