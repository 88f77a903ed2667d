package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.auth.Credentials;
import io.embedmta.internal.client.ScriptedServer.Peer;
import io.embedmta.internal.client.ScriptedServer.Script;
import io.embedmta.internal.tls.TestVerifier;
import io.embedmta.message.DeliveryResult.Relayed;
import io.embedmta.message.Envelope;
import io.embedmta.message.TlsRequest;
import io.embedmta.tls.HopSecurity;
import io.embedmta.tls.HopSecurity.Encrypted;
import io.embedmta.tls.HopSecurity.PlainText;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.ServerTls;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections with TLS: how they come about, and what becomes of those that do not. */
class StartTlsTest extends ClientTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final SSLContext GOOD = ServerTls.of(AUTHORITY.issue("mx.test"));
    private static final String TAKEN = "Relayed 250 2.0.0 taken";

    private static final TlsDemand MAY = TlsDemand.ifOffered("mx.test");
    private static final TlsDemand MUST = TlsDemand.must("mx.test");
    private static final TestVerifier VERIFIER =
            new TestVerifier(AUTHORITY.certificate(), "mx.test", Proof.TRUST_ANCHOR);
    private static final TlsDemand VERIFIED = TlsDemand.verified("mx.test", VERIFIER);

    /** What was heard of connections: {@code secured}, or the kind of the failure. */
    private final List<String> heard = new ArrayList<>();

    private final List<String> details = new ArrayList<>();

    private final TlsObserver observer =
            new TlsObserver() {
                @Override
                public void secured(InetAddress local) {
                    heard.add("secured from " + local.getHostAddress());
                }

                @Override
                public void unsecured(InetAddress local, TlsFailure failure) {
                    heard.add(failure.kind() + " from " + local.getHostAddress());
                    details.add(failure.detail());
                }
            };

    private Transmission sendOver(ScriptedServer server, TlsDemand demand) {
        return sendOver(server, demand, to("b@y.example"));
    }

    private Transmission sendOver(ScriptedServer server, TlsDemand demand, Envelope envelope) {
        return client.send(
                new Approach(server.address(), demand, Credentials.none()),
                envelope,
                MESSAGE,
                observer);
    }

    private static HopSecurity security(Transmission sent) {
        return assertInstanceOf(Relayed.class, result(sent, "b@y.example")).security();
    }

    private static String why(HopSecurity security) {
        return assertInstanceOf(PlainText.class, security).why();
    }

    private static Script taking(SSLContext tls) {
        return peer -> {
            peer.offerTls("OLD");
            peer.secure(tls, "PIPELINING");
            peer.takeMessage();
        };
    }

    private static final Script PLAIN =
            peer -> {
                peer.greet("STARTTLS");
                peer.takeMessage();
            };

    /** A script whose handshake fails at its own end too. */
    private static Script failing(Script handshake) {
        return peer -> {
            peer.offerTls();
            handshake.play(peer);
            peer.hangUp();
        };
    }

    private void assertNoMail(ScriptedServer server) {
        assertTrue(
                server.commands().stream().noneMatch(command -> command.startsWith("MAIL")),
                () -> "in plain text: " + server.commands());
    }

    @Test
    void startTls_offered_isTakenByEveryDemandThatAllowsIt() throws IOException {
        for (TlsDemand demand : List.of(MAY, MUST, VERIFIED)) {
            try (ScriptedServer server = ScriptedServer.playing(taking(GOOD))) {
                Transmission sent = sendOver(server, demand);
                assertEquals(TAKEN, brief(sent, "b@y.example"));
                Encrypted encrypted = assertInstanceOf(Encrypted.class, security(sent));
                assertEquals("TLSv1.3", encrypted.session().protocol());
                assertEquals(1, encrypted.session().peerCertificates().size());
                assertEquals(
                        demand.equals(VERIFIED) ? Proof.TRUST_ANCHOR : Proof.NONE,
                        encrypted.proof());
            }
        }
        assertEquals(
                List.of(
                        "secured from 127.0.0.1",
                        "secured from 127.0.0.1",
                        "secured from 127.0.0.1"),
                heard);
    }

    @Test
    void startTls_ruledOut_isNotUsed() throws IOException {
        try (ScriptedServer server = ScriptedServer.playing(PLAIN)) {
            assertEquals(
                    "TLS is ruled out on this way",
                    why(security(sendOver(server, TlsDemand.never()))));
        }
        assertEquals(List.of(), heard);
    }

    @Test
    void capabilities_ofBeforeTls_areForgotten() throws IOException {
        // PIPELINING was offered in plain text alone, by whomever: a peer that offers none within
        // TLS is spoken to in steps.
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.offerTls("PIPELINING", "SIZE 1");
                            peer.secure(GOOD);
                            peer.expect("MAIL FROM:<a@x.example>");
                            LockSupport.parkNanos(50_000_000);
                            assertFalse(peer.hasMore(), "RCPT was sent before the reply to MAIL");
                            peer.say("250 ok");
                            peer.answer("RCPT", "250 ok");
                            peer.answer("DATA", "354 go on");
                            peer.data();
                            peer.say("250 2.0.0 taken");
                        })) {
            assertEquals(TAKEN, brief(sendOver(server, MUST), "b@y.example"));
        }
    }

    @Test
    void server_withoutStartTls_getsPlainTextWhereAllowed() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.greet();
                            peer.takeMessage();
                        })) {
            assertEquals("the server offers no STARTTLS", why(security(sendOver(server, MAY))));
        }
        assertEquals(List.of("STARTTLS_NOT_SUPPORTED from 127.0.0.1"), heard);
    }

    @Test
    void server_thatHidesStartTls_getsNoMail_whereTlsIsDemanded() throws IOException {
        for (TlsDemand demand : List.of(MUST, VERIFIED)) {
            try (ScriptedServer server =
                    ScriptedServer.playing(
                            peer -> {
                                peer.greet();
                                peer.answer("QUIT", "221 bye");
                            })) {
                Transmission.NoSession none = noSession(sendOver(server, demand));
                assertEquals(
                        "451 4.7.4 " + server.address() + " offers no STARTTLS",
                        none.reply().toString());
                assertEquals("", none.remoteMta());
                assertNoMail(server);
            }
        }
        assertEquals("STARTTLS_NOT_SUPPORTED from 127.0.0.1", heard.get(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"454 4.7.0 not now", "502 5.5.1 what?", "250 fine"})
    void startTls_refused_isPlainTextOnANewConnection_orNothing(String reply) throws IOException {
        Script refusing =
                peer -> {
                    peer.greet("STARTTLS");
                    peer.answer("STARTTLS", reply);
                    peer.answer("QUIT", "221 bye");
                };
        try (ScriptedServer server = ScriptedServer.playing(refusing, PLAIN)) {
            assertTrue(
                    why(security(sendOver(server, MAY)))
                            .endsWith("answered STARTTLS with " + reply));
            assertEquals(2, server.connections());
        }
        try (ScriptedServer server = ScriptedServer.playing(refusing)) {
            String status = reply.startsWith("454") ? "4.7.0" : "4.7.4";
            assertEquals(status, noSession(sendOver(server, MUST)).reply().status().toString());
            assertNoMail(server);
        }
        assertEquals(
                List.of(
                        "STARTTLS_NOT_SUPPORTED from 127.0.0.1",
                        "STARTTLS_NOT_SUPPORTED from 127.0.0.1"),
                heard,
                "one of each session, none of the plain text in its place");
    }

    @Test
    void startTls_answeredWith421_isTheServersWord_noPlainText() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.greet("STARTTLS");
                            peer.answer("STARTTLS", "421 4.3.2 closing");
                        })) {
            assertEquals("421 4.3.2 closing", noSession(sendOver(server, MAY)).reply().toString());
            assertEquals(1, server.connections());
        }
    }

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

    private static Stream<Arguments> brokenHandshakes() {
        return Stream.of(
                Arguments.of("garbage", GARBAGE, "4.7.5"),
                Arguments.of("hangs up", HANGS_UP, "4.4.2"),
                Arguments.of("TLS 1.1", old(2), "4.7.5"),
                Arguments.of("SSL 3", old(0), "4.7.5"));
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
            assertEquals(status, noSession(sendOver(server, MUST)).reply().status().toString());
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

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void session_isResumed_andJudgedAgain(String version) throws IOException {
        List<Long> created = new CopyOnWriteArrayList<>();
        Script taking =
                peer -> {
                    peer.offerTls();
                    peer.handshake(GOOD, version);
                    created.add(peer.session().getCreationTime());
                    peer.hello();
                    peer.takeMessage();
                };
        Script refused =
                peer -> {
                    peer.offerTls();
                    peer.handshake(GOOD, version);
                    created.add(peer.session().getCreationTime());
                    peer.answer("QUIT", "221 bye");
                };
        client = client(settings.withIdleKeep(Duration.ZERO));
        try (ScriptedServer server = ScriptedServer.playing(taking, taking, refused, refused)) {
            sendOver(server, MAY);
            awaitNextMilli();
            assertEquals(
                    Proof.TRUST_ANCHOR,
                    assertInstanceOf(Encrypted.class, security(sendOver(server, VERIFIED)))
                            .proof());
            assertEquals(created.get(0), created.get(1), "the session of the first connection");
            // Another verifier takes it no more: a resumed session is no way around it.
            TestVerifier stricter =
                    new TestVerifier(AUTHORITY.certificate(), "other.test", Proof.TRUST_ANCHOR);
            Transmission.NoSession none =
                    noSession(sendOver(server, TlsDemand.verified("mx.test", stricter)));
            assertEquals("4.7.5", none.reply().status().toString());
            assertEquals(created.get(0), created.get(2), "resumed before it was judged");
            assertTrue(created.get(3) > created.get(0), "and not resumed again");
        }
        assertEquals("CERTIFICATE_HOST_MISMATCH from 127.0.0.1", heard.get(2), heard::toString);
        assertEquals(3, heard.size(), "the resumed one and the fresh one are one");
    }

    @Test
    void session_ofACertificateReplacedSince_isNotHeldAgainstTheServer() throws IOException {
        SSLContext old = ServerTls.of(AUTHORITY.issue("old.test"));
        Script resumed =
                peer -> {
                    peer.offerTls();
                    peer.handshake(old);
                    peer.answer("QUIT", "221 bye");
                };
        client = client(settings.withIdleKeep(Duration.ZERO));
        try (ScriptedServer server = ScriptedServer.playing(taking(old), resumed, taking(GOOD))) {
            sendOver(server, MAY);
            awaitNextMilli();
            assertEquals(TAKEN, brief(sendOver(server, VERIFIED), "b@y.example"));
        }
    }

    /** TLS dates its sessions by the millisecond. */
    private static void awaitNextMilli() {
        long now = System.currentTimeMillis();
        while (System.currentTimeMillis() == now) {
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void connection_ofAWeakerDemand_carriesNoMessageOfAStrongerOne() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(taking(GOOD), taking(GOOD), taking(GOOD), taking(GOOD))) {
            for (TlsDemand demand : List.of(MAY, MUST, VERIFIED)) {
                assertEquals(TAKEN, brief(sendOver(server, demand), "b@y.example"));
            }
            assertEquals(3, server.connections());
            // Nor does one log-in carry the message of another.
            Approach other =
                    new Approach(
                            server.address(),
                            TlsDemand.verified(
                                    "mx.test",
                                    new TestVerifier(
                                            AUTHORITY.certificate(), "mx.test", Proof.DANE)),
                            Credentials.none());
            client.send(other, to("b@y.example"), MESSAGE, observer);
            assertEquals(4, server.connections());
        }
    }

    @Test
    void connection_ofTheSameDemand_isUsedAgain() throws IOException {
        Script twice =
                peer -> {
                    taking(GOOD).play(peer);
                    peer.takeMessage();
                };
        try (ScriptedServer server = ScriptedServer.playing(twice)) {
            for (int i = 0; i < 2; i++) {
                TlsDemand equal =
                        TlsDemand.verified(
                                "mx.test",
                                new TestVerifier(
                                        AUTHORITY.certificate(), "mx.test", Proof.TRUST_ANCHOR));
                assertEquals(TAKEN, brief(sendOver(server, equal), "b@y.example"));
            }
            assertEquals(1, client.openConnections());
            client.close();
            assertEquals("QUIT", server.commands().get(server.commands().size() - 1));
        }
        assertEquals(List.of("secured from 127.0.0.1"), heard);
    }

    @Test
    void connection_onWhichTheServerSpokeUnasked_isNotUsedAgain() throws Exception {
        CountDownLatch spoken = new CountDownLatch(1);
        Script atRest =
                peer -> {
                    taking(GOOD).play(peer);
                    peer.say("250 stray");
                    spoken.countDown();
                };
        try (ScriptedServer server = ScriptedServer.playing(atRest, taking(GOOD))) {
            sendOver(server, MUST);
            assertTrue(spoken.await(20, TimeUnit.SECONDS));
            assertEquals(TAKEN, brief(sendOver(server, MUST), "b@y.example"));
            assertEquals(2, server.connections());
        }
    }

    @Test
    void implicitTls_beginsWithTheConnection() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.handshake(GOOD);
                            peer.greet("PIPELINING");
                            peer.takeMessage();
                        })) {
            assertEquals(
                    Proof.TRUST_ANCHOR,
                    assertInstanceOf(
                                    Encrypted.class,
                                    security(sendOver(server, VERIFIED.immediately())))
                            .proof());
        }
    }

    @Test
    void implicitTls_ofAServerThatGreetsInPlainText_isNoSession() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.say("220 mx.test ESMTP");
                            peer.untilEnd();
                            peer.hangUp();
                        })) {
            assertEquals(
                    "4.7.5",
                    noSession(sendOver(server, MUST.immediately())).reply().status().toString());
        }
        assertThrows(
                IllegalArgumentException.class, MAY::immediately, "there is no plain text to use");
    }

    @Test
    void serverName_isSentAsSni_butNotForAnAddress() throws IOException {
        List<List<SNIServerName>> names = new CopyOnWriteArrayList<>();
        Script asking =
                peer -> {
                    peer.offerTls();
                    peer.handshake(GOOD);
                    names.add(((ExtendedSSLSession) peer.session()).getRequestedServerNames());
                    peer.hello();
                    peer.takeMessage();
                };
        try (ScriptedServer server = ScriptedServer.playing(asking, asking)) {
            sendOver(server, MUST);
            client.close();
            client = client(settings);
            sendOver(server, TlsDemand.must(""));
        }
        assertEquals(List.of(List.of(new SNIHostName("mx.test")), List.of()), List.copyOf(names));
    }

    @Test
    void requireTls_goesWithMail_whereItIsOfferedWithinTls() throws IOException {
        Envelope required = to("b@y.example").withTlsRequest(TlsRequest.REQUIRED);
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.offerTls();
                            peer.secure(GOOD, "REQUIRETLS");
                            assertEquals("MAIL FROM:<a@x.example> REQUIRETLS", peer.expect("MAIL"));
                            peer.say("250 ok");
                            peer.answer("RCPT", "250 ok");
                            peer.answer("DATA", "354 go on");
                            peer.data();
                            peer.say("250 2.0.0 taken");
                        })) {
            assertEquals(TAKEN, brief(sendOver(server, VERIFIED, required), "b@y.example"));
        }
    }

    @Test
    void requireTls_offeredInPlainTextAlone_isNotOffered() throws IOException {
        Envelope required = to("b@y.example").withTlsRequest(TlsRequest.REQUIRED);
        Script lying =
                peer -> {
                    peer.offerTls("REQUIRETLS");
                    peer.secure(GOOD);
                };
        try (ScriptedServer server = ScriptedServer.playing(lying)) {
            Transmission.Unfit unfit =
                    assertInstanceOf(
                            Transmission.Unfit.class, sendOver(server, VERIFIED, required));
            assertEquals("5.7.30", unfit.reply().status().toString());
            assertNoMail(server);
            assertEquals(1, client.idleConnections(), "it is good for other messages");
        }
    }

    @Test
    void logIn_mustNotDependOnWhatAnAttackerLeavesOfTheOffers() {
        RemoteServer server = new RemoteServer("mx.test", InetAddress.getLoopbackAddress(), 25);
        Credentials secret = Credentials.password("user", "secret");
        assertThrows(IllegalArgumentException.class, () -> new Approach(server, MAY, secret));
        assertEquals(secret, new Approach(server, MUST, secret).credentials());
    }
}
