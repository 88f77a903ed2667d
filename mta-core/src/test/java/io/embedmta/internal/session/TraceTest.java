package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The trace field (RFC 5321 §4.4), the loop limit (§6.3), and the closed relay. */
class TraceTest {
    private static final String DATE =
            "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [+-][0-9]{4}";

    private final RecordingQueue queue = new RecordingQueue();
    private final Mta mta = Servers.builder(queue).maxHops(3).listener(Servers.listener()).start();

    @AfterEach
    void close() {
        mta.close();
    }

    @Test
    void received_ofSingleRecipient_namesAllParts() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("DATA\r\nSubject: a\r\n\r\nb\r\n.\r\n").expect("354 ").expect("250 ");
        }
        String message = queue.only().traced();
        assertTrue(
                message.matches(
                        "(?s)Received: from client\\.example \\(\\[127\\.0\\.0\\.1\\]\\)\r\n"
                                + "\tby mx\\.ours\\.example with ESMTP id "
                                + queue.only().id().text()
                                + "\r\n\tfor <bob@ours\\.example>;\r\n\t"
                                + DATE
                                + "\r\nSubject: a\r\n\r\nb\r\n"),
                message);
    }

    @Test
    void received_ofSeveralRecipients_hasNoForClause() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.say("RCPT TO:<carl@ours.example>")
                    .expect("250 ")
                    .send("DATA\r\n.\r\n")
                    .expect("354 ")
                    .expect("250 ");
        }
        assertTrue(queue.only().traced().matches("(?s)Received: .*; ?\r\n\t" + DATE + "\r\n"));
        assertEquals(-1, queue.only().traced().indexOf("bob"));
    }

    @Test
    void received_afterHelo_saysSmtp() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.connect(mta).expect("220 ")) {
            client.say("HELO (evil);<name>")
                    .expect("250 mx.ours.example")
                    .say("MAIL FROM:<>")
                    .expect("250 ")
                    .say("RCPT TO:<bob@ours.example>")
                    .expect("250 ")
                    .send("DATA\r\n.\r\n")
                    .expect("354 ")
                    .expect("250 ");
        }
        String message = queue.only().traced();
        assertTrue(message.contains(" with SMTP id "), message);
        assertTrue(message.startsWith("Received: from ?evil???name? ("), message);
    }

    @Test
    void received_beyondLimit_isALoop_I4() throws IOException {
        String hop = "Received: from a by b; Tue, 24 Nov 2026 12:00:00 +0000\r\n";
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("DATA\r\n" + hop.repeat(4) + "\r\n.\r\n")
                    .expect("354 ")
                    .expect("554 5.4.6");
        }
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("DATA\r\n" + hop.repeat(3) + "\r\n" + hop + "\r\n.\r\n")
                    .expect("354 ")
                    .expect("250 2.0.0");
        }
        assertEquals(1, queue.messages().size());
    }

    @Test
    void relay_isClosedUnlessRuleSaysSo_I6() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("MAIL FROM:<bob@ours.example>")
                    .expect("250 ")
                    .say("RCPT TO:<eve@theirs.example>")
                    .expect("550 5.7.1");
        }
        try (Mta open =
                        Servers.builder(queue)
                                .listener(Servers.listener().relayFrom("127.0.0.0/8"))
                                .start();
                SmtpDialogue client = SmtpDialogue.greeted(open)) {
            client.say("MAIL FROM:<bob@ours.example>")
                    .expect("250 ")
                    .say("RCPT TO:<eve@theirs.example>")
                    .expect("250 2.1.5");
        }
    }

    @Test
    void recipient_givenTwice_getsOneCopy() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.say("RCPT TO:<bob@OURS.example>")
                    .expect("250 2.1.5")
                    .send("DATA\r\n.\r\n")
                    .expect("354 ")
                    .expect("250 ");
        }
        assertEquals(1, queue.only().mail().envelope().recipients().size());
    }
}
