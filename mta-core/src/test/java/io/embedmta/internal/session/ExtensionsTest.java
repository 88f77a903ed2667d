package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import io.embedmta.message.Notify;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The extensions that EHLO offers, over real sockets. */
class ExtensionsTest {
    private final RecordingQueue queue = new RecordingQueue();
    private final Mta mta = Servers.start(queue, limits -> limits.withMessageSize(70_000));

    @AfterEach
    void close() {
        mta.close();
        assertEquals(0, queue.open());
    }

    @Test
    void ehlo_listsExtensions() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.connect(mta)) {
            String reply = client.expect("220 mx.ours.example ESMTP").say("EHLO c.example").reply();
            for (String keyword :
                    new String[] {
                        "PIPELINING",
                        "SIZE 70000",
                        "8BITMIME",
                        "ENHANCEDSTATUSCODES",
                        "CHUNKING",
                        "SMTPUTF8",
                        "DSN"
                    }) {
                assertTrue(
                        reply.contains("\n250-" + keyword) || reply.contains("\n250 " + keyword),
                        reply);
            }
        }
    }

    @Test
    void pipelining_ofWholeTransaction_isAnsweredInOneSegment() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.send(
                    "MAIL FROM:<>\r\nRCPT TO:<bob@ours.example>\r\nRCPT TO:<x@y.example>\r\nDATA\r\n");
            byte[] replies = new byte[4096];
            int got = client.socket().getInputStream().read(replies);
            String said = new String(replies, 0, got, StandardCharsets.US_ASCII);
            assertTrue(said.matches("(?s)250 2.1.0.*250 2.1.5.*550 5.7.1.*354 .*\r\n"), said);
            client.send("a\r\n.\r\nNOOP\r\nQUIT\r\n")
                    .expect("250 2.0.0 Queued")
                    .expect("250 2.0.0")
                    .expect("221 2.0.0")
                    .expectClosed();
        }
        assertEquals("a\r\n", queue.only().text());
    }

    @Test
    void size_isEnforcedWhileDataStreams() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.say("DATA").expect("354 ");
            for (int i = 0; i < 1000; i++) {
                client.say("x".repeat(98));
            }
            client.say(".").expect("552 5.3.4").say("MAIL FROM:<>").expect("250 2.1.0");
        }
        assertEquals(0, queue.messages().size());
    }

    @Test
    void size_ofExactlyTheLimit_isTaken() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.say("DATA").expect("354 ");
            for (int i = 0; i < 700; i++) {
                client.say("x".repeat(98));
            }
            client.say(".").expect("250 2.0.0");
        }
        assertEquals(70_000, queue.only().content().size());
    }

    @Test
    void chunking_joinsChunks() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("BDAT 6\r\na\r\n.\r\nBDAT 3\r\n..\rBDAT 3 LAST\r\n\nb\n")
                    .expect("250 2.0.0 6 octets")
                    .expect("250 2.0.0 3 octets")
                    .expect("550 5.5.2");
        }
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("BDAT 6\r\na\r\n.\r\nBDAT 3\r\n..\rBDAT 1\r\n\nBDAT 0 LAST\r\n")
                    .expect("250 2.0.0 6 octets")
                    .expect("250 2.0.0 3 octets")
                    .expect("250 2.0.0 1 octets")
                    .expect("250 2.0.0 Queued");
        }
        assertEquals("a\r\n.\r\n..\r\n", queue.only().text());
    }

    @Test
    void chunking_whenConnectionIsLostInChunk_storesNothing() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("BDAT 10 LAST\r\nabc").shutOutput().expectClosed();
        }
        assertEquals(0, queue.messages().size());
    }

    @Test
    void chunking_outOfOrder_consumesOctets() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.send("BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")
                    .expect("503 5.5.1")
                    .expect("250 2.0.0")
                    .send("MAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")
                    .expect("250 2.1.0")
                    .expect("554 5.5.1")
                    .expect("250 2.0.0");
        }
    }

    @Test
    void chunking_afterChunkThatFailed_goesOnFailingTheSameWay() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("BDAT 70001\r\n" + "x".repeat(70001))
                    .expect("552 5.3.4")
                    .send("BDAT 5\r\nhelloBDAT 6 LAST\r\nQUIT\r\nMAIL FROM:<>\r\n")
                    .expect("552 5.3.4")
                    .expect("552 5.3.4")
                    .expect("250 2.1.0");
        }
        assertEquals(0, queue.messages().size());
    }

    @Test
    void chunking_reset_dropsChunks() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.send("BDAT 5\r\nhelloRSET\r\nBDAT 0 LAST\r\n")
                    .expect("250 2.0.0 5")
                    .expect("250 2.0.0")
                    .expect("503 5.5.1");
        }
        assertEquals(0, queue.messages().size());
    }

    @Test
    void smtpUtf8_isNeededForAddressBeyondAscii() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("MAIL FROM:<\u00fc@client.example>")
                    .expect("553 5.6.7")
                    .say("MAIL FROM:<ann@client.example>")
                    .expect("250 2.1.0")
                    .say("RCPT TO:<\u00fc@ours.example>")
                    .expect("553 5.6.7");
        }
    }

    @Test
    void smtpUtf8_comparesDomainsInALabels() throws IOException {
        RecordingQueue taken = new RecordingQueue();
        try (Mta umlaut =
                        Servers.builder(taken)
                                .store("b\u00fccher.example", mail -> {})
                                .listener(Servers.listener())
                                .start();
                SmtpDialogue client = SmtpDialogue.greeted(umlaut)) {
            client.say("MAIL FROM:<\u00fc@client.example> SMTPUTF8 BODY=8BITMIME")
                    .expect("250 2.1.0")
                    .say("RCPT TO:<\u00fc@B\u00dcCHER.example>")
                    .expect("250 2.1.5")
                    .say("RCPT TO:<\u00fc@xn--bcher-kva.example>")
                    .expect("250 2.1.5")
                    .say("DATA")
                    .expect("354 ")
                    .send("Subject: \u00fc\r\n\r\n.\r\n")
                    .expect("250 2.0.0");
        }
        Envelope envelope = taken.only().mail().envelope();
        assertTrue(envelope.smtpUtf8());
        assertEquals(1, envelope.recipients().size());
        assertTrue(taken.only().traced().contains(" with UTF8SMTP id "));
    }

    @Test
    void eightBit_isTakenByteForByte_I7() throws IOException {
        byte[] octets =
                "Subject: a\r\n\r\n\u00fc\u0001\u007f\u00ff\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.say("DATA").expect("354 ").send(octets).say(".").expect("250 2.0.0");
        }
        assertEquals(new String(octets, StandardCharsets.ISO_8859_1), queue.only().text());
        assertTrue(queue.only().mail().envelope().eightBit());
    }

    @Test
    void dsn_parametersAreKept() throws IOException {
        try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("MAIL FROM:<ann@client.example> RET=HDRS ENVID=id+2B7")
                    .expect("250 2.1.0")
                    .say(
                            "RCPT TO:<bob@ours.example> NOTIFY=success,failure ORCPT=rfc822;b+2Bo@x.example")
                    .expect("250 2.1.5")
                    .say("RCPT TO:<carl@ours.example> NOTIFY=NEVER")
                    .expect("250 2.1.5")
                    .send("DATA\r\n.\r\n")
                    .expect("354 ")
                    .expect("250 2.0.0");
        }
        Envelope envelope = queue.only().mail().envelope();
        assertEquals(Optional.of(DsnReturn.HDRS), envelope.dsnReturn());
        assertEquals(Optional.of("id+7"), envelope.envelopeId());
        assertEquals(
                Optional.of(Set.of(Notify.SUCCESS, Notify.FAILURE)),
                envelope.recipients().get(0).notifyParameter());
        assertEquals(
                "b+o@x.example", envelope.recipients().get(0).original().orElseThrow().address());
        assertEquals(Optional.of(Set.of()), envelope.recipients().get(1).notifyParameter());
        assertFalse(queue.only().traced().contains(" for "), "a blind copy was given away");
    }
}
