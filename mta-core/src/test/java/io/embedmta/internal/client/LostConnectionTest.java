package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.internal.client.ScriptedServer.Script;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that vanish, stall or say 421, and messages that cannot be sent, at every step. */
class LostConnectionTest extends ClientTest {
    /** What the server says before it ends; step n says the first n of these. */
    private static final List<String> REPLIES =
            List.of("220 mx.test", "250 mx.test", "250 mail", "250 rcpt", "354 go on");

    private static final int BEFORE_MAIL_IS_ANSWERED = 3;

    static List<Integer> steps() {
        return List.of(0, 1, 2, 3, 4, 5);
    }

    /** Says as many replies, then reads what the client sends next. */
    private static void playSteps(ScriptedServer.Peer peer, int steps) throws IOException {
        for (int i = 0; i < steps; i++) {
            if (i > 0) {
                peer.line();
            }
            peer.say(REPLIES.get(i));
        }
        if (steps == REPLIES.size()) {
            peer.data();
        } else if (steps > 0) {
            peer.line();
        }
    }

    /** Says a last word instead of the next reply, if any, and waits for the client to go. */
    private static Script endingWith(int steps, String lastWord) {
        return peer -> {
            playSteps(peer, steps);
            if (!lastWord.isEmpty()) {
                peer.say(lastWord);
            }
            assertEquals("", peer.untilEnd());
            peer.hangUp();
        };
    }

    private void assertLost(int step, String expected, Transmission sent) {
        if (step < BEFORE_MAIL_IS_ANSWERED) {
            String reply = noSession(sent).reply().toString();
            assertTrue(reply.startsWith(expected), reply);
        } else {
            String brief = brief(sent, "b@y.example");
            assertTrue(brief.startsWith("Deferred " + expected), brief);
        }
        assertEquals(0, client.openConnections());
    }

