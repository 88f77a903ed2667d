package io.embedmta.internal.client;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of TLS. Handshakes take any certificate: who the server is gets judged after
 * them, of resumed sessions too, which show no certificate anew. Sessions are remembered by server,
 * so that the next connection costs less. Thread-safe.
 */
final class TlsClient {
    /** RFC 8996 forbids what is older. */
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    /** Servers whose session is remembered; each takes some 10 KiB, certificates included. */
    private static final int MAX_SESSIONS = 500;

    private static final int SESSION_SECONDS = 3600;

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable SSLContext context;

    /**
     * A layer over a socket, before its handshake. Closing it closes the socket.
     *
     * @param serverName for SNI; empty sends none
     * @param server sessions are remembered by its name and port
     */
    SSLSocket layer(Socket socket, String serverName, RemoteServer server) throws IOException {
        SSLSocket layer =
                (SSLSocket)
                        context()
                                .getSocketFactory()
                                .createSocket(socket, server.name(), server.port(), true);
        layer.setUseClientMode(true);
        SSLParameters parameters = layer.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        parameters.setServerNames(names(serverName));
        layer.setSSLParameters(parameters);
        return layer;
    }

    /** Forgets all sessions with a server: the next handshake is a whole one. */
    void forget(RemoteServer server) {
        lock.lock();
        try {
            if (context != null) {
                SSLSessionContext sessions = context.getClientSessionContext();
                for (byte[] id : Collections.list(sessions.getIds())) {
                    SSLSession session = sessions.getSession(id);
                    if (session != null
                            && server.name().equals(session.getPeerHost())
                            && server.port() == session.getPeerPort()) {
                        session.invalidate();
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private static List<SNIServerName> names(String serverName) {
        if (serverName.isEmpty()) {
            return List.of();
        }
        try {
            return List.of(new SNIHostName(serverName));
        } catch (IllegalArgumentException e) {
            // With an underscore, as in container networks; such a name is in no certificate.
            return List.of();
        }
    }

    /** Made when it is needed first, as that takes longer than an agent takes to start. */
    private SSLContext context() throws IOException {
        lock.lock();
        try {
            SSLContext made = context;
            if (made == null) {
                made = SSLContext.getInstance("TLS");
                made.init(null, new TrustManager[] {new TakesAll()}, null);
                made.getClientSessionContext().setSessionCacheSize(MAX_SESSIONS);
                made.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
                context = made;
            }
            return made;
        } catch (GeneralSecurityException e) {
            throw new IOException("this JVM has no TLS", e);
        } finally {
            lock.unlock();
        }
    }

    /** An extended one, as the JDK adds checks of its own to others. */
    private static final class TakesAll extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // Judged after the handshake.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            // Judged after the handshake.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // Judged after the handshake.
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new IllegalStateException("We are the client.");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new IllegalStateException("We are the client.");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new IllegalStateException("We are the client.");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
