package io.embedmta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.event.Accepted;
import io.embedmta.filter.Filter;
import io.embedmta.filter.FilterState;
import io.embedmta.filter.SessionView;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.Recipient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What each verdict does in each phase, over the wire and in the process. */
@Timeout(60)
class FilterTest {
    private static final String MESSAGE = "Subject: hi\r\nX-Old: 1\r\n\r\nhello\r\n";

    private final Inbox inbox = new Inbox();

    enum Phase {
        CONNECT,
        HELO,
        MAIL,
        RCPT,
        MESSAGE
    }

    /** Says something in one phase. */
    private static final class OneSaying implements Filter {
        private final Phase phase;
        private final Question question;

        @FunctionalInterface
        interface Question {
            Verdict ask() throws IOException;
        }

        OneSaying(Phase phase, Question question) {
            this.phase = phase;
            this.question = question;
        }

        private Verdict at(Phase now) {
            try {
                return now == phase ? question.ask() : Verdict.next();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Verdict connect(SessionView session) {
            return at(Phase.CONNECT);
        }

        @Override
        public Verdict helo(SessionView session, String name) {
            return at(Phase.HELO);
        }

        @Override
        public Verdict mail(TransactionView tx) {
            return at(Phase.MAIL);
        }

        @Override
        public Verdict recipient(TransactionView tx, Recipient to) {
            return at(Phase.RCPT);
        }

        @Override
        public Verdict message(TransactionView tx, Content content) {
            return at(Phase.MESSAGE);
        }
    }

    private MtaBuilder builder() {
        return Mta.builder("own.example")
                .listener(SmtpListener.on("127.0.0.1", 0))
                .store("x.example", inbox)
                .shutdownGrace(Duration.ofSeconds(1));
    }

    /**
     * The codes of the replies from the greeting to the end of the message, as far as it goes; then
     * "end" if the server has closed.
     */
    private static String dialogue(Mta mta) throws IOException {
        List<String> replies = new ArrayList<>();
        try (SmtpTalk talk = SmtpTalk.to(mta)) {
            replies.add(talk.reply());
            for (String line :
                    new String[] {
                        "EHLO c.example",
                        "MAIL FROM:<a@y.example>",
                        "RCPT TO:<b@x.example>",
                        "DATA",
                        MESSAGE + "."
                    }) {
                String last = replies.get(replies.size() - 1);
                if (last.startsWith("2") || last.startsWith("3")) {
                    replies.add(talk.say(line));
                }
            }
            return codes(replies) + (talk.say("NOOP").isEmpty() ? " end" : "");
        } catch (SocketException e) {
            return codes(replies) + " end";
        }
    }

    private static String codes(List<String> replies) {
        return String.join(" ", replies.stream().map(reply -> reply.substring(0, 3)).toList());
    }

    private static Verdict verdict(String name) {
        return switch (name) {
            case "next" -> Verdict.next();
            case "accept" -> Verdict.accept();
            case "reject" -> Verdict.reject(550, "5.7.1", "no");
            case "defer" -> Verdict.defer(450, "4.7.1", "later");
            case "discard" -> Verdict.discard();
            default -> Verdict.disconnect(554, "5.7.1", "go away");
        };
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECT, next,       220 250 250 250 354 250,     1",
        "CONNECT, accept,     220 250 250 250 354 250,     1",
        "CONNECT, reject,     550 end,                     0",
        "CONNECT, defer,      421 end,                     0",
        "CONNECT, discard,    220 250 250 250 354 250,     1",
        "CONNECT, disconnect, 554 end,                     0",
        "HELO,    next,       220 250 250 250 354 250,     1",
        "HELO,    accept,     220 250 250 250 354 250,     1",
        "HELO,    reject,     220 550,                     0",
        "HELO,    defer,      220 450,                     0",
        "HELO,    discard,    220 250 250 250 354 250,     1",
        "HELO,    disconnect, 220 554 end,                 0",
        "MAIL,    next,       220 250 250 250 354 250,     1",
        "MAIL,    accept,     220 250 250 250 354 250,     1",
        "MAIL,    reject,     220 250 550,                 0",
        "MAIL,    defer,      220 250 450,                 0",
        "MAIL,    discard,    220 250 250 250 354 250,     0",
        "MAIL,    disconnect, 220 250 554 end,             0",
        "RCPT,    next,       220 250 250 250 354 250,     1",
        "RCPT,    accept,     220 250 250 250 354 250,     1",
        "RCPT,    reject,     220 250 250 550,             0",
        "RCPT,    defer,      220 250 250 450,             0",
        "RCPT,    discard,    220 250 250 250 354 250,     0",
        "RCPT,    disconnect, 220 250 250 554 end,         0",
        "MESSAGE, next,       220 250 250 250 354 250,     1",
        "MESSAGE, accept,     220 250 250 250 354 250,     1",
        "MESSAGE, reject,     220 250 250 250 354 550,     0",
        "MESSAGE, defer,      220 250 250 250 354 450,     0",
        "MESSAGE, discard,    220 250 250 250 354 250,     0",
        "MESSAGE, disconnect, 220 250 250 250 354 554 end, 0",
    })
    void verdict_inAPhase_isAnsweredAndKept(
            Phase phase, String verdict, String expected, int accepted) throws Exception {
        List<Accepted> taken = new CopyOnWriteArrayList<>();
        Mta mta = builder().filter(new OneSaying(phase, () -> verdict(verdict))).start();
        try (mta) {
            mta.on(Accepted.class, taken::add);
            String codes = dialogue(mta);
            assertEquals(expected, codes);
        }
        assertEquals(accepted, taken.size(), "messages in the queue");
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"CONNECT", "HELO"})
    void discard_beforeMail_keepsNoOtherFilterFromBeingAsked(Phase phase) throws Exception {
        try (Mta mta =
                builder()
                        .filter(new OneSaying(phase, Verdict::discard))
                        .filter(new OneSaying(phase, () -> verdict("reject")))
                        .start()) {
            String codes = dialogue(mta);
            assertTrue(codes.contains("550"), codes);
        }
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void filter_thatThrowsOrSaysNothing_isATemporaryFailure_I8(Phase phase) throws Exception {
        List<OneSaying.Question> hostile =
                List.of(
                        () -> {
                            throw new IllegalStateException("hostile");
                        },
                        () -> {
                            throw new StackOverflowError("hostile");
                        },
                        () -> {
                            throw new IOException("hostile");
                        },
                        FilterTest::nothing);
        for (OneSaying.Question question : hostile) {
            List<Accepted> taken = new CopyOnWriteArrayList<>();
            Mta mta = builder().filter(new OneSaying(phase, question)).start();
            try (mta) {
                mta.on(Accepted.class, taken::add);
                // RFC 5321 §4.3.2: a greeting that is temporary is 421.
                String code = phase == Phase.CONNECT ? "421" : "451";
                assertTrue(dialogue(mta).contains(code), phase + " is answered " + code);
            }
            assertEquals(0, taken.size());
        }
    }

    @SuppressWarnings("NullAway") // What the interface forbids.
    private static Verdict nothing() {
        return null;
    }

    private static Filter editing(HeaderEdits edits) {
        return new OneSaying(Phase.MESSAGE, () -> Verdict.next(edits));
    }

    @Test
    void edits_ofFilters_standAboveTheTraceFieldInTheirOrder() throws Exception {
        try (Mta mta =
                        builder()
                                .filter(editing(HeaderEdits.prepend("X-One", "1")))
                                .filter(
                                        editing(
                                                HeaderEdits.remove("x-old")
                                                        .andPrepend("X-Two", "2")))
                                .start();
                SmtpTalk talk = SmtpTalk.ready(mta)) {
            Events events = Events.of(mta);
            talk.message("a@y.example", "b@x.example", MESSAGE);
            Inbox.Mail mail = inbox.next();
            List<String> lines = mail.text().lines().toList();
            assertEquals("Return-Path: <a@y.example>", lines.get(0));
            assertEquals("X-Two: 2", lines.get(1));
            assertEquals("X-One: 1", lines.get(2));
            assertTrue(lines.get(3).startsWith("Received: from c"), mail.text());
            assertFalse(mail.text().contains("X-Old"), mail.text());
            assertTrue(mail.text().endsWith("\r\nSubject: hi\r\n\r\nhello\r\n"), mail.text());
            assertEquals(
                    mail.octets().length - "Return-Path: <a@y.example>\r\n".length(),
                    events.next(Accepted.class).size(),
                    "the size that observers are told");
        }
    }

    @Test
    void edit_outsideAscii_isANeedOfTheNextHop() throws Exception {
        HeaderEdits edits = HeaderEdits.prepend("X-Place", "K\u00f6ln");
        try (Mta mta = builder().filter(editing(edits)).start();
                SmtpTalk talk = SmtpTalk.ready(mta)) {
            Events events = Events.of(mta);
            talk.message("a@y.example", "b@x.example", MESSAGE);
            Envelope fromTheWire = events.next(Accepted.class).envelope();
            assertTrue(fromTheWire.eightBit());
            assertFalse(fromTheWire.smtpUtf8(), "the client did not ask for it");
            mta.submit(Envelope.from("").to("b@x.example"), Content.of(MESSAGE));
            Envelope submitted = events.next(Accepted.class).envelope();
            assertTrue(submitted.eightBit());
            assertTrue(submitted.smtpUtf8());
        }
    }

    @Test
    void filter_seesTheEditsOfThoseBeforeIt() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        Filter reader =
                new Filter() {
                    @Override
                    public Verdict message(TransactionView tx, Content content) {
                        try (InputStream in = content.open()) {
                            seen.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        return Verdict.next();
                    }
                };
        try (Mta mta =
                builder()
                        .filter(editing(HeaderEdits.remove("Subject").andPrepend("X-One", "1")))
                        .filter(reader)
                        .start()) {
            mta.submit(Envelope.from("").to("b@x.example"), Content.of(MESSAGE));
            assertEquals(List.of("X-One: 1\r\nX-Old: 1\r\n\r\nhello\r\n"), seen);
        }
    }

    @Test
    void accept_endsThePhaseAndNotTheNext() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        Filter second =
                new Filter() {
                    @Override
                    public Verdict mail(TransactionView tx) {
                        asked.add("mail");
                        return Verdict.next();
                    }

                    @Override
                    public Verdict recipient(TransactionView tx, Recipient to) {
                        asked.add("recipient");
                        return Verdict.next();
                    }
                };
        try (Mta mta =
                builder()
                        .filter(new OneSaying(Phase.MAIL, Verdict::accept))
                        .filter(second)
                        .start()) {
            mta.submit(Envelope.from("").to("b@x.example"), Content.of(MESSAGE));
            assertEquals(List.of("recipient"), asked);
        }
    }

