package io.embedmta.dns.https;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.resolver.StaticResolver;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Trust;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One exchange with a real server, and with one that misbehaves below HTTP. */
@Timeout(120)
class HttpsClientTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final Duration PLENTY = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(700);
    private static final int MAX = 4 << 20;

    private final StaticResolver dns =
            StaticResolver.builder().a("web.example", "127.0.0.1").build();
    private final HttpsClient client =
            new HttpsClient(new Trust(false, Set.of(AUTHORITY.certificate())), address -> true);

    @AfterEach
    void close() {
        client.close();
    }

    private HttpsResponse get(int port, Duration limit) throws IOException {
        return client.exchange(HttpsRequest.get("web.example", port, "/"), dns, limit, MAX);
    }

    private static byte[] noise(int length) {
        byte[] octets = new byte[length];
        new Random(1).nextBytes(octets);
        return octets;
    }

    @Test
    void exchange_afterTheClose_connectsNowhere_I9() throws IOException {
        try (ServerSocket server = new ServerSocket(0)) {
            client.close();
            assertThrows(IOException.class, () -> get(server.getLocalPort(), PLENTY));
            server.setSoTimeout(50);
            assertThrows(SocketTimeoutException.class, server::accept);
        }
    }

    /** Asks a server that has an address of each kind, and says what came of it. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] args) {
            StaticResolver both =
                    StaticResolver.builder()
                            .a("web.example", "127.0.0.1")
                            .aaaa("web.example", "::1")
                            .build();
            try (HttpsClient client = new HttpsClient(Trust.system(), address -> true)) {
                client.exchange(
                        HttpsRequest.get("web.example", Integer.parseInt(args[0]), "/"),
                        both,
                        PLENTY,
                        MAX);
                System.out.println("answered");
            } catch (IOException e) {
                System.out.println("failed");
            }
        }
    }

    /** Most web servers have an IPv6 address, and many machines have none. */
    @Test
    void address_ofAKindThatTheJvmHasNot_isAnIoException() throws Exception {
        int port;
        try (ServerSocket nobody = new ServerSocket(0)) {
            port = nobody.getLocalPort();
        }
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Djava.net.preferIPv4Stack=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                OtherProcess.class.getName(),
                                String.valueOf(port))
                        .redirectErrorStream(true)
                        .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            assertEquals("failed", said);
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void manyRecords_goBothWays(String version) throws IOException {
        byte[] large = noise(2 << 20);
        try (WebServer web =
                WebServer.start(AUTHORITY.intermediate().issueRsa("web.example"), version)) {
            web.handler(
                    exchange -> {
                        exchange.sendResponseHeaders(200, large.length);
                        exchange.getResponseBody().write(large);
                    });
            HttpsResponse response =
                    client.exchange(
                            new HttpsRequest(
                                    "web.example",
                                    web.port(),
                                    "/x",
                                    new HttpsRequest.Posted("a/b", large)),
                            dns,
                            PLENTY,
                            MAX);
            assertArrayEquals(large, response.body());
            assertArrayEquals(large, web.requests().get(0).octets());
            assertEquals("a/b", web.requests().get(0).contentType());
        }
    }

    /** What blocking sockets have no limit for. */
    @Test
    void server_thatTakesNoData_isGivenUp() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ServerSocket server =
                WebServer.context(AUTHORITY.issue("web.example"))
                        .getServerSocketFactory()
                        .createServerSocket(0, 1, WebServer.loopback())) {
            Thread thread =
                    new Thread(
                            () -> {
                                try (SSLSocket socket = (SSLSocket) server.accept()) {
                                    socket.startHandshake();
                                    over.await();
                                } catch (IOException | InterruptedException e) {
                                    // The client has gone, as it should.
                                }
                            });
            thread.start();
            HttpsRequest request =
                    new HttpsRequest(
                            "web.example",
                            server.getLocalPort(),
                            "/",
                            new HttpsRequest.Posted("a/b", noise(64 << 20)));
            assertThrows(
                    SocketTimeoutException.class,
                    () -> client.exchange(request, dns, Duration.ofSeconds(3), MAX));
            over.countDown();
            thread.join();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "\u0015\u0003\u0003\u0000\u0002\u0001\u0000"
            })
    void server_thatSpeaksNoTls_isAnIoException(String says) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, WebServer.loopback())) {
            Thread thread =
                    new Thread(
                            () -> {
                                try (Socket socket = server.accept()) {
                                    socket.getInputStream().read();
                                    socket.getOutputStream()
                                            .write(says.getBytes(StandardCharsets.ISO_8859_1));
                                } catch (IOException e) {
                                    // The client has gone, as it may.
                                }
                            });
            thread.start();
            IOException e =
                    assertThrows(IOException.class, () -> get(server.getLocalPort(), PLENTY));
            assertTrue(!(e instanceof SocketTimeoutException), e.toString());
            thread.join();
        }
    }

    @Test
    void address_thatIsNotAllowed_isNotConnectedTo() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, WebServer.loopback());
                HttpsClient strict =
                        new HttpsClient(Trust.system(), address -> !address.isLoopbackAddress())) {
            IOException e =
                    assertThrows(
                            IOException.class,
                            () ->
                                    strict.exchange(
                                            HttpsRequest.get(
                                                    "web.example", server.getLocalPort(), "/"),
                                            dns,
                                            SHORT,
                                            MAX));
            assertTrue(e.toString().contains("no public address"), e.toString());
        }
    }

    @Test
    void interruptedThread_isNotKept() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, WebServer.loopback())) {
            Thread.currentThread().interrupt();
            assertThrows(IOException.class, () -> get(silent.getLocalPort(), PLENTY));
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void closedClient_makesNoExchange() {
        client.close();
        assertThrows(IOException.class, () -> get(1, PLENTY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "/a b", "/a\r\nHost: evil", "/\u00e4", ""})
    void target_thatBreaksTheRequest_isRefused(String target) {
        assertThrows(
                IllegalArgumentException.class, () -> HttpsRequest.get("web.example", 1, target));
    }
}
