package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.DeliveryResult;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a session begins, or does not. */
class SessionTest extends ClientTest {

    @Test
    void connection_refused_isNoSession441() throws IOException {
        int port;
        try (ServerSocket closing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closing.getLocalPort();
        }
        RemoteServer server = new RemoteServer("mx.test", InetAddress.getLoopbackAddress(), port);
        Transmission.NoSession none = noSession(send(server, to("b@y.example"), MESSAGE));
        assertEquals("", none.remoteMta());
        assertTrue(
                none.reply()
                        .toString()
                        .startsWith("451 4.4.1 cannot connect to mx.test[127.0.0.1]:" + port),
                none.reply()::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"421 4.3.2 not now", "450 busy", "521 no mail here", "554 go away"})
    void greeting_refusing_isNoSessionWithTheServersReply(String greeting) throws IOException {
        Transmission.NoSession none =
                noSession(exchange(peer -> peer.say(greeting), "b@y.example"));
        assertEquals(Reply.parse(List.of(greeting)), none.reply());
        assertEquals("mx.test", none.remoteMta());
    }

    @ParameterizedTest
    @ValueSource(strings = {"250 what", "354 what", "SSH-2.0-OpenSSH", "HTTP/1.1 400 Bad Request"})
    void greeting_thatIsNone_isNoSession450(String greeting) throws IOException {
        Transmission.NoSession none =
                noSession(exchange(peer -> peer.say(greeting), "b@y.example"));
        assertEquals("4.5.0", none.reply().status().toString());
        assertEquals("", none.remoteMta());
    }

    @Test
    void ehlo_refusedForGood_fallsBackToHelo() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.say("220-old\r\n220 server");
                            peer.answer("EHLO client.test", "500 what?");
                            peer.answer("HELO client.test", "250 hello");
                            peer.takeMessage();
                        })) {
            DeliveryResult result = result(send(server, to("b@y.example")), "b@y.example");
            assertInstanceOf(DeliveryResult.Relayed.class, result);
            assertEquals("MAIL FROM:<a@x.example>", server.commands().get(2));
        }
    }

    @Test
    void ehloAndHelo_refused_isNoSession() throws IOException {
        Transmission.NoSession none =
                noSession(
                        exchange(
                                peer -> {
                                    peer.say("220 mx.test");
                                    peer.answer("EHLO", "502 no");
                                    peer.answer("HELO", "550 5.7.1 bad name");
                                },
                                "b@y.example"));
        assertEquals("550 5.7.1 bad name", none.reply().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"421 4.3.2 closing", "451 4.3.0 later"})
    void ehlo_refusedForNow_isNoSessionWithoutHelo(String reply) throws IOException {
        Transmission.NoSession none =
                noSession(
                        exchange(
                                peer -> {
                                    peer.say("220 mx.test");
                                    peer.answer("EHLO", reply);
                                },
                                "b@y.example"));
        assertEquals(reply, none.reply().toString());
    }

    @Test
    void greeting_thatNeverComes_isNoSession442_I9() throws IOException {
        client = client(settings.withTimeouts(GENEROUS.withGreeting(Duration.ofMillis(50))));
        try (ScriptedServer server = ScriptedServer.playing(peer -> peer.untilEnd())) {
            Transmission.NoSession none = noSession(send(server, to("b@y.example")));
            assertEquals(
                    "451 4.4.2 "
                            + server.address()
                            + " gave no reply to our connection within 50 milliseconds",
                    none.reply().toString());
        }
    }

    @Test
    void greeting_thatTricklesForEver_endsWithItsTimeout_I9() throws IOException {
        client = client(settings.withTimeouts(GENEROUS.withGreeting(Duration.ofMillis(200))));
        // Slow enough that neither bound of the reader ends it: an octet each 5 milliseconds.
        Transmission.NoSession none =
                noSession(
                        exchange(
                                peer -> {
                                    try {
                                        for (int i = 0; ; i++) {
                                            peer.write(
                                                    new byte[] {(byte) "220-x\r\n".charAt(i % 7)});
                                            LockSupport.parkNanos(5_000_000);
                                        }
                                    } catch (IOException e) {
                                        peer.hangUp();
                                    }
                                },
                                "b@y.example"));
        assertTrue(none.reply().text().endsWith("within 200 milliseconds"));
    }

    @Test
    void localAddress_isBoundTo() throws IOException {
        client = client(settings.withLocalAddresses(List.of(InetAddress.getByName("127.0.0.2"))));
        Transmission sent =
                exchange(
                        peer -> {
                            assertEquals("127.0.0.2", peer.clientAddress());
                            peer.greet();
                            peer.takeMessage();
                        },
                        "b@y.example");
        assertEquals("Relayed 250 2.0.0 taken", brief(sent, "b@y.example"));
    }

    @Test
    void localAddress_thatIsNotOurs_isNoSession() throws IOException {
        client = client(settings.withLocalAddresses(List.of(InetAddress.getByName("192.0.2.1"))));
        try (ScriptedServer server = ScriptedServer.playing()) {
            Transmission.NoSession none = noSession(send(server, to("b@y.example")));
            assertEquals("4.4.1", none.reply().status().toString());
        }
    }
}
