package io.embedmta.examples.tls;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.examples.relay.Programs;
import io.embedmta.filter.Filter;
import io.embedmta.filter.SessionView;
import io.embedmta.filter.Verdict;
import io.embedmta.listener.SmtpListener;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind HAProxy, which says by the PROXY header whose connection it passes on. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HaproxyIT {
    private static final String CONFIGURATION =
            """
            defaults
                mode tcp
                timeout connect 10s
                timeout client 60s
                timeout server 60s
            listen smtp
                bind 127.0.0.1:%d
                option smtpchk EHLO haproxy.test
                server mx 127.0.0.1:%d %s check check-send-proxy inter 100ms fall 1 %s
            """;

    @TempDir Path folder;
    private final Postbox box = new Postbox();

    /** How often the proxy looks before a client comes. */
    private final CountDownLatch checks = new CountDownLatch(5);

    private Mta start(SmtpListener listener) {
        Filter counting =
                new Filter() {
                    @Override
                    public Verdict helo(SessionView session, String name) {
                        if (name.equals("haproxy.test")) {
                            checks.countDown();
                        }
                        return Verdict.next();
                    }
                };
        return Mta.builder("mx.home.test")
                .store("home.test", box.store())
                .filter(counting)
                .listener(listener)
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process haproxy(int port, int server, String header, String more) throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("haproxy.cfg"),
                        CONFIGURATION.formatted(port, server, header, more));
        return new ProcessBuilder(Programs.require("haproxy"), "-db", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("haproxy.log").toFile())
                .start();
    }

    private void throughHaproxy(SmtpListener listener, String header, String check, String... curl)
            throws Exception {
        String program = Programs.require("curl");
        try (Mta mta = start(listener)) {
            int port = freePort();
            Process haproxy = haproxy(port, mta.addresses().get(0).getPort(), header, check);
            try {
                // A check that failed would take the server away from clients.
                assertTrue(
                        checks.await(30, TimeUnit.SECONDS),
                        () -> "no checks: " + read(folder.resolve("haproxy.log")));
                Path message =
                        Files.writeString(folder.resolve("message"), "Subject: x\r\n\r\nhello\r\n");
                Stream<String> fixed =
                        Stream.of(
                                program,
                                "-sS",
                                "--interface",
                                "127.0.0.5",
                                "--mail-from",
                                "ann@client.test",
                                "--mail-rcpt",
                                "bob@home.test",
                                "-T",
                                message.toString());
                Stream<String> rest =
                        Stream.of(curl).map(word -> word.replace("PORT", String.valueOf(port)));
                Programs.run(Stream.concat(fixed, rest).toArray(String[]::new));
                String received = box.await();
                assertTrue(received.contains("([127.0.0.5])"), received);
            } finally {
                haproxy.destroy();
                assertTrue(haproxy.waitFor(30, TimeUnit.SECONDS), "haproxy does not end");
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static SmtpListener proxied() {
        return SmtpListener.on("127.0.0.1", 0).proxyFrom("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2"})
    void client_isSeenThroughTheProxy(String header) throws Exception {
        throughHaproxy(proxied(), header, "", "smtp://127.0.0.1:PORT");
    }

    @Test
    void header_comesBeforeImplicitTls() throws Exception {
        TestAuthority authority = TestAuthority.create();
        TestAuthority.Identity own = authority.issue("127.0.0.1");
        Tls tls =
                Tls.pem(
                        own.writeChain(folder.resolve("chain.pem")),
                        own.writeKey(folder.resolve("key.pem")));
        throughHaproxy(
                proxied().implicitTls(tls),
                "send-proxy-v2",
                "check-ssl verify none",
                "smtps://127.0.0.1:PORT",
                "--cacert",
                authority.writeCertificate(folder.resolve("root.pem")).toString());
    }
}
