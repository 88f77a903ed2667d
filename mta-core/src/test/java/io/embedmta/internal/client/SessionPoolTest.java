package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.internal.client.ScriptedServer.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which connections are kept, used again, and ended. */
class SessionPoolTest extends ClientTest {
    private static final String TAKEN = "Relayed 250 2.0.0 taken";

    /** A script that takes this many messages on one connection. */
    private static Script taking(int messages) {
        return peer -> {
            peer.greet("PIPELINING");
            for (int i = 0; i < messages; i++) {
                peer.takeMessage();
            }
        };
    }

    /** A script that takes a message, and dies where the next one would begin. */
    private static Script dying(boolean atMail, String lastWord) {
        return peer -> {
            taking(1).play(peer);
            if (atMail) {
                peer.expect("MAIL");
            }
            if (!lastWord.isEmpty()) {
                peer.say(lastWord);
            }
            peer.hangUp();
        };
    }

    private void sendOne(ScriptedServer server) {
        assertEquals(TAKEN, brief(send(server, to("b@y.example")), "b@y.example"));
    }

    @Test
    void connection_isUsedAgain() throws IOException {
        try (ScriptedServer server = ScriptedServer.playing(taking(3))) {
            sendOne(server);
            assertEquals(1, client.idleConnections());
            sendOne(server);
            sendOne(server);
            assertEquals(1, client.openConnections());
            client.close();
            assertEquals("QUIT", server.commands().get(server.commands().size() - 1));
        }
    }

