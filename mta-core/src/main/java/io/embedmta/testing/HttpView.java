package io.embedmta.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows over HTTP, on loopback, what a fake server has taken: to people, and to tests in other
 * languages. Thread-safe.
 */
final class HttpView implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpView.class);

    private static final String HOST = "127.0.0.1";

    /** Requests answered at once, those included that wait for a message; others queue up. */
    private static final int THREADS = 32;

    private final HttpServer server;
    private final ExecutorService threads;

    private HttpView(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Binds the port.
     *
     * @param port 0 takes a free one
     * @throws UncheckedIOException if the port is taken
     */
    static HttpView start(int port, MessageResource messages) {
        HttpServer server;
        try {
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            server = HttpServer.create(new InetSocketAddress(loopback, port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The view cannot listen on port "
                            + port
                            + "; view() without a port takes a free one.",
                    e);
        }
        ExecutorService threads =
                Executors.newFixedThreadPool(
                        THREADS,
                        task -> {
                            Thread thread = new Thread(task, "fake-mail-view");
                            thread.setDaemon(true);
                            return thread;
                        });
        server.setExecutor(threads);
        server.createContext("/", exchange -> handle(exchange, messages));
        server.start();
        return new HttpView(server, threads);
    }

    URI uri() {
        return URI.create("http://" + HOST + ":" + server.getAddress().getPort() + "/");
    }

    private static void handle(HttpExchange exchange, MessageResource messages) {
        try (exchange) {
            send(exchange, answer(exchange, messages));
        } catch (IOException e) {
            LOG.debug("A client of the view has gone.", e);
        }
    }

    private static ViewReply answer(HttpExchange exchange, MessageResource messages) {
        if (!isOurs(exchange)) {
            return ViewReply.sorry(
                    403, "Ask for this view as localhost: a name of others may be a trap.");
        }
        URI uri = exchange.getRequestURI();
        try {
            return messages.answer(
                    exchange.getRequestMethod(),
                    uri.getPath(),
                    Optional.ofNullable(uri.getRawQuery()).orElse(""));
        } catch (IllegalArgumentException e) {
            return ViewReply.sorry(400, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("The view cannot show {}.", uri, e);
            return ViewReply.sorry(500, "This cannot be shown: " + e.getMessage());
        }
    }

    /**
     * A page of the web may point a name of its own at loopback and have a browser ask for it, so
     * that it reads the answer as its own (DNS rebinding).
     */
    private static boolean isOurs(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        String name = host == null ? "" : host.replaceFirst(":[0-9]*$", "");
        return Set.of("localhost", "127.0.0.1", "[::1]").contains(name);
    }

    private static void send(HttpExchange exchange, ViewReply reply) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", reply.type());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        reply.headers().forEach(exchange.getResponseHeaders()::set);
        long size = reply.body().size();
        // HttpServer takes 0 for a length that is not known, and -1 for none.
        exchange.sendResponseHeaders(reply.status(), size == 0 ? -1 : size);
        if (size > 0) {
            try (InputStream in = reply.body().open();
                    OutputStream out = exchange.getResponseBody()) {
                in.transferTo(out);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
