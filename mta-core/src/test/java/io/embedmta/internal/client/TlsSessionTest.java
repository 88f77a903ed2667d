package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.auth.Credentials;
import io.embedmta.internal.client.ScriptedServer.Script;
import io.embedmta.internal.tls.TestVerifier;
import io.embedmta.message.Content;
import io.embedmta.tls.HopSecurity.Encrypted;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.ServerTls;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections with TLS: which are shared, resumed, and ended. */
class TlsSessionTest extends TlsTest {
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

    /** A log-in may be bound to the certificate of the session. */
    @Test
    void session_onWhichALogInFails_isNotResumedAgain() throws IOException {
        List<Long> created = new CopyOnWriteArrayList<>();
        Script refusing =
                peer -> {
                    peer.offerTls();
                    peer.handshake(GOOD);
                    created.add(peer.session().getCreationTime());
                    peer.hello("AUTH PLAIN");
                    peer.answer("AUTH PLAIN ", "535 5.7.8 no");
                    peer.untilEnd();
                };
        client = client(settings.withIdleKeep(Duration.ZERO));
        Script first =
                peer -> {
                    peer.offerTls();
                    peer.handshake(GOOD);
                    created.add(peer.session().getCreationTime());
                    peer.hello();
                    peer.takeMessage();
                };
        try (ScriptedServer server = ScriptedServer.playing(first, refusing, refusing)) {
            sendOver(server, MAY);
            Approach approach =
                    new Approach(server.address(), MUST, Credentials.password("ann", "secret"));
            for (int i = 0; i < 2; i++) {
                awaitNextMilli();
                Transmission sent = client.send(approach, to("b@y.example"), MESSAGE, observer);
                assertEquals("4.7.8", noSession(sent).reply().status().toString());
            }
        }
        assertEquals(created.get(0), created.get(1), "resumed at first");
        assertTrue(created.get(2) > created.get(1), created::toString);
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

    /** Both ends of the wait are in TLS: the one who writes, and the one who closes. */
    @Test
    void server_thatTakesNoDataWithinTls_isGivenUpByReap_I9() throws Exception {
        client = client(settings.withTimeouts(GENEROUS.withBlock(Duration.ofMillis(100))));
        Content large = Content.of(new byte[20_000_000]);
        CountDownLatch done = new CountDownLatch(1);
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.offerTls();
                            peer.secure(GOOD);
                            peer.takeEnvelope();
                            awaitQuietly(done);
                            peer.hangUp();
                        })) {
            CompletableFuture<Transmission> sending =
                    CompletableFuture.supplyAsync(
                            () ->
                                    client.send(
                                            new Approach(
                                                    server.address(), MUST, Credentials.none()),
                                            to("b@y.example"),
                                            large,
                                            observer));
            while (!sending.isDone()) {
                client.reap();
                Thread.onSpinWait();
            }
            done.countDown();
            assertEquals(
                    "Deferred 451 4.4.2 " + server.address() + " took no data for 100 milliseconds",
                    brief(sending.get(), "b@y.example"));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void message_ofManyRecords_arrivesWhole_I7() throws Exception {
        String text = "Subject: large\r\n\r\n" + ("x".repeat(75) + "\r\n").repeat(20_000);
        AtomicReference<String> received = new AtomicReference<>("");
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.offerTls();
                            peer.secure(GOOD, "PIPELINING");
                            received.set(peer.takeMessage());
                        })) {
            Transmission sent =
                    client.send(
                            new Approach(server.address(), VERIFIED, Credentials.none()),
                            to("b@y.example"),
                            Content.of(text),
                            observer);
            assertEquals(TAKEN, brief(sent, "b@y.example"));
        }
        assertEquals(text, received.get());
    }

    @Test
    void close_endsAHandshakeUnderWay_I9() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.offerTls();
                            peer.skip(20);
                            waiting.countDown();
                            peer.untilEnd();
                            peer.hangUp();
                        })) {
            CompletableFuture<Transmission> sending =
                    CompletableFuture.supplyAsync(() -> sendOver(server, MUST));
            waiting.await();
            client.close();
            assertEquals("4.4.2", noSession(sending.get()).reply().status().toString());
        }
    }
}