    @ParameterizedTest
    @MethodSource("steps")
    void connection_closedByServer_isTemporary(int step) throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            playSteps(peer, step);
                            peer.hangUp();
                        },
                        "b@y.example");
        assertLost(step, "451 4.4.2 ", sent);
        boolean unknown = sent.toString().contains("unknown whether the message was taken");
        assertEquals(step == REPLIES.size(), unknown, sent::toString);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void server_thatSays421_isLeftAtOnce(int step) throws IOException {
        Transmission sent = exchange(endingWith(step, "421 4.3.2 going down"), "b@y.example");
        assertLost(step, "421 4.3.2 going down", sent);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void server_thatFallsSilent_isLeftAfterTheTimeout_I9(int step) throws IOException {
        client = client(settings.withTimeouts(ClientTimeouts.all(Duration.ofMillis(300))));
        Transmission sent = exchange(endingWith(step, ""), "b@y.example");
        assertLost(step, "451 4.4.2 ", sent);
        assertTrue(sent.toString().contains("within 300 milliseconds"), sent::toString);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void server_thatTalksGarbage_isLeft(int step) throws IOException {
        Transmission sent = exchange(endingWith(step, "Segmentation fault"), "b@y.example");
        assertLost(step, "451 4.5.0 ", sent);
    }

    @Test
    void session_lostAmongRecipients_keepsRefusals() throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet("PIPELINING");
                            peer.answer("MAIL", "250 ok");
                            peer.answer("RCPT", "550 5.1.1 no");
                            peer.answer("RCPT", "250 ok");
                            peer.answer("RCPT", "421 4.7.0 too many errors");
                            peer.expect("DATA");
                            peer.hangUp();
                        },
                        "b@y.example",
                        "c@y.example",
                        "d@y.example");
        assertEquals("Failed 550 5.1.1 no", brief(sent, "b@y.example"));
        assertEquals("Deferred 421 4.7.0 too many errors", brief(sent, "c@y.example"));
        assertEquals("Deferred 421 4.7.0 too many errors", brief(sent, "d@y.example"));
    }

    @Test
    void session_lostAfterMailWasRefused_keepsTheRefusal() throws IOException {
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet("PIPELINING");
                            peer.answer("MAIL", "550 5.7.1 blocked");
                            peer.expect("RCPT");
                            peer.expect("DATA");
                            peer.hangUp();
                        },
                        "b@y.example");
        assertEquals("Failed 550 5.7.1 blocked", brief(sent, "b@y.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\ny\r\n", "x\ry\r\n", "x\r"})
    void message_withABareLineBreak_failsUnfinished_I7(String body) throws IOException {
        // In front of it more than the buffers hold, so that some of it is on its way.
        Content message = Content.of("Subject: x\r\n\r\n" + "line\r\n".repeat(10_000) + body);
        Transmission sent = exchange(this::takeNoDot, message);
        String brief = brief(sent, "b@y.example");
        assertTrue(brief.startsWith("Failed 554 5.6.0 the message holds a bare"), brief);
        assertEquals(0, client.openConnections());
    }

    private static Content content(long size, Supplier<InputStream> reader) {
        return new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() {
                return reader.get();
            }
        };
    }

    @Test
    void message_thatCannotBeRead_isDeferredUnfinished() throws IOException {
        Content failing =
                content(
                        100,
                        () -> {
                            return new InputStream() {
                                private int given;

                                @Override
                                public int read() throws IOException {
                                    if (given++ < 50) {
                                        return 'x';
                                    }
                                    throw new IOException("disk error");
                                }

                                @Override
                                public int read(byte[] target, int offset, int length)
                                        throws IOException {
                                    target[offset] = (byte) read();
                                    return 1;
                                }
                            };
                        });
        assertDeferredUnfinished(failing);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 6, 100})
    void message_thatHasNotTheSizeItSays_isDeferredUnfinished_I7(long size) throws IOException {
        assertDeferredUnfinished(
                content(
                        size,
                        () -> new ByteArrayInputStream(new byte[] {'x', 'y', 'z', '\r', '\n'})));
    }

    @Test
    void message_whoseReaderHasAFault_isDeferredUnfinished_I8() throws IOException {
        assertDeferredUnfinished(
                content(
                        1,
                        () -> {
                            throw new IllegalStateException("a fault");
                        }));
    }

    @Test
    void message_whoseReaderFailsWithAnError_isDeferredUnfinished_I8() throws IOException {
        assertDeferredUnfinished(
                new Content() {
                    @Override
                    public long size() {
                        return 100;
                    }

                    @Override
                    public InputStream open() {
                        return new ByteArrayInputStream(new byte[100]);
                    }

                    @Override
                    public void writeTo(OutputStream out) throws IOException {
                        out.write(new byte[50]);
                        throw new StackOverflowError("a test's");
                    }
                });
    }

    @Test
    void connection_ofASendThatFailsWithAnError_isNotUsedAgain_I8() throws IOException {
        Content failing =
                new Content() {
                    @Override
                    public long size() {
                        throw new StackOverflowError("a test's");
                    }

                    @Override
                    public InputStream open() {
                        throw new AssertionError("not to be read");
                    }
                };
        try (ScriptedServer server = ScriptedServer.playing(ScriptedServer.Peer::greet)) {
            Transmission sent = send(server, to("b@y.example"), failing);
            assertEquals(
                    "Deferred 451 4.3.0 an internal error while sending",
                    brief(sent, "b@y.example"));
            assertEquals(0, client.openConnections());
        }
    }

    private void assertDeferredUnfinished(Content message) throws IOException {
        Transmission sent = exchange(this::takeNoDot, message);
        assertEquals(
                "Deferred 451 4.3.0 the message cannot be read now", brief(sent, "b@y.example"));
        assertEquals(0, client.openConnections());
    }

    /** What a server may say in the middle of a message, and what that comes to. */
    static List<Arguments> earlyReplies() {
        return List.of(
                Arguments.of("552 5.3.4 too big", "Failed 552 5.3.4 too big"),
                Arguments.of("554-5.7.1 spam\r\n554 5.7.1 ham", "Failed 554 5.7.1 spam ham"),
                Arguments.of("451 4.3.0 disk full", "Deferred 451 4.3.0 disk full"),
                Arguments.of("421 4.3.2 going down", "Deferred 421 4.3.2 going down"),
                Arguments.of("250 2.0.0 taken", "Deferred 451 4.5.0"),
                Arguments.of("354 go on", "Deferred 451 4.5.0"),
                Arguments.of("552-5.3.4 and then", "Deferred 451 4.4.2"));
    }

    @ParameterizedTest
    @MethodSource("earlyReplies")
    void replyWithinTheMessage_beforeTheServerHangsUp_isRead(String reply, String expected)
            throws IOException {
        Content large = Content.of("Subject: x\r\n\r\n" + "line\r\n".repeat(2_000_000));
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet();
                            peer.takeEnvelope();
                            peer.skip(100_000);
                            peer.say(reply);
                            peer.hangUp();
                        },
                        large);
        String brief = brief(sent, "b@y.example");
        assertTrue(brief.startsWith(expected), brief);
        assertFalse(brief.contains("unknown whether"), brief);
        assertEquals(0, client.openConnections());
    }

    @ParameterizedTest
    @MethodSource("earlyReplies")
    void replyBeforeTheDot_keepsTheDotBack_andIsNoSuccess_I7(String reply, String expected)
            throws IOException {
        // One of the replies never comes to its end.
        client = client(settings.withTimeouts(GENEROUS.withFinalDot(Duration.ofMillis(200))));
        CountDownLatch said = new CountDownLatch(1);
        Content waiting =
                content(
                        3,
                        () -> {
                            await(said);
                            return new ByteArrayInputStream(new byte[] {'x', '\r', '\n'});
                        });
        Transmission sent =
                exchange(
                        peer -> {
                            peer.greet();
                            peer.takeEnvelope();
                            peer.say(reply);
                            said.countDown();
                            assertEquals("", peer.untilEnd());
                            peer.hangUp();
                        },
                        waiting);
        String brief = brief(sent, "b@y.example");
        assertTrue(brief.startsWith(expected), brief);
        assertEquals(0, client.openConnections());
    }

    /** Takes a message, which must end without the lone dot. */
    private void takeNoDot(ScriptedServer.Peer peer) throws IOException {
        peer.greet();
        peer.takeEnvelope();
        String all = peer.untilEnd();
        assertFalse(all.contains("\r\n.\r\n") || all.equals(".\r\n"), "the message was ended");
        peer.hangUp();
    }

    @Test
    void server_thatTakesNoData_isGivenUpByReap_I9() throws Exception {
        client = client(settings.withTimeouts(GENEROUS.withBlock(Duration.ofMillis(100))));
        Content large = Content.of(new byte[20_000_000]);
        CountDownLatch done = new CountDownLatch(1);
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.greet();
                            peer.takeEnvelope();
                            await(done);
                            peer.hangUp();
                        })) {
            Envelope envelope = to("b@y.example");
            CompletableFuture<Transmission> sending =
                    CompletableFuture.supplyAsync(() -> send(server, envelope, large));
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

    @Test
    void close_endsSendsUnderWay_I9() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.greet();
                            peer.answer("MAIL", "250 ok");
                            peer.expect("RCPT");
                            waiting.countDown();
                            assertEquals("", peer.untilEnd());
                            peer.hangUp();
                        })) {
            Envelope envelope = to("b@y.example");
            CompletableFuture<Transmission> sending =
                    CompletableFuture.supplyAsync(() -> send(server, envelope, MESSAGE));
            waiting.await();
            client.close();
            String brief = brief(sending.get(), "b@y.example");
            assertTrue(brief.startsWith("Deferred 451 4.4.2"), brief);
            Transmission afterwards = send(server, envelope);
            assertEquals(
                    "451 4.3.2 the SMTP client is closed",
                    noSession(afterwards).reply().toString());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
