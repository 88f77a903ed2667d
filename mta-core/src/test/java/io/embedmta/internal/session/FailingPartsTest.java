package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.filter.Filter;
import io.embedmta.filter.SessionView;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.internal.session.RecordingQueue.Step;
import io.embedmta.message.Content;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.Recipient;
import io.embedmta.queue.QueueFullException;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** I1, I8: what fails behind the listener is a temporary refusal; the engine goes on. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailingPartsTest {

    /** What a part may throw. */
    enum Failure {
        IO,
        FULL,
        UNCHECKED,
        ERROR;

        void raise() throws IOException {
            switch (this) {
                case IO -> throw new IOException("The disk is on fire.");
                case FULL -> throw new QueueFullException("No room.");
                case UNCHECKED -> throw new IllegalStateException("A mistake.");
                case ERROR -> throw new AssertionError("A grave mistake.");
            }
        }
    }

    private static void failAt(Failure failure, String command, String rest) throws IOException {
        for (Step step : EnumSet.of(Step.BEGIN, Step.BODY, Step.CONTENT, Step.COMMIT)) {
            AtomicBoolean broken = new AtomicBoolean(true);
            RecordingQueue queue =
                    new RecordingQueue(
                            at -> {
                                if (at == step && broken.get()) {
                                    failure.raise();
                                }
                            });
            try (Mta mta = Servers.start(queue)) {
                try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
                    String reply = client.send(command).reply();
                    if (reply.startsWith("354 ")) {
                        reply = client.send(rest).reply();
                    }
                    String expected =
                            switch (failure) {
                                case FULL -> "452 4.3.1";
                                case IO, UNCHECKED -> "451 4.3.0";
                                case ERROR -> "4[25]1 4.3.0";
                            };
                    assertTrue(reply.matches(expected + " .*"), step + ": " + reply);
                    if (!reply.startsWith("421 ")) {
                        client.say("RSET").expect("250 ").say("MAIL FROM:<>").expect("250 ");
                    }
                }
                assertEquals(0, queue.messages().size());
                broken.set(false);
                try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
                    client.send("DATA\r\na\r\n.\r\n").expect("354 ").expect("250 2.0.0 Queued");
                }
            }
            assertEquals(1, queue.messages().size());
            assertEquals(0, queue.open());
        }
    }

    @ParameterizedTest
    @EnumSource
    void queue_thatFailsInData_isTemporary_I1_I8(Failure failure) throws IOException {
        failAt(failure, "DATA\r\n", "hello\r\n.\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void queue_thatFailsInChunk_isTemporary_I1_I8(Failure failure) throws IOException {
        failAt(failure, "BDAT 5 LAST\r\nhello", "");
    }

    @Test
    void queue_whoseWriterHasNoBody_losesNoWriter_I8_I9() throws IOException {
        RecordingQueue queue =
                new RecordingQueue(
                        at -> {
                            if (at == Step.OPEN_BODY) {
                                throw new IOException("The disk is on fire.");
                            }
                        });
        try (Mta mta = Servers.start(queue);
                SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.say("DATA").expect("451 4.3.0").say("NOOP").expect("250 ");
            assertEquals(0, queue.open());
        }
    }

    @Test
    void queue_thatTakesNoMessage_failsEachPipelinedChunkTheSameWay_I8() throws IOException {
        RecordingQueue queue =
                new RecordingQueue(
                        at -> {
                            if (at == Step.BEGIN) {
                                throw new IOException("The disk is on fire.");
                            }
                        });
        try (Mta mta = Servers.start(queue);
                SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("BDAT 5\r\nhelloBDAT 6\r\nworld!BDAT 0 LAST\r\nMAIL FROM:<>\r\n")
                    .expect("451 4.3.0")
                    .expect("451 4.3.0")
                    .expect("451 4.3.0")
                    .expect("250 2.1.0");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UNCHECKED", "ERROR"})
    void queue_thatFailsToClose_losesNoPlaceForASession_I8(Failure failure) throws IOException {
        RecordingQueue queue =
                new RecordingQueue(
                        at -> {
                            if (at == Step.CLOSE) {
                                failure.raise();
                            }
                        });
        Mta mta = Servers.start(queue);
        try {
            try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
                // Accepted is accepted, whatever comes after.
                client.send("DATA\r\na\r\n.\r\n").expect("354 ").expect("250 2.0.0 Queued");
            }
            try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
                client.send("DATA\r\na\r\n").expect("354 ").shutOutput().expectClosed();
            }
        } finally {
            long start = System.nanoTime();
            mta.close();
            assertTrue(
                    System.nanoTime() - start < 4_000_000_000L, "a session was never given back");
        }
        assertEquals(1, queue.messages().size());
    }

    /** A filter that fails in one phase. */
    private record Failing(String phase, boolean returnsNull) implements Filter {
        private Verdict say(String now) {
            if (!now.equals(phase)) {
                return Verdict.next();
            }
            if (returnsNull) {
                return missing();
            }
            throw new IllegalStateException("A mistake.");
        }

        @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
        private static <T> T missing() {
            return (T) null;
        }

        @Override
        public Verdict connect(SessionView session) {
            return say("connect");
        }

        @Override
        public Verdict helo(SessionView session, String name) {
            return say("helo");
        }

        @Override
        public Verdict mail(TransactionView tx) {
            return say("mail");
        }

        @Override
        public Verdict recipient(TransactionView tx, Recipient to) {
            return say("recipient");
        }

        @Override
        public Verdict message(TransactionView tx, Content content) {
            return say("message");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "helo", "mail", "recipient", "message"})
    void filter_thatFails_isTemporary_I8(String phase) throws IOException {
        for (boolean returnsNull : new boolean[] {false, true}) {
            RecordingQueue queue = new RecordingQueue();
            try (Mta mta =
                            Servers.builder(queue)
                                    .filter(new Failing(phase, returnsNull))
                                    .listener(Servers.listener())
                                    .start();
                    SmtpDialogue client = SmtpDialogue.connect(mta)) {
                if (phase.equals("connect")) {
                    // RFC 5321 §4.3.2: no 451 in place of a greeting, but 421.
                    client.expect("421 4.3.0").expectClosed();
                    continue;
                }
                client.expect("220 ")
                        .say("EHLO c.example")
                        .expect(phase.equals("helo") ? "451 4.3.0" : "250-");
                if (phase.equals("helo")) {
                    continue;
                }
                client.say("MAIL FROM:<>").expect(phase.equals("mail") ? "451 4.3.0" : "250 ");
                if (phase.equals("mail")) {
                    continue;
                }
                client.say("RCPT TO:<bob@ours.example>")
                        .expect(phase.equals("recipient") ? "451 4.3.0" : "250 ");
                if (phase.equals("recipient")) {
                    continue;
                }
                client.send("DATA\r\na\r\n.\r\n").expect("354 ").expect("451 4.3.0");
            }
            assertEquals(0, queue.messages().size());
        }
    }

    @Test
    void filter_thatReadsAndEdits_changesHeadersAlone_I7() throws IOException {
        RecordingQueue queue = new RecordingQueue();
        Filter stamp =
                new Filter() {
                    @Override
                    public Verdict message(TransactionView tx, Content content) {
                        return Verdict.next(HeaderEdits.prepend("X-Size", "" + content.size()));
                    }
                };
        try (Mta mta = Servers.builder(queue).filter(stamp).listener(Servers.listener()).start();
                SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("DATA\r\nA: b\r\n\r\nc\r\n.\r\n").expect("354 ").expect("250 ");
        }
        assertTrue(queue.only().traced().startsWith("X-Size: 11\r\nReceived: "));
        assertTrue(queue.only().traced().endsWith("\r\nA: b\r\n\r\nc\r\n"));
    }

    @Test
    void client_thatClosesAtEachStep_leavesNothing_I9() throws IOException {
        RecordingQueue queue = new RecordingQueue();
        String[] steps = {
            "EHLO c.example\r\n",
            "MAIL FROM:<>\r\n",
            "RCPT TO:<bob@ours.example>\r\n",
            "DATA\r\n",
            "Subject: a\r\n",
            "\r\n",
            ".\r"
        };
        try (Mta mta = Servers.start(queue)) {
            for (boolean reset : new boolean[] {false, true}) {
                StringBuilder said = new StringBuilder();
                for (String step : steps) {
                    said.append(step);
                    try (SmtpDialogue client = SmtpDialogue.connect(mta)) {
                        client.send(said.toString());
                        client.socket().setSoLinger(reset, 0);
                    }
                }
            }
            try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
                client.send("DATA\r\na\r\n.\r\n").expect("354 ").expect("250 ");
            }
        }
        assertEquals(1, queue.messages().size());
        assertEquals(0, queue.open());
    }

    @Test
    void replies_ofFilterWithoutStatus_carryOne() throws IOException {
        RecordingQueue queue = new RecordingQueue();
        Filter plain =
                new Filter() {
                    @Override
                    public Verdict mail(TransactionView tx) {
                        return new Verdict.Reject(Reply.plain(550, "go away"));
                    }
                };
        try (Mta mta = Servers.builder(queue).filter(plain).listener(Servers.listener()).start();
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("MAIL FROM:<>").expect("550 5.0.0 go away");
        }
        assertEquals(Set.of(), Set.copyOf(queue.messages()));
    }
}
