package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.internal.client.ScriptedServer.Peer;
import io.embedmta.internal.client.ScriptedServer.Script;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.HopSecurity.Encrypted;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.ServerTls;
import io.embedmta.tls.TestAuthority;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes that fail, and peers that want them to. */
class HandshakeTest extends TlsTest {
    private static final Script GARBAGE =
            peer -> {
                peer.skip(20);
                peer.write(
                        "this is no TLS at all\r\n".repeat(3).getBytes(StandardCharsets.US_ASCII));
                peer.untilEnd();
            };

    private static final Script HANGS_UP = peer -> peer.skip(20);

    /** Answers with a ServerHello of an older version, whatever the client offers (RFC 8996). */
    private static Script old(int minor) {
        return peer -> {
            ByteBuffer hello = ByteBuffer.allocate(47);
            hello.put(new byte[] {22, 3, (byte) minor, 0, 42, 2, 0, 0, 38, 3, (byte) minor});
            hello.position(hello.position() + 32);
            // No session id, TLS_RSA_WITH_AES_128_CBC_SHA, no compression.
            hello.put(new byte[] {0, 0, 0x2f, 0});
            peer.skip(20);
            peer.writeRaw(hello.array());
            peer.untilEnd();
        };
    }

    /** In TLS 1.3 the client has finished its handshake by then. */
    private static Script inVain(String version) {
        return peer -> {
            peer.handshakeInVain(GOOD, version);
            peer.untilEnd();
        };
    }

    private static Stream<Arguments> brokenHandshakes() {
        return Stream.of(
                Arguments.of("garbage", GARBAGE, "4.7.5"),
                Arguments.of("hangs up", HANGS_UP, "4.4.2"),
                Arguments.of("TLS 1.1", old(2), "4.7.5"),
                Arguments.of("SSL 3", old(0), "4.7.5"),
                Arguments.of("wants our certificate", inVain("TLSv1.2"), "4.7.5"),
                Arguments.of("wants it in TLS 1.3", inVain("TLSv1.3"), "4.7.5"));
    }

    @ParameterizedTest
    @MethodSource("brokenHandshakes")
    void handshake_failed_isPlainTextOnANewConnection_orNothing(
            String what, Script script, String status) throws IOException {
        try (ScriptedServer server = ScriptedServer.playing(failing(script), PLAIN)) {
            Transmission sent = sendOver(server, MAY);
            assertEquals(TAKEN, brief(sent, "b@y.example"));
            assertTrue(why(security(sent)).startsWith("TLS failed: "), what);
        }
        try (ScriptedServer server = ScriptedServer.playing(failing(script))) {
            Reply reply = noSession(sendOver(server, MUST)).reply();
            assertEquals(status, reply.status().toString(), reply::toString);
            assertNoMail(server);
        }
        assertEquals(
                List.of("VALIDATION_FAILURE from 127.0.0.1", "VALIDATION_FAILURE from 127.0.0.1"),
                heard);
    }

    @Test
    void handshake_thatStalls_endsWithItsTimeout_I9() throws IOException {
        client = client(settings.withTimeouts(GENEROUS.withHandshake(Duration.ofMillis(200))));
        try (ScriptedServer server = ScriptedServer.playing(failing(Peer::untilEnd))) {
            assertEquals(
                    "451 4.4.2 "
                            + server.address()
                            + " did not finish the TLS handshake within 200 milliseconds",
                    noSession(sendOver(server, MUST)).reply().toString());
        }
    }

    /** Each octet comes well within any limit on one read. */
    @Test
    void handshake_thatDrips_endsWithItsTimeout_I9() throws IOException {
        client = client(settings.withTimeouts(GENEROUS.withHandshake(Duration.ofMillis(300))));
        Script dripping =
                peer -> {
                    // A record of a handshake message that is 16 KiB long.
                    byte[] begun = {22, 3, 3, 0x40, 0, 2, 0, 0x3f, (byte) 0xfc};
                    try {
                        // Sooner it would be an attack of another kind.
                        peer.skip(20);
                        peer.write(begun);
                        while (true) {
                            peer.write(new byte[1]);
                            LockSupport.parkNanos(5_000_000);
                        }
                    } catch (IOException e) {
                        peer.hangUp();
                    }
                };
        try (ScriptedServer server = ScriptedServer.playing(failing(dripping))) {
            assertEquals("4.4.2", noSession(sendOver(server, MUST)).reply().status().toString());
            assertTrue(details.get(0).endsWith("within 300 milliseconds"), details::toString);
        }
    }

