package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.auth.Users;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.TlsRequest;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Tls;
import io.embedmta.tls.TlsSession;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** STARTTLS (RFC 3207) and implicit TLS (RFC 8314), with honest clients. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StartTlsTest {
    private static final String LOG_IN =
            "AUTH PLAIN "
                    + Base64.getEncoder()
                            .encodeToString("\0ann\0Pencil".getBytes(StandardCharsets.US_ASCII));

    private final RecordingQueue queue = new RecordingQueue();
    private final TestAuthority authority = TestAuthority.create();
    private final TlsClient client = TlsClient.trusting(authority, "mx.ours.example");

    @TempDir Path folder;
    private Tls tls;

    @BeforeEach
    void certify() {
        TestAuthority.Identity server = authority.intermediate().issue("mx.ours.example");
        tls =
                Tls.pem(
                        server.writeChain(folder.resolve("chain.pem")),
                        server.writeKey(folder.resolve("key.pem")));
    }

    private Mta start() {
        return Servers.builder(queue).listener(Servers.listener().tls(tls)).start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void session_afterStartTls_takesMailAndTracesIt(String version) throws IOException {
        String body =
                "Subject: a\r\n\r\n" + "0123456789abcdef".repeat(50).concat("\r\n").repeat(900);
        try (Mta mta = start();
                SmtpDialogue talk = SmtpDialogue.greeted(mta)) {
            talk.startTls(client.speaking(version))
                    .say("MAIL FROM:<ann@client.example>")
                    .expect("250 2.1.0")
                    .say("RCPT TO:<bob@ours.example>")
                    .expect("250 2.1.5")
                    .say("DATA")
                    .expect("354 ")
                    .send(body + ".\r\n")
                    .expect("250 2.0.0");
            pause(talk);
            talk.say("QUIT").expect("221 2.0.0").expectClosed();
        }
        String message = queue.only().traced();
        assertTrue(message.endsWith(body), "the message was changed");
        assertTrue(
                message.matches(
                        "(?s).*\r\n\tby mx\\.ours\\.example with ESMTPS \\("
                                + version.replace(".", "\\.")
                                + "\\) id [^\r]+\r\n\tfor <bob@ours\\.example>\r\n"
                                + "\ttls TLS_[A-Z0-9_]+;\r\n\t.*"),
                message.substring(0, 400));
    }

    /** Longer than the buffers of a busy client are kept. */
    private static void pause(SmtpDialogue talk) throws IOException {
        talk.socket().setSoTimeout(1500);
        assertThrows(SocketTimeoutException.class, () -> talk.socket().getInputStream().read());
        talk.socket().setSoTimeout(20_000);
    }

    @Test
    void handshake_ofABusyClientThatPauses_hasAllItsTime() throws IOException {
        try (Mta mta = start();
                SmtpDialogue talk = SmtpDialogue.greeted(mta)) {
            talk.send("NOOP\r\n".repeat(100));
            for (int i = 0; i < 100; i++) {
                talk.expect("250 ");
            }
            talk.say("STARTTLS").expect("220 ");
            pause(talk);
            talk.secure(client).say("EHLO client.example").expect("250-");
        }
    }

    @Test
    void hello_overTls_offersRequireTlsAndNoStartTls() throws IOException {
        try (Mta mta = start();
                SmtpDialogue talk = SmtpDialogue.connect(mta)) {
            String plain = talk.expect("220 ").say("EHLO client.example").reply();
            assertTrue(plain.contains("STARTTLS"), plain);
            assertFalse(plain.contains("REQUIRETLS"), plain);
            String secured = talk.startTls(client).say("EHLO client.example").reply();
            assertFalse(secured.contains("STARTTLS"), secured);
            assertTrue(secured.contains("REQUIRETLS"), secured);
            talk.say("STARTTLS").expect("503 5.5.1");
        }
    }

    @Test
    void startTls_beforeHello_isTaken() throws IOException {
        try (Mta mta = start();
                SmtpDialogue talk = SmtpDialogue.connect(mta)) {
            talk.expect("220 ").startTls(client).say("EHLO client.example").expect("250-");
        }
    }

    @Test
    void startTls_outOfPlace_isRefused() throws IOException {
        try (Mta mta = start();
                SmtpDialogue talk = SmtpDialogue.connect(mta)) {
            talk.expect("220 ")
                    .say("EHLO client.example")
                    .expect("250-")
                    .say("STARTTLS now")
                    .expect("501 5.5.4")
                    .say("MAIL FROM:<>")
                    .expect("250 ")
                    .say("STARTTLS")
                    .expect("503 5.5.1")
                    .say("RSET")
                    .expect("250 ")
                    .startTls(client);
        }
    }

    @Test
    void startTls_whereThereIsNone_isNotImplemented() throws IOException {
        try (Mta mta = Servers.start(queue);
                SmtpDialogue talk = SmtpDialogue.connect(mta)) {
            String hello = talk.expect("220 ").say("EHLO client.example").reply();
            assertFalse(hello.contains("TLS"), hello);
            talk.say("STARTTLS")
                    .expect("502 5.5.1")
                    .say("MAIL FROM:<> REQUIRETLS")
                    .expect("555 5.5.4");
        }
    }

    @Test
    void startTls_forgetsTheGreeting_butNoErrors() throws IOException {
        try (Mta mta =
                        Servers.builder(queue)
                                .listener(
                                        Servers.listener()
                                                .tls(tls)
                                                .limits(SmtpLimits.defaults().withErrors(3)))
                                .start();
                SmtpDialogue talk = SmtpDialogue.greeted(mta)) {
            talk.say("WHAT")
                    .expect("500 ")
                    .say("STARTTLS")
                    .expect("220 ")
                    .secure(client)
                    .say("MAIL FROM:<>")
                    .expect("503 5.5.1 Say EHLO")
                    .say("WHAT")
                    .expect("500 ")
                    .expect("421 4.7.0");
        }
    }

    /** RFC 3207 §4.2: whoever logged in in plain text may have been somebody else. */
    @Test
    void startTls_forgetsTheUser_I6() throws IOException {
        Users users = Users.of().withIterations(4096).with("ann", "Pencil", "ann@a.example");
        SmtpListener listener =
                Servers.listener().tls(tls).authenticate(users).allowAuthWithoutTls();
        try (Mta mta = Servers.builder(queue).listener(listener).start();
                SmtpDialogue talk = SmtpDialogue.greeted(mta)) {
            talk.say(LOG_IN)
                    .expect("235 ")
                    .say("STARTTLS")
                    .expect("220 ")
                    .secure(client)
                    .say("EHLO client.example")
                    .expect("250-")
                    .say("MAIL FROM:<ann@a.example>")
                    .expect("250 ")
                    .say("RCPT TO:<eve@theirs.example>")
                    .expect("550 5.7.1")
                    .say("RSET")
                    .expect("250 ")
                    .say(LOG_IN)
                    .expect("235 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void implicitTls_greetsOverTls(String version) throws IOException {
        try (Mta mta =
                        Servers.builder(queue)
                                .listener(Servers.listener().implicitTls(tls))
                                .start();
                SmtpDialogue talk = SmtpDialogue.connect(mta)) {
            talk.secure(client.speaking(version))
                    .expect("220 ")
                    .say("EHLO client.example")
                    .expect("250-")
                    .say("STARTTLS")
                    .expect("503 5.5.1")
                    .say("QUIT")
                    .expect("221 ")
                    .expectClosed();
        }
    }

    @Test
    void filter_seesTlsAndClientCertificate() throws IOException {
        Queue<Optional<TlsSession>> seen = new ConcurrentLinkedQueue<>();
        Filter watching =
                new Filter() {
                    @Override
                    public Verdict mail(TransactionView tx) {
                        seen.add(tx.session().tls());
                        return Verdict.next();
                    }
                };
        // Of an authority that nobody knows here.
        TestAuthority.Identity own = TestAuthority.create().issueExpired("client.example");
        try (Mta mta =
                        Servers.builder(queue)
                                .filter(watching)
                                .listener(Servers.listener().tls(tls.askForClientCertificates()))
                                .start();
                SmtpDialogue talk = SmtpDialogue.greeted(mta);
                SmtpDialogue bare = SmtpDialogue.greeted(mta)) {
            talk.say("MAIL FROM:<>").expect("250 ").say("RSET").expect("250 ");
            assertTrue(seen.remove().isEmpty());
            talk.startTls(TlsClient.showing(authority, "mx.ours.example", own))
                    .say("MAIL FROM:<>")
                    .expect("250 ");
            TlsSession shown = seen.remove().orElseThrow();
            assertEquals("TLSv1.3", shown.protocol());
            assertEquals(own.certificate(), shown.peerCertificates().get(0));
            bare.startTls(client).say("MAIL FROM:<>").expect("250 ");
            assertTrue(seen.remove().orElseThrow().peerCertificates().isEmpty());
        }
    }

    @Test
    void requireTls_goesWithTheEnvelope() throws IOException {
        try (Mta mta = start();
                SmtpDialogue talk = SmtpDialogue.greeted(mta)) {
            talk.say("MAIL FROM:<> REQUIRETLS")
                    .expect("530 5.7.0")
                    .startTls(client)
                    .say("MAIL FROM:<> REQUIRETLS=yes")
                    .expect("501 5.5.4")
                    .say("MAIL FROM:<> REQUIRETLS")
                    .expect("250 ")
                    .say("RCPT TO:<bob@ours.example>")
                    .expect("250 ")
                    .say("DATA")
                    .expect("354 ")
                    .send("TLS-Required: No\r\n\r\n.\r\n")
                    .expect("250 ");
        }
        assertEquals(TlsRequest.REQUIRED, queue.only().mail().envelope().tlsRequest());
    }

    @Test
    void tlsRequiredNo_waivesIt() throws IOException {
        try (Mta mta = start();
                SmtpDialogue talk = SmtpDialogue.withRecipient(mta)) {
            talk.say("DATA")
                    .expect("354 ")
                    .send("Subject: a\r\ntls-REQUIRED:\r\n\tno \r\nX: y\r\n\r\n.\r\n")
                    .expect("250 ");
        }
        assertEquals(TlsRequest.WAIVED, queue.only().mail().envelope().tlsRequest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void close_tellsIdleTlsClients421_I9(String version) throws IOException {
        Mta mta = start();
        List<SmtpDialogue> talks = new ArrayList<>();
        try {
            // Many, so that some are closed just as they begin to wait.
            for (int i = 0; i < 15; i++) {
                SmtpDialogue talk = SmtpDialogue.greeted(mta);
                talks.add(talk);
                talk.startTls(client.speaking(version));
            }
            for (SmtpDialogue talk : talks) {
                talk.say("NOOP");
            }
            for (SmtpDialogue talk : talks) {
                talk.expect("250 ");
            }
            long start = System.nanoTime();
            mta.close();
            assertTrue(System.nanoTime() - start < 3_000_000_000L, "they held up the close");
            for (SmtpDialogue talk : talks) {
                talk.expect("421 4.3.2").expectClosed();
            }
        } finally {
            for (SmtpDialogue talk : talks) {
                talk.close();
            }
            mta.close();
        }
    }

    @Test
    void close_letsTransactionOverTlsEnd_I9() throws Exception {
        Mta mta = start();
        try (SmtpDialogue talk = SmtpDialogue.greeted(mta)) {
            talk.startTls(client)
                    .say("MAIL FROM:<>")
                    .expect("250 ")
                    .say("RCPT TO:<bob@ours.example>")
                    .expect("250 ")
                    .say("DATA")
                    .expect("354 ");
            Thread closing = new Thread(mta::close);
            closing.start();
            talk.send("a\r\n.\r\n").expect("250 2.0.0 Queued").expect("421 4.3.2").expectClosed();
            closing.join();
        }
        assertEquals(1, queue.messages().size());
    }

    @Test
    void records_cutAnyhow_areRead() throws IOException {
        long seed = System.nanoTime();
        System.err.println("StartTlsTest seed " + seed);
        Random random = new Random(seed);
        try (Mta mta = start();
                SmtpDialogue talk = SmtpDialogue.greeted(mta)) {
            talk.startTls(client);
            OutputStream out = talk.socket().getOutputStream();
            for (int round = 0; round < 90; round++) {
                String line = "NOOP " + "x".repeat(random.nextInt(400)) + "\r\n";
                byte[] octets = line.getBytes(StandardCharsets.US_ASCII);
                for (int at = 0; at < octets.length; ) {
                    int length = Math.min(1 + random.nextInt(60), octets.length - at);
                    out.write(octets, at, length);
                    at += length;
                }
                talk.expect("250 2.0.0");
            }
        }
    }
}
