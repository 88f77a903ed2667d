package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Tls;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY header: whose session it is, and what that changes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyTest {
    private static final String OF_CLIENT = "PROXY TCP4 192.0.2.1 192.0.2.9 4711 25\r\n";
    private static final String OF_OTHER = "PROXY TCP4 192.0.2.2 192.0.2.9 4711 25\r\n";
    private static final byte[] LOCAL = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a20000000");

    private final RecordingQueue queue = new RecordingQueue();

    private Mta start(SmtpListener listener) {
        return Servers.builder(queue).listener(listener).start();
    }

    private static SmtpListener proxied() {
        return Servers.listener().proxyFrom("127.0.0.0/8");
    }

    private static SmtpDialogue relayed(SmtpDialogue talk) throws IOException {
        return talk.expect("220 ")
                .say("EHLO client.example")
                .expect("250-")
                .say("MAIL FROM:<>")
                .expect("250 ")
                .say("RCPT TO:<eve@theirs.example>");
    }

    @Test
    void client_isTheOneBehindTheProxy_I6() throws IOException {
        try (Mta mta = start(proxied().relayFrom("192.0.2.1"));
                SmtpDialogue may = SmtpDialogue.connect(mta);
                SmtpDialogue mayNot = SmtpDialogue.connect(mta)) {
            relayed(may.send(OF_CLIENT))
                    .expect("250 ")
                    .say("DATA")
                    .expect("354 ")
                    .send("a\r\n.\r\n")
                    .expect("250 ");
            String message = queue.only().traced();
            assertTrue(message.contains("from client.example ([192.0.2.1])\r\n"), message);
            relayed(mayNot.send(OF_OTHER)).expect("550 5.7.1");
        }
    }

    @Test
    void proxyItself_neverRelays_I6() throws IOException {
        try (Mta mta = start(proxied().relayFrom("127.0.0.0/8"));
                SmtpDialogue local = SmtpDialogue.connect(mta);
                SmtpDialogue unknown = SmtpDialogue.connect(mta)) {
            relayed(local.send(LOCAL)).expect("550 5.7.1").say("QUIT").expect("221 ");
            relayed(unknown.send("PROXY UNKNOWN\r\n")).expect("550 5.7.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EHLO client.example\r\n", "PROXY TCP4 a b 1 2\r\n"})
    void header_thatIsMalformed_endsTheSession(String header) throws IOException {
        try (Mta mta = start(proxied());
                SmtpDialogue talk = SmtpDialogue.connect(mta)) {
            talk.send(header).expectClosed();
        }
    }

    @Test
    void header_thatDoesNotCome_endsTheSession_I9() throws IOException {
        SmtpLimits hasty = SmtpLimits.defaults().withCommandTimeout(Duration.ofMillis(300));
        try (Mta mta = start(proxied().limits(hasty));
                SmtpDialogue talk = SmtpDialogue.connect(mta)) {
            talk.send("PROXY TCP4").expectClosed();
        }
    }

    @Test
    void header_thatDrips_endsTheSessionInTime_I9() throws IOException {
        SmtpLimits hasty = SmtpLimits.defaults().withCommandTimeout(Duration.ofMillis(500));
        try (Mta mta = start(proxied().limits(hasty));
                SmtpDialogue talk = SmtpDialogue.connect(mta)) {
            assertTrue(isClosedOn(talk.socket(), OF_CLIENT.strip() + "0".repeat(50)));
        }
    }

    /** Whether the server closes before it has them all, one every tenth of a second. */
    private static boolean isClosedOn(Socket socket, String octets) {
        try {
            socket.setSoTimeout(100);
            for (byte octet : octets.getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(octet);
                try {
                    return socket.getInputStream().read() < 0;
                } catch (SocketTimeoutException e) {
                    // The pause between two octets.
                }
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void header_ofAnybodyElse_isAWrongCommand_I6() throws IOException {
        try (Mta mta = start(Servers.listener().proxyFrom("192.0.2.0/24").relayFrom("192.0.2.1"));
                SmtpDialogue talk = SmtpDialogue.connect(mta)) {
            talk.send(OF_CLIENT).expect("220 ").expect("500 5.5.1");
        }
    }

    @Test
    void sessions_areCountedByTheRealClient() throws IOException {
        SmtpLimits one = SmtpLimits.defaults().withSessionsPerClient(1);
        try (Mta mta = start(proxied().limits(one));
                SmtpDialogue nameless = SmtpDialogue.connect(mta);
                SmtpDialogue first = SmtpDialogue.connect(mta).send(OF_CLIENT).expect("220 ");
                SmtpDialogue other = SmtpDialogue.connect(mta).send(OF_OTHER).expect("220 ")) {
            try (SmtpDialogue second = SmtpDialogue.connect(mta)) {
                second.send(OF_CLIENT).expect("421 4.7.0").expectClosed();
            }
            other.say("NOOP").expect("250 ");
            first.say("QUIT").expect("221 ").expectClosed();
            first.socket().close();
            // Its end is counted a moment after its socket is closed.
            long end = System.nanoTime() + 20_000_000_000L;
            boolean admitted = false;
            while (!admitted && System.nanoTime() < end) {
                try (SmtpDialogue again = SmtpDialogue.connect(mta).send(OF_CLIENT)) {
                    admitted = again.reply().startsWith("220 ");
                }
            }
            assertTrue(admitted, "its former session still counts");
            nameless.send(OF_CLIENT.replace("192.0.2.1", "192.0.2.3")).expect("220 ");
        }
    }

    @Test
    void sessions_withoutAName_countForAll_I9() throws IOException {
        SmtpLimits two = SmtpLimits.defaults().withSessions(2);
        try (Mta mta = start(proxied().limits(two));
                SmtpDialogue a = SmtpDialogue.connect(mta).send(LOCAL).expect("220 ");
                SmtpDialogue b = SmtpDialogue.connect(mta);
                SmtpDialogue c = SmtpDialogue.connect(mta)) {
            c.expect("421 4.3.2").expectClosed();
            a.say("NOOP").expect("250 ");
            b.send(LOCAL).expect("220 ");
        }
    }

    @Test
    void header_comesBeforeImplicitTls(@TempDir Path folder) throws IOException {
        TestAuthority authority = TestAuthority.create();
        TestAuthority.Identity server = authority.issue("mx.ours.example");
        Tls tls =
                Tls.pem(
                        server.writeChain(folder.resolve("chain.pem")),
                        server.writeKey(folder.resolve("key.pem")));
        try (Mta mta = start(proxied().implicitTls(tls).relayFrom("192.0.2.1"));
                SmtpDialogue talk = SmtpDialogue.connect(mta)) {
            talk.send(OF_CLIENT);
            relayed(talk.secure(TlsClient.trusting(authority, "mx.ours.example"))).expect("250 ");
        }
        assertEquals(0, queue.open());
    }
}
