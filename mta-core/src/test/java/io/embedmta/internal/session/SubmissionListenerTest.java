package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.auth.Users;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.message.Content;
import io.embedmta.message.HeaderEdits;
import io.embedmta.testing.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener for submissions (RFC 6409). */
class SubmissionListenerTest {
    private static final Users USERS =
            Users.of().withIterations(4096).with("ann", "pencil", "ann@a.example", "@b.example");
    private static final String AUTH =
            "AUTH PLAIN "
                    + Base64.getEncoder()
                            .encodeToString("\0ann\0pencil".getBytes(StandardCharsets.UTF_8));

    private final RecordingQueue queue = new RecordingQueue();
    private final ManualClock clock = ManualClock.at(Instant.parse("2026-11-24T12:00:00Z"));

    private Mta start(Filter... filters) {
        var builder = Servers.builder(queue).clock(clock);
        for (Filter filter : filters) {
            builder.filter(filter);
        }
        return builder.listener(
                        Servers.listener().authenticate(USERS).allowAuthWithoutTls().submission())
                .start();
    }

    private static SmtpDialogue authenticated(Mta mta) throws IOException {
        return SmtpDialogue.greeted(mta).say(AUTH).expect("235 ");
    }

    private String submit(String header, Filter... filters) throws IOException {
        try (Mta mta = start(filters);
                SmtpDialogue client = authenticated(mta)) {
            client.say("MAIL FROM:<ann@a.example>")
                    .expect("250 ")
                    .say("RCPT TO:<x@elsewhere.example>")
                    .expect("250 ")
                    .say("DATA")
                    .expect("354 ")
                    .send(header + "\r\nbody\r\n.\r\n")
                    .expect("250 ");
        }
        String traced = queue.only().traced();
        // The trace field holds a date, too.
        return traced.substring(traced.indexOf("+0000\r\n") + 7);
    }

    private String messageId() {
        return "Message-ID: <" + queue.only().id().text() + "@mx.ours.example>\r\n";
    }

    @Test
    void mail_beforeAuth_is530() throws IOException {
        try (Mta mta = start();
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("MAIL FROM:<ann@a.example>")
                    .expect("530 5.7.0")
                    .say("RCPT TO:<bob@ours.example>")
                    .expect("503 5.5.1")
                    .say(AUTH)
                    .expect("235 ")
                    .say("MAIL FROM:<ann@a.example>")
                    .expect("250 ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ann@a.example, 250",
        "Ann@A.example, 250",
        "any@b.example, 250",
        "'', 250",
        "bob@a.example, 550 5.7.1",
        "ann@ours.example, 550 5.7.1"
    })
    void mail_ofSender_isTakenIfTheUsers(String sender, String reply) throws IOException {
        try (Mta mta = start();
                SmtpDialogue client = authenticated(mta)) {
            client.say("MAIL FROM:<" + sender + ">").expect(reply);
        }
    }

    @Test
    void mail_onAnotherListener_isOfAnySender() throws IOException {
        try (Mta mta =
                        Servers.builder(queue)
                                .listener(
                                        Servers.listener()
                                                .authenticate(USERS)
                                                .allowAuthWithoutTls())
                                .start();
                SmtpDialogue client = authenticated(mta)) {
            client.say("MAIL FROM:<bob@a.example>")
                    .expect("250 ")
                    .say("RCPT TO:<x@elsewhere.example>")
                    .expect("250 ")
                    .send("DATA\r\nSubject: a\r\n\r\nb\r\n.\r\n")
                    .expect("354 ")
                    .expect("250 ");
        }
        assertFalse(queue.only().traced().contains("Message-ID"));
    }

    @Test
    void message_withoutDateAndId_getsThem_I7() throws IOException {
        String message = submit("Subject: a\r\n");
        assertEquals(
                "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
                        + messageId()
                        + "Subject: a\r\n\r\nbody\r\n",
                message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Date: x\r\nMessage-ID: <y@z>\r\n",
                "DATE : x\r\nmessage-id\t: <y@z>\r\n",
                "Subject: a\r\n folded\r\nMessage-Id:\r\n <y@z>\r\ndate: x\r\n"
            })
    void message_withBoth_isLeftAlone_I7(String header) throws IOException {
        assertEquals(header + "\r\nbody\r\n", submit(header));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Resent-Date: x\r\nX-Message-ID: y\r\n",
                "Subject: Date: x\r\n Message-ID: y\r\n",
                "Dates: x\r\nDat: e\r\nMessage-IDs: y\r\n",
                "Subject: a\r\n\r\nDate: x\r\nMessage-ID: y\r\n"
            })
    void message_withOthersOfThatLook_getsThem(String header) throws IOException {
        String message = submit(header);
        assertTrue(message.startsWith("Date: Tue, 24 Nov 2026"), message);
        assertTrue(message.contains("\r\n" + messageId()), message);
    }

    /** What filters add or take out counts like the rest. */
    @Test
    void message_afterFilters_hasOneOfEach() throws IOException {
        Filter filter =
                new Filter() {
                    @Override
                    public Verdict message(TransactionView tx, Content content) {
                        return Verdict.next(
                                HeaderEdits.prepend("Date", "filter").andRemove("Message-ID"));
                    }
                };
        try (Mta mta = start(filter);
                SmtpDialogue client = authenticated(mta)) {
            client.say("MAIL FROM:<ann@a.example>")
                    .expect("250 ")
                    .say("RCPT TO:<x@elsewhere.example>")
                    .expect("250 ")
                    .send("DATA\r\nMessage-ID: <old@x>\r\n\r\nbody\r\n.\r\n")
                    .expect("354 ")
                    .expect("250 ");
        }
        String message = queue.only().traced();
        assertEquals(2, message.split("\r?\n?Date: ", -1).length, message);
        assertEquals(2, message.split("Message-ID: ", -1).length, message);
        assertTrue(message.contains(messageId()), message);
    }

    @Test
    void start_withoutUsers_saysWhatToDo() {
        IllegalStateException refused =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                Servers.builder(queue)
                                        .listener(Servers.listener().submission())
                                        .start());
        assertTrue(refused.toString().contains("authenticate"), refused.toString());
    }
}