    @Test
    void reply_thatDripsWithinTls_endsWithItsTimeout_I9() throws IOException {
        client = client(settings.withTimeouts(GENEROUS.withCommand(Duration.ofMillis(300))));
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.offerTls();
                            peer.secure(GOOD, "PIPELINING");
                            peer.expect("MAIL");
                            // The begin of a record of TLS that never ends.
                            peer.writeRaw(new byte[] {23, 3, 3, 0x40, 0});
                            try {
                                while (true) {
                                    peer.writeRaw(new byte[1]);
                                    LockSupport.parkNanos(5_000_000);
                                }
                            } catch (IOException e) {
                                peer.hangUp();
                            }
                        })) {
            assertTrue(
                    noSession(sendOver(server, MUST))
                            .reply()
                            .text()
                            .endsWith("gave no reply to MAIL within 300 milliseconds"));
        }
    }

    /** As in CVE-2021-33515 and its kin: the replies are to be taken for those within TLS. */
    @Test
    void replies_behindTheOneToStartTls_areAnAttack() throws IOException {
        Script injecting =
                peer -> {
                    peer.greet("STARTTLS");
                    peer.answer(
                            "STARTTLS",
                            "220 go ahead\r\n250-mx.test\r\n250 REQUIRETLS\r\n250 ok\r\n250 ok");
                    peer.untilEnd();
                    peer.hangUp();
                };
        try (ScriptedServer server = ScriptedServer.playing(injecting)) {
            assertEquals("4.7.5", noSession(sendOver(server, MUST)).reply().status().toString());
            assertEquals(
                    List.of("EHLO client.test", "STARTTLS"), server.commands(), "nothing followed");
        }
        assertEquals(List.of("VALIDATION_FAILURE from 127.0.0.1"), heard);
    }

    @Test
    void certificate_thatWillNotDo_isNamed_andNothingIsSent() throws IOException {
        SSLContext expired = ServerTls.of(AUTHORITY.issueExpired("mx.test"));
        SSLContext other = ServerTls.of(AUTHORITY.issue("other.test"));
        SSLContext stranger = ServerTls.of(TestAuthority.create().issue("mx.test"));
        clock.advanceTo(Instant.now());
        for (SSLContext bad : List.of(expired, other, stranger)) {
            try (ScriptedServer server = ScriptedServer.playing(refusedIn(bad))) {
                Transmission.NoSession none = noSession(sendOver(server, VERIFIED));
                assertEquals("4.7.5", none.reply().status().toString());
                assertTrue(
                        none.reply().text().contains(" will not do: it "), none.reply()::toString);
            }
        }
        assertEquals(
                List.of(
                        "CERTIFICATE_EXPIRED from 127.0.0.1",
                        "CERTIFICATE_HOST_MISMATCH from 127.0.0.1",
                        "CERTIFICATE_NOT_TRUSTED from 127.0.0.1"),
                heard);
    }

    private static Script refusedIn(SSLContext tls) {
        return peer -> {
            peer.offerTls();
            peer.handshake(tls);
            peer.answer("QUIT", "221 bye");
        };
    }

    @Test
    void certificate_thatWillNotDo_isNotedAlone_whereNothingIsDemandedOfIt() throws IOException {
        SSLContext other = ServerTls.of(AUTHORITY.issue("other.test"));
        try (ScriptedServer server = ScriptedServer.playing(taking(other), taking(GOOD))) {
            Transmission sent = sendOver(server, MAY.noting(VERIFIER));
            assertEquals(Proof.NONE, assertInstanceOf(Encrypted.class, security(sent)).proof());
            client.close();
            client = client(settings);
            sent = sendOver(server, MAY.noting(VERIFIER));
            assertEquals(
                    Proof.TRUST_ANCHOR, assertInstanceOf(Encrypted.class, security(sent)).proof());
        }
        assertEquals(
                List.of("CERTIFICATE_HOST_MISMATCH from 127.0.0.1", "secured from 127.0.0.1"),
                heard);
    }
}
