package io.embedmta.dns.https;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.embedmta.tls.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The JDK's own HTTPS server on loopback, with an answer that the test chooses. */
public final class PolicyHost implements AutoCloseable {
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile HttpHandler handler = exchange -> answer(exchange, 404, "text/plain", "no");

    private PolicyHost(HttpsServer server) {
        this.server = server;
    }

    /** Starts one that shows this certificate. */
    public static PolicyHost start(TestAuthority.Identity identity) throws Exception {
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(identity)));
        PolicyHost host = new PolicyHost(server);
        server.setExecutor(host.threads);
        server.createContext(
                "/",
                exchange -> {
                    host.asked.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + exchange.getRequestURI()
                                    + " of "
                                    + exchange.getRequestHeaders().getFirst("Host"));
                    host.handler.handle(exchange);
                    exchange.close();
                });
        server.start();
        return host;
    }

    /** A context that shows a certificate. */
    public static SSLContext context(TestAuthority.Identity identity) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "key",
                identity.key(),
                new char[0],
                identity.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /** Answers every request like that from now on. */
    public void answer(int status, String mediaType, String body) {
        handler = exchange -> answer(exchange, status, mediaType, body);
    }

    /** Has every request from now on handled like that; the exchange is closed behind it. */
    public void handle(HttpHandler newHandler) {
        handler = newHandler;
    }

    /** Says this before anything else, and then nothing, until the server is closed. */
    public void stallAfter(String begin) {
        handler =
                exchange -> {
                    if (!begin.isEmpty()) {
                        exchange.getResponseHeaders().set("Content-Type", "text/plain");
                        exchange.sendResponseHeaders(200, 1000);
                        exchange.getResponseBody().write(begin.getBytes(StandardCharsets.US_ASCII));
                        exchange.getResponseBody().flush();
                    }
                    try {
                        closed.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                };
    }

    private static void answer(HttpExchange exchange, int status, String mediaType, String body)
            throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", mediaType);
        exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
        if (octets.length > 0) {
            exchange.getResponseBody().write(octets);
        }
    }

    /** Method, path and Host of each request so far. */
    public List<String> asked() {
        return asked;
    }

    /** Where it listens. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
