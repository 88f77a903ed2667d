package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Tls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with clients that mean harm, or break off. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTlsTest {
    private static final Duration LIMIT = Duration.ofMillis(700);

    private final RecordingQueue queue = new RecordingQueue();
    private final TestAuthority authority = TestAuthority.create();
    private final TlsClient client = TlsClient.trusting(authority, "mx.ours.example");

    @TempDir Path folder;
    private Mta mta;
    private Mta hasty;

    @BeforeEach
    void start() {
        TestAuthority.Identity server = authority.issue("mx.ours.example");
        Tls tls =
                Tls.pem(
                        server.writeChain(folder.resolve("chain.pem")),
                        server.writeKey(folder.resolve("key.pem")));
        mta = Servers.builder(queue).listener(Servers.listener().tls(tls)).start();
        hasty =
                Servers.builder(queue)
                        .listener(
                                Servers.listener()
                                        .tls(tls)
                                        .limits(SmtpLimits.defaults().withCommandTimeout(LIMIT)))
                        .start();
    }

    @AfterEach
    void closeAll() {
        // Whatever was done to it, an agent closes at once: no session of it is stuck.
        long start = System.nanoTime();
        mta.close();
        hasty.close();
        assertTrue(System.nanoTime() - start < 3_000_000_000L, "a session held up the close");
        assertEquals(0, queue.open());
    }

    /** A socket that is about to begin the handshake. */
    private static Socket begun(Mta at) throws IOException {
        Socket socket = new Socket();
        SmtpDialogue.connect(at, socket)
                .expect("220 ")
                .say("EHLO client.example")
                .expect("250-")
                .say("STARTTLS")
                .expect("220 ");
        return socket;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    /** What the server still says, up to the end of the connection. */
    private static byte[] rest(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("The server does not close.", e);
        } catch (SocketException e) {
            return new byte[0];
        }
    }

    /** Sends an octet now and then, until the server has enough of it; how long that took. */
    private static long drip(Socket socket, byte[] octets) throws IOException {
        long start = System.nanoTime();
        socket.setSoTimeout(50);
        try {
            for (byte octet : octets) {
                socket.getOutputStream().write(octet);
                try {
                    if (socket.getInputStream().read() < 0) {
                        return System.nanoTime() - start;
                    }
                } catch (SocketTimeoutException e) {
                    // The pause between two octets.
                }
            }
        } catch (SocketException e) {
            return System.nanoTime() - start;
        }
        throw new AssertionError("The server took it all.");
    }

    // RFC 3207 §6, CVE-2011-0411.

    @ParameterizedTest
    @ValueSource(
            strings = {"NOOP\r\n", "MAIL FROM:<eve@evil.example>\r\nRCPT TO:<bob@ours.example>"})
    void injection_behindStartTls_isThrownAway(String injected) throws IOException {
        try (SmtpDialogue talk = SmtpDialogue.greeted(mta)) {
            talk.send("STARTTLS\r\n" + injected)
                    .expect("220 ")
                    .secure(client)
                    .say("RCPT TO:<bob@ours.example>")
                    .expect("503 5.5.1 Say EHLO")
                    .say("EHLO client.example")
                    .expect("250-mx.ours.example")
                    .say("RCPT TO:<bob@ours.example>")
                    .expect("503 5.5.1 Say MAIL");
        }
    }

    // Time.

    @Test
    void handshake_thatStalls_ends_I9() throws IOException {
        try (Socket socket = begun(hasty)) {
            socket.getOutputStream().write(hex("16 03 01 02 00 01"));
            assertEquals(0, rest(socket).length);
        }
    }

    @Test
    void handshake_thatDrips_endsInTime_I9() throws IOException {
        try (Socket socket = begun(hasty)) {
            byte[] hello = Arrays.copyOf(hex("16 03 01 10 00 01 00 0f fc 03 03"), 4096);
            long took = drip(socket, hello);
            assertTrue(took < 5_000_000_000L, took + " ns");
        }
    }

    @Test
    void record_thatDrips_endsInTime_I9() throws IOException {
        try (Socket socket = begun(hasty);
                SSLSocket tls = client.over(socket)) {
            assertTrue(tls.isConnected());
            long took = drip(socket, Arrays.copyOf(hex("17 03 03 10 00"), 4096));
            assertTrue(took < 5_000_000_000L, took + " ns");
        }
    }

    @Test
    void client_thatNeverReads_isDropped_I9() throws IOException {
        try (Socket socket = begun(hasty);
                SSLSocket tls = client.over(socket)) {
            byte[] hello =
                    "EHLO client.example\r\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
            OutputStream out = tls.getOutputStream();
            assertThrows(
                    IOException.class,
                    () -> {
                        while (true) {
                            out.write(hello);
                        }
                    });
        }
    }

    @Test
    void close_endsStalledHandshake_I9() throws IOException {
        try (Socket socket = begun(mta)) {
            socket.getOutputStream().write(hex("16 03 01 02 00 01"));
            mta.close();
            assertEquals(0, rest(socket).length);
        }
    }

    // What is no TLS, or not ours.

    @ParameterizedTest
    @ValueSource(
            strings = {
                // EHLO
                "45484c4f20780d0a",
                // A record of 64 KiB.
                "160301ffff 010000fc0303",
                // One that is no handshake.
                "1703030005 0000000000",
                "00000000000000000000000000000000",
                "ffffffffffffffffffffffffffffffff"
            })
    void garbage_endsTheSession_I8(String octets) throws IOException {
        try (Socket socket = begun(mta)) {
            socket.getOutputStream().write(hex(octets));
            byte[] said = rest(socket);
            assertTrue(said.length == 0 || said[0] == 0x15, "not an alert");
        }
    }

    @Test
    void emptyRecords_endTheHandshake_I9() throws IOException {
        try (Socket socket = begun(mta)) {
            socket.getOutputStream().write(hex("1603030000".repeat(1000)));
            assertTrue(rest(socket).length < 100);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0300", "0301", "0302"})
    void oldVersions_areRefused(String version) throws IOException {
        String hello = "16 0300 002d 01 000029" + version + "11".repeat(32) + "00 0002 002f 0100";
        try (Socket socket = begun(mta)) {
            socket.getOutputStream().write(hex(hello));
            byte[] alert = rest(socket);
            // Fatal, protocol_version (RFC 5246 §7.2).
            assertArrayEquals(
                    new byte[] {2, 70}, Arrays.copyOfRange(alert, 5, 7), Arrays.toString(alert));
        }
    }

    // Breaking off.

    @Test
    void connection_thatBreaksOff_leavesNothing_I9() throws IOException {
        Socket early = begun(mta);
        early.getOutputStream().write(hex("16 03 01 02 00 01"));
        early.setSoLinger(true, 0);
        early.close();
        Socket late = new Socket();
        SmtpDialogue talk = SmtpDialogue.connect(mta, late).expect("220 ").say("EHLO c.example");
        talk.expect("250-")
                .startTls(client)
                .say("MAIL FROM:<>")
                .expect("250 ")
                .say("RCPT TO:<bob@ours.example>")
                .expect("250 ")
                .say("DATA")
                .expect("354 ")
                .send("half a mess");
        // Without close_notify.
        late.close();
    }

    // Endless handshakes.

    @Test
    void renegotiation_isRefused_I9() throws IOException {
        try (Socket socket = begun(mta);
                SSLSocket tls = client.speaking("TLSv1.2").over(socket)) {
            say(tls, "NOOP\r\n");
            assertEquals('2', tls.getInputStream().read());
            assertThrows(
                    IOException.class,
                    () -> {
                        // The JDK renegotiates.
                        tls.startHandshake();
                        say(tls, "NOOP\r\n");
                        tls.getInputStream().readAllBytes();
                        throw new EOFExpected();
                    });
            assertTrue(socket.isClosed() || rest(socket).length < 100);
        }
    }

    /** The connection may also end as it should. */
    private static final class EOFExpected extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static void say(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void newKeys_areTaken_butNoFloodOfThem_I9() throws IOException {
        try (Socket socket = begun(mta);
                SSLSocket tls = client.speaking("TLSv1.3").over(socket)) {
            for (int i = 0; i < 20; i++) {
                // With TLS 1.3 the JDK asks for new keys.
                tls.startHandshake();
            }
            say(tls, "EHLO client.example\r\n");
            assertEquals('2', tls.getInputStream().read());
            IOException end =
                    assertThrows(
                            IOException.class,
                            () -> {
                                for (int i = 0; i < 10_000; i++) {
                                    tls.startHandshake();
                                }
                                tls.getInputStream().readAllBytes();
                                throw new EOFExpected();
                            });
            assertFalse(end instanceof SocketTimeoutException, "the server bears with the flood");
        }
    }
}
