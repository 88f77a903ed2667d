package io.embedmta.tls;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A handshake in memory, of a client that trusts anybody and wants to see what it is shown. */
final class Handshake {
    private final SSLEngine client;
    private final SSLEngine server;

    private Handshake(SSLEngine client, SSLEngine server) {
        this.client = client;
        this.server = server;
    }

    /** What a client of TLS 1.3 is shown that asks for a name; for none if it is empty. */
    static X509Certificate shownTo(String name, Tls tls) throws Exception {
        return shownTo(name, tls, "TLSv1.3", "TLS_AES_128_GCM_SHA256");
    }

    static X509Certificate shownTo(String name, Tls tls, String protocol, String suite)
            throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        SSLEngine client = context.createSSLEngine();
        client.setUseClientMode(true);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        parameters.setCipherSuites(new String[] {suite});
        if (!name.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        client.setSSLParameters(parameters);
        SSLEngine server = tls.newServerEngine();
        new Handshake(client, server).run();
        return (X509Certificate) client.getSession().getPeerCertificates()[0];
    }

    private void run() throws SSLException {
        client.beginHandshake();
        server.beginHandshake();
        ByteBuffer toServer = ByteBuffer.allocate(40_000).limit(0);
        ByteBuffer toClient = ByteBuffer.allocate(40_000).limit(0);
        for (int step = 0; step < 1000; step++) {
            boolean moved = step(client, toClient, toServer) || step(server, toServer, toClient);
            if (!moved) {
                return;
            }
        }
        throw new AssertionError("The handshake does not end.");
    }

    private static boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out)
            throws SSLException {
        HandshakeStatus status = engine.getHandshakeStatus();
        switch (status) {
            case NEED_TASK -> engine.getDelegatedTask().run();
            case NEED_WRAP -> {
                out.compact();
                engine.wrap(ByteBuffer.allocate(0), out);
                out.flip();
            }
            default -> {
                return in.hasRemaining()
                        && engine.unwrap(in, ByteBuffer.allocate(40_000)).bytesConsumed() > 0;
            }
        }
        return true;
    }

    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}
    }
}