    @Test
    void state_ofAFilter_isOfOneTransaction() throws Exception {
        FilterState<List<String>> state = FilterState.of(ArrayList::new);
        List<String> seen = new CopyOnWriteArrayList<>();
        Filter counting =
                new Filter() {
                    @Override
                    public Verdict recipient(TransactionView tx, Recipient to) {
                        tx.state(state).add(to.toString());
                        return Verdict.next();
                    }

                    @Override
                    public Verdict message(TransactionView tx, Content content) {
                        seen.add(String.join(",", tx.state(state)));
                        return Verdict.next();
                    }
                };
        try (Mta mta = builder().filter(counting).start();
                SmtpTalk talk = SmtpTalk.ready(mta)) {
            talk.message("a@y.example", "b@x.example", MESSAGE);
            talk.message("a@y.example", "c@x.example", MESSAGE);
            mta.submit(Envelope.from("").to("d@x.example", "e@x.example"), Content.of(MESSAGE));
            assertEquals(List.of("b@x.example", "c@x.example", "d@x.example,e@x.example"), seen);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "MAIL,    reject,     550",
        "MAIL,    defer,      450",
        "MAIL,    disconnect, 554",
        "RCPT,    reject,     550",
        "RCPT,    defer,      450",
        "RCPT,    disconnect, 554",
        "MESSAGE, reject,     550",
        "MESSAGE, defer,      450",
        "MESSAGE, disconnect, 554",
    })
    void submission_refusedByAFilter_saysWhy(Phase phase, String verdict, int code) {
        try (Mta mta = builder().filter(new OneSaying(phase, () -> verdict(verdict))).start()) {
            SubmissionRefusedException refused =
                    assertThrows(
                            SubmissionRefusedException.class,
                            () ->
                                    mta.submit(
                                            Envelope.from("").to("b@x.example"),
                                            Content.of(MESSAGE)));
            assertEquals(code, refused.reply().code());
            assertEquals(0, mta.queueSize());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"MAIL", "RCPT", "MESSAGE"})
    void submission_discardedByAFilter_endsAsDiscarded_I2(Phase phase) throws Exception {
        try (Mta mta = builder().filter(new OneSaying(phase, Verdict::discard)).start()) {
            Submission sent = mta.submit(Envelope.from("").to("b@x.example"), Content.of(MESSAGE));
            assertEquals(
                    Outcome.Status.DISCARDED,
                    sent.outcome("b@x.example").get(30, TimeUnit.SECONDS).status());
            assertEquals(0, mta.queueSize());
        }
    }
}