    @Test
    void connection_isUsedAgainAfterAFailedTransaction_onceReset() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.greet("PIPELINING");
                            peer.answer("MAIL", "250 ok");
                            peer.answer("RCPT", "550 5.1.1 no");
                            peer.answer("DATA", "503 5.5.1 no recipients");
                            peer.answer("RSET", "250 ok");
                            peer.takeMessage();
                        })) {
            assertEquals(
                    "Failed 550 5.1.1 no", brief(send(server, to("b@y.example")), "b@y.example"));
            sendOne(server);
        }
    }

    @Test
    void connection_thatCannotBeReset_isNotUsedAgain() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.greet();
                            peer.answer("MAIL", "550 no");
                            peer.answer("RSET", "500 what?");
                        },
                        taking(1))) {
            assertEquals("Failed 550 no", brief(send(server, to("b@y.example")), "b@y.example"));
            sendOne(server);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false, ''",
        "false, 421 4.4.2 idle too long",
        "true, ''",
        "true, 421 4.7.0 one message each"
    })
    void connection_thatDiesAtRestOrAtMail_isReplacedUnseen(boolean atMail, String lastWord)
            throws IOException {
        try (ScriptedServer server = ScriptedServer.playing(dying(atMail, lastWord), taking(1))) {
            sendOne(server);
            sendOne(server);
            assertEquals(2, server.connections());
        }
    }

    @Test
    void connection_thatDiedAtRest_isReplacedOnce() throws IOException {
        Script refusing = peer -> peer.say("421 4.3.2 going down");
        try (ScriptedServer server = ScriptedServer.playing(dying(true, ""), refusing)) {
            sendOne(server);
            Transmission second = send(server, to("b@y.example"));
            assertEquals("421 4.3.2 going down", noSession(second).reply().toString());
            assertEquals(2, server.connections());
        }
    }

    @Test
    void connection_onWhichTheServerSpokeUnasked_isNotUsedAgain() throws Exception {
        CountDownLatch spoken = new CountDownLatch(1);
        Script atOnce =
                peer -> {
                    peer.greet();
                    peer.takeEnvelope();
                    peer.data();
                    peer.say("250 2.0.0 taken\r\n250 stray");
                };
        Script atRest =
                peer -> {
                    taking(1).play(peer);
                    peer.say("250 stray");
                    spoken.countDown();
                };
        try (ScriptedServer server = ScriptedServer.playing(atOnce, atRest, taking(1))) {
            sendOne(server);
            assertEquals(0, client.openConnections());
            sendOne(server);
            spoken.await();
            sendOne(server);
            assertEquals(3, server.connections());
        }
    }

    @Test
    void connection_afterItsShareOfTransactions_isEnded() throws IOException {
        client = client(settings.withMaxTransactions(2));
        try (ScriptedServer server = ScriptedServer.playing(taking(2), taking(1))) {
            sendOne(server);
            sendOne(server);
            assertEquals(0, client.openConnections());
            sendOne(server);
        }
    }

    @Test
    void connection_isNotKept_whereSettingsSaySo() throws IOException {
        for (ClientSettings none :
                List.of(
                        settings.withIdleKeep(Duration.ZERO),
                        settings.withMaxIdle(0, 2),
                        settings.withMaxIdle(20, 0))) {
            client = client(none);
            try (ScriptedServer server = ScriptedServer.playing(taking(1))) {
                sendOne(server);
                assertEquals(0, client.openConnections());
                assertEquals("QUIT", server.commands().get(4));
            }
        }
    }

    @Test
    void connection_thatRestedTooLong_isNotUsedAgain_andEndedByReap_I10() throws IOException {
        try (ScriptedServer server = ScriptedServer.playing(taking(2), taking(1))) {
            sendOne(server);
            clock.advance(Duration.ofSeconds(29));
            client.reap();
            assertEquals(1, client.idleConnections());
            sendOne(server);
            clock.advance(Duration.ofSeconds(30));
            sendOne(server);
            assertEquals(2, client.idleConnections());
            client.reap();
            assertEquals(1, client.openConnections());
        }
    }

    @Test
    void reap_ofAServerThatIgnoresQuit_takesTheTimeoutForQuit_I9() throws IOException {
        client = client(settings.withTimeouts(GENEROUS.withQuit(Duration.ofMillis(50))));
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            taking(1).play(peer);
                            peer.expect("QUIT");
                            assertEquals("", peer.untilEnd());
                            peer.hangUp();
                        })) {
            sendOne(server);
            clock.advance(Duration.ofMinutes(1));
            client.reap();
            assertEquals(0, client.openConnections());
        }
    }

    @Test
    void connections_ofOtherServers_areNotUsed_andTheOldestGiveWay() throws IOException {
        client = client(settings.withMaxIdle(2, 2));
        try (ScriptedServer one = ScriptedServer.playing(taking(1), taking(1));
                ScriptedServer two = ScriptedServer.playing(taking(1));
                ScriptedServer three = ScriptedServer.playing(taking(2))) {
            sendOne(one);
            sendOne(two);
            sendOne(three);
            assertEquals(2, client.idleConnections());
            sendOne(three);
            sendOne(one);
            assertEquals(2, one.connections());
        }
    }

    @Test
    void sends_atOnce_useAConnectionEach_andKeepTheShareOfTheServer() throws Exception {
        int sends = 5;
        CyclicBarrier together = new CyclicBarrier(sends);
        Script waiting =
                peer -> {
                    peer.greet();
                    peer.answer("MAIL", "250 ok");
                    meet(together);
                    peer.answer("RCPT", "250 ok");
                    peer.answer("DATA", "354 go on");
                    peer.data();
                    peer.say("250 2.0.0 taken");
                };
        Script[] scripts = new Script[sends];
        Arrays.fill(scripts, waiting);
        try (ScriptedServer server = ScriptedServer.playing(scripts)) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < sends; i++) {
                CompletableFuture<Void> done = new CompletableFuture<>();
                all.add(done);
                new Thread(() -> complete(done, () -> sendOne(server))).start();
            }
            for (CompletableFuture<Void> done : all) {
                done.get(30, TimeUnit.SECONDS);
            }
            assertEquals(2, client.idleConnections());
            assertEquals(2, client.openConnections());
        }
    }

    private static void complete(CompletableFuture<Void> done, Runnable task) {
        try {
            task.run();
            done.complete(null);
        } catch (RuntimeException | AssertionError e) {
            done.completeExceptionally(e);
        }
    }

    private static void meet(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException("the sends did not overlap", e);
        }
    }
}
