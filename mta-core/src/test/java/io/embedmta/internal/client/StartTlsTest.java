package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.auth.Credentials;
import io.embedmta.internal.client.ScriptedServer.Script;
import io.embedmta.message.Envelope;
import io.embedmta.message.TlsRequest;
import io.embedmta.tls.HopSecurity.Encrypted;
import io.embedmta.tls.HopSecurity.Proof;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a connection gets TLS, and what goes over it. */
class StartTlsTest extends TlsTest {
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

    /** RFC 8689 §2: the extension is of no worth in plain text, whatever the server says of it. */
    @Test
    void requireTls_offeredWithoutTls_isNotSentInPlainText() throws IOException {
        Envelope required = to("b@y.example").withTlsRequest(TlsRequest.REQUIRED);
        try (ScriptedServer server = ScriptedServer.playing(peer -> peer.greet("REQUIRETLS"))) {
            Transmission.Unfit unfit =
                    assertInstanceOf(Transmission.Unfit.class, sendOver(server, MAY, required));
            assertEquals("5.7.30", unfit.reply().status().toString());
            assertNoMail(server);
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
