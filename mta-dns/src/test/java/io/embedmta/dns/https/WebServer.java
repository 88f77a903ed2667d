package io.embedmta.dns.https;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.embedmta.tls.TestAuthority;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The JDK's HTTPS server on 127.0.0.1, with a certificate of the tests. It answers as its handler
 * says, which may be changed at any time, and remembers what it was asked.
 */
public final class WebServer implements AutoCloseable {
    private final HttpsServer server;
    private final ExecutorService threads =
            Executors.newCachedThreadPool(
                    task -> {
                        Thread thread = new Thread(task, "web-server");
                        thread.setDaemon(true);
                        return thread;
                    });
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile HttpHandler handler = exchange -> exchange.sendResponseHeaders(404, -1);

    /** What it was asked. */
    public record Request(
            String method,
            String target,
            String serverName,
            String host,
            String contentType,
            List<Byte> body) {
        /** The octets of the body. */
        public byte[] octets() {
            byte[] octets = new byte[body.size()];
            for (int i = 0; i < octets.length; i++) {
                octets[i] = body.get(i);
            }
            return octets;
        }
    }

    private WebServer(HttpsServer server) {
        this.server = server;
    }

    /** Starts a server with that certificate, and all versions of TLS that the JDK has. */
    public static WebServer start(TestAuthority.Identity identity) {
        return start(identity, "TLSv1.3", "TLSv1.2");
    }

    /** Starts a server with that certificate, and those versions of TLS. */
    public static WebServer start(TestAuthority.Identity identity, String... versions) {
        try {
            HttpsServer server = HttpsServer.create(new InetSocketAddress(loopback(), 0), 50);
            server.setHttpsConfigurator(
                    new HttpsConfigurator(context(identity)) {
                        @Override
                        public void configure(HttpsParameters parameters) {
                            SSLParameters tls = getSSLContext().getDefaultSSLParameters();
                            tls.setProtocols(versions);
                            parameters.setSSLParameters(tls);
                        }
                    });
            WebServer web = new WebServer(server);
            server.setExecutor(web.threads);
            server.createContext("/", web::handle);
            server.start();
            return web;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 127.0.0.1, whatever the JVM prefers. */
    public static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    /** The TLS of a server with that certificate. */
    public static SSLContext context(TestAuthority.Identity identity) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry(
                    "server",
                    identity.key(),
                    new char[0],
                    identity.chain().toArray(new X509Certificate[0]));
            KeyManagerFactory managers = KeyManagerFactory.getInstance("SunX509");
            managers.init(keys, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            ExtendedSSLSession session =
                    (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
            byte[] body = exchange.getRequestBody().readAllBytes();
            List<Byte> octets = new ArrayList<>();
            for (byte octet : body) {
                octets.add(octet);
            }
            requests.add(
                    new Request(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            String.valueOf(session.getRequestedServerNames()),
                            String.valueOf(exchange.getRequestHeaders().getFirst("Host")),
                            String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")),
                            octets));
            handler.handle(exchange);
        }
    }

    /** Its port. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** What it was asked so far. */
    public List<Request> requests() {
        return requests;
    }

    /** Answers so from now on. */
    public void handler(HttpHandler next) {
        handler = next;
    }

    /** Answers 200 with a text from now on. */
    public void text(String text) {
        handler(exchange -> send(exchange, 200, "text/plain", text));
    }

    /** Sends an answer with its length. */
    public static void send(HttpExchange exchange, int status, String type, String text)
            throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, octets.length);
        exchange.getResponseBody().write(octets);
    }

    /** Sends one octet after the other, with a pause after each, until the client hangs up. */
    public void drip(OutputStream out, String text, long pauseMillis) throws IOException {
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            out.write(octet);
            out.flush();
            if (isClosedWithin(pauseMillis)) {
                return;
            }
        }
    }

    /** Says nothing more until the test is over. */
    public void stall() {
        isClosedWithin(TimeUnit.MINUTES.toMillis(5));
    }

    private boolean isClosedWithin(long millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
