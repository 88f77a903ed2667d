package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** I9: every wait has a limit, every buffer a bound (RFC 5321 §4.5.3). */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LimitsTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final RecordingQueue queue = new RecordingQueue();

    @Test
    void commandLine_beyondLimit_isRefused_I9() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withCommandLine(512));
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("NOOP " + "x".repeat(505))
                    .expect("250 ")
                    .say("NOOP " + "x".repeat(506))
                    .expect("500 5.5.2")
                    .say("NOOP " + "x".repeat(1_000_000))
                    .expect("500 5.5.2")
                    .say("NOOP")
                    .expect("250 ");
        }
    }

    @Test
    void textLine_beyondLimit_isRefused_I9() throws IOException {
        try (Mta mta = Servers.start(queue)) {
            try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
                client.send("DATA\r\n" + "x".repeat(999) + "\r\n.\r\n")
                        .expect("354 ")
                        .expect("550 5.6.0");
            }
            try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
                client.send("DATA\r\n." + "x".repeat(998) + "\r\n.\r\n")
                        .expect("354 ")
                        .expect("250 2.0.0");
            }
        }
        assertEquals(1000, queue.only().content().size());
    }

    @Test
    void recipients_beyondLimit_areDeferredAndTheOthersServed_I9() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withRecipients(100));
                SmtpDialogue client = SmtpDialogue.greeted(mta).say("MAIL FROM:<>")) {
            client.expect("250 ");
            for (int i = 0; i < 100; i++) {
                client.say("RCPT TO:<r" + i + "@ours.example>").expect("250 ");
            }
            client.say("RCPT TO:<more@ours.example>")
                    .expect("452 4.5.3")
                    .send("DATA\r\n.\r\n")
                    .expect("354 ")
                    .expect("250 ");
        }
        assertEquals(100, queue.only().mail().envelope().recipients().size());
    }

    @Test
    void recipients_beyondLimit_areNoErrorsOfTheClient() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withRecipients(100).withErrors(1));
                SmtpDialogue client = SmtpDialogue.greeted(mta).say("MAIL FROM:<>")) {
            client.expect("250 ");
            for (int i = 0; i < 1000; i++) {
                client.say("RCPT TO:<r" + i + "@ours.example>")
                        .expect(i < 100 ? "250 2.1.5" : "452 4.5.3");
            }
            client.send("DATA\r\n.\r\n").expect("354 ").expect("250 2.0.0 Queued");
        }
    }

    /** As with greylisting: a whole transaction may be deferred, recipient by recipient. */
    @Test
    void client_whoseCommandsAreDeferredForEver_isSentAway_I9() throws IOException {
        try (Mta mta =
                        Servers.builder(queue)
                                .filter(new VerboseFilter())
                                .listener(
                                        Servers.listener()
                                                .limits(
                                                        SmtpLimits.defaults()
                                                                .withRecipients(100)
                                                                .withErrors(3)))
                                .start();
                SmtpDialogue client = SmtpDialogue.greeted(mta).say("MAIL FROM:<>")) {
            client.expect("250 ");
            for (int i = 0; i < 103; i++) {
                client.say("RCPT TO:<r" + i + "@ours.example>").expect("450 ");
            }
            client.expect("421 4.7.0").expectClosed();
        }
    }

    @Test
    void client_thatSendsAMessage_isForgivenItsErrors() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withErrors(3));
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            for (int i = 0; i < 3; i++) {
                client.send("A\r\nB\r\nMAIL FROM:<>\r\nRCPT TO:<b@ours.example>\r\n")
                        .expect("500 ")
                        .expect("500 ")
                        .expect("250 ")
                        .expect("250 ")
                        .send("DATA\r\n.\r\n")
                        .expect("354 ")
                        .expect("250 2.0.0 Queued");
            }
        }
    }

    @Test
    void client_thatSaysNothing_isTimedOut_I9() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withCommandTimeout(SHORT));
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.expect("421 4.4.2").expectClosed();
        }
    }

    @Test
    void client_thatDribblesACommand_isTimedOut_I9() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withCommandTimeout(SHORT));
                SmtpDialogue client = SmtpDialogue.greeted(mta);
                Dribble dribble = new Dribble(client)) {
            dribble.expect("421 4.4.2");
        }
    }

    @Test
    void client_thatPausesInMessage_isTimedOut_I9() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withDataTimeout(SHORT));
                SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.say("DATA").expect("354 ").say("a").expect("421 4.4.2").expectClosed();
        }
        try (Mta mta = Servers.start(queue, limits -> limits.withDataTimeout(SHORT));
                SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("BDAT 10\r\nabc").expect("421 4.4.2").expectClosed();
        }
        assertEquals(0, queue.messages().size());
        assertEquals(0, queue.open());
    }

    @Test
    void client_thatDribblesAMessage_isTimedOut_I9() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withMessageTimeout(SHORT))) {
            try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
                client.say("DATA").expect("354 ");
                try (Dribble dribble = new Dribble(client)) {
                    dribble.expect("421 4.4.2");
                }
            }
            try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
                client.say("BDAT 60000");
                try (Dribble dribble = new Dribble(client)) {
                    dribble.expect("421 4.4.2");
                }
            }
        }
        assertEquals(0, queue.open());
    }

    @Test
    void client_thatSendsEmptyChunksForEver_isTimedOut_I9() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withMessageTimeout(SHORT));
                SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            String reply;
            do {
                reply = client.say("BDAT 0").reply();
            } while (reply.startsWith("250 "));
            assertTrue(reply.startsWith("421 4.4.2"), reply);
        }
    }

    @Test
    void client_withTooManyErrors_isSentAway_I9() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withErrors(3));
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.send("A\r\nB\r\nC\r\nNOOP\r\n")
                    .expect("500 5.5.1")
                    .expect("500 5.5.1")
                    .expect("500 5.5.1")
                    .expect("421 4.7.0")
                    .expectClosed();
        }
    }

    @Test
    void client_thatOnlySaysNoop_isSentAway_I9() throws IOException {
        try (Mta mta = Servers.start(queue);
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            String reply;
            int said = 0;
            do {
                reply = client.say("NOOP").reply();
            } while (reply.startsWith("250 ") && ++said < 1000);
            assertTrue(reply.startsWith("421 4.7.0"), reply);
        }
    }

    @Test
    void client_thatNeverReadsReplies_isDropped_I9() throws Exception {
        // Each reply is larger than its question, and the client accepts no octet more than this.
        try (Mta mta =
                Servers.builder(queue)
                        .filter(new VerboseFilter())
                        .listener(
                                Servers.listener()
                                        .limits(
                                                SmtpLimits.defaults()
                                                        .withErrors(1_000_000)
                                                        .withCommandTimeout(SHORT)))
                        .start()) {
            Socket deaf = new Socket();
            deaf.setReceiveBufferSize(1024);
            try (SmtpDialogue client = SmtpDialogue.connect(mta, deaf)) {
                client.send("EHLO a\r\nMAIL FROM:<>\r\n");
                byte[] questions =
                        "RCPT TO:<b@ours.example>\r\n"
                                .repeat(1000)
                                .getBytes(StandardCharsets.US_ASCII);
                assertTimeoutPreemptively(
                        Duration.ofSeconds(30),
                        () ->
                                assertThrows(
                                        SocketException.class,
                                        () -> {
                                            while (true) {
                                                client.send(questions);
                                            }
                                        }));
            }
        }
    }

    @Test
    void sessions_beyondLimit_areSentAwayAtOnce_I9() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withSessions(2))) {
            SmtpDialogue first = SmtpDialogue.greeted(mta);
            try (SmtpDialogue second = SmtpDialogue.greeted(mta);
                    SmtpDialogue third = SmtpDialogue.connect(mta)) {
                third.expect("421 4.3.2").expectClosed();
                first.say("QUIT").expect("221 ");
                first.close();
                awaitFreePlace(mta);
                second.say("NOOP").expect("250 ");
            }
        }
    }

    @Test
    void sessionsOfOneClient_beyondLimit_areSentAwayAtOnce_I9() throws IOException {
        try (Mta mta = Servers.start(queue, limits -> limits.withSessionsPerClient(1))) {
            try (SmtpDialogue first = SmtpDialogue.greeted(mta);
                    SmtpDialogue second = SmtpDialogue.connect(mta)) {
                second.expect("421 4.7.0").expectClosed();
                first.say("QUIT").expect("221 ").expectClosed();
            }
            awaitFreePlace(mta);
        }
    }

    private static void awaitFreePlace(Mta mta) throws IOException {
        for (int i = 0; i < 1000; i++) {
            try (SmtpDialogue next = SmtpDialogue.connect(mta)) {
                if (next.reply().startsWith("220 ")) {
                    return;
                }
            }
        }
        throw new AssertionError("The place of an ended session was never given away.");
    }

    @Test
    void start_onTakenPort_failsByName() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            UncheckedIOException e =
                    assertThrows(
                            UncheckedIOException.class,
                            () ->
                                    Servers.builder(queue)
                                            .listener(SmtpListener.on("127.0.0.1", port))
                                            .start());
            assertTrue(e.toString().contains("127.0.0.1"), e.toString());
            assertTrue(e.toString().contains("" + port), e.toString());
        }
    }

    @Test
    void limits_beyondReason_areRefused() {
        SmtpLimits limits = SmtpLimits.defaults();
        for (Duration bad :
                new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(200_000)}) {
            assertThrows(IllegalArgumentException.class, () -> limits.withCommandTimeout(bad));
            assertThrows(IllegalArgumentException.class, () -> limits.withDataTimeout(bad));
            assertThrows(IllegalArgumentException.class, () -> limits.withMessageTimeout(bad));
        }
        assertThrows(IllegalArgumentException.class, () -> limits.withCommandLine(511));
        assertThrows(IllegalArgumentException.class, () -> limits.withRecipients(99));
        assertThrows(IllegalArgumentException.class, () -> limits.withErrors(0));
        assertEquals(LONG, limits.commandTimeout());
    }

    /** Sends an octet every few milliseconds, until closed or refused. */
    private static final class Dribble implements AutoCloseable {
        private final CountDownLatch stop = new CountDownLatch(1);
        private final SmtpDialogue client;
        private final Thread thread;

        Dribble(SmtpDialogue client) throws IOException {
            this.client = client;
            OutputStream out = client.socket().getOutputStream();
            thread =
                    new Thread(
                            () -> {
                                try {
                                    while (!stop.await(20, TimeUnit.MILLISECONDS)) {
                                        out.write('a');
                                    }
                                } catch (IOException | InterruptedException e) {
                                    // The server has had enough.
                                }
                            });
            thread.start();
        }

        /** What the server says meanwhile. */
        void expect(String start) throws IOException {
            client.expect(start);
        }

        @Override
        public void close() {
            stop.countDown();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
