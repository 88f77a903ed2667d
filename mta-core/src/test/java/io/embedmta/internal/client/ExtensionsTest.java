package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Notify;
import io.embedmta.message.OriginalRecipient;
import io.embedmta.message.Recipient;
import io.embedmta.message.ReversePath;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which parameters go to which server, and what cannot go there at all. */
class ExtensionsTest extends ClientTest {
    private static final String[] ALL = {
        "SIZE 1000000", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"
    };

    private static final Envelope DSN =
            Envelope.from("a@x.example")
                    .withReturn(DsnReturn.HDRS)
                    .withEnvelopeId("id 1+1=2")
                    .to(
                            Recipient.of(MailAddress.of("b@y.example"))
                                    .withNotify(Set.of(Notify.FAILURE, Notify.SUCCESS))
                                    .withOriginal(
                                            new OriginalRecipient("rfc822", "old+b@z.example")))
                    .to(Recipient.of(MailAddress.of("c@y.example")).withNotify(Set.of()));

    private Transmission sent = new Transmission.Answered(Map.of());

    /** The MAIL and RCPT commands that a server with these extensions gets. */
    private List<String> commands(Envelope envelope, String... extensions) throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.greet(extensions);
                            peer.answer("MAIL", "250 ok");
                            for (int i = 0; i < envelope.recipients().size(); i++) {
                                peer.answer("RCPT", "250 ok");
                            }
                            peer.answer("DATA", "354 go on");
                            peer.data();
                            peer.say("250 taken");
                        })) {
            sent = send(server, envelope);
            return List.copyOf(server.commands().subList(1, 2 + envelope.recipients().size()));
        }
    }

    /** What comes of a message that a server with these extensions cannot take. */
    private String refused(Envelope envelope, String... extensions) throws IOException {
        try (ScriptedServer server = ScriptedServer.playing(peer -> peer.greet(extensions))) {
            sent = send(server, envelope);
            clock.advance(settings.idleKeep());
            client.reap();
            assertEquals(List.of("EHLO client.test", "QUIT"), server.commands());
            assertEquals(envelope.recipients().size(), answered(sent).size());
            String recipient = envelope.recipients().get(0).address().toString();
            assertEquals("", result(sent, recipient).remoteMta());
            return brief(sent, recipient);
        }
    }

    @Test
    void size_isToldWhereOffered() throws IOException {
        assertEquals(
                List.of("MAIL FROM:<a@x.example> SIZE=" + MESSAGE.size(), "RCPT TO:<b@y.example>"),
                commands(to("b@y.example"), "SIZE"));
    }

    /** The parameter may have 500 octets; another server would refuse the recipient for more. */
    @ParameterizedTest
    @CsvSource({"487, true", "488, false", "5000, false"})
    void orcpt_longerThanServersTake_isLeftOut_butNotNotify(int length, boolean passedOn)
            throws IOException {
        Recipient recipient =
                Recipient.of(MailAddress.of("b@y.example"))
                        .withNotify(Set.of(Notify.FAILURE))
                        .withOriginal(new OriginalRecipient("rfc822", "x".repeat(length)));
        String rcpt = "RCPT TO:<b@y.example> NOTIFY=FAILURE";
        String orcpt = " ORCPT=rfc822;" + "x".repeat(length);
        assertEquals(
                List.of("MAIL FROM:<a@x.example>", passedOn ? rcpt + orcpt : rcpt),
                commands(Envelope.from("a@x.example").to(recipient), "DSN"));
    }

    @Test
    void nullSender_isWrittenAsSuch() throws IOException {
        assertEquals(
                "MAIL FROM:<>", commands(Envelope.from(ReversePath.NULL).to("b@y.example")).get(0));
    }

    @Test
    void message_largerThanTheLimit_failsUnsent() throws IOException {
        String brief = refused(to("b@y.example", "c@y.example"), "SIZE 5");
        assertTrue(brief.startsWith("Failed 552 5.3.4 the message has 25 octets"), brief);
        commands(to("b@y.example"), "SIZE " + MESSAGE.size());
    }

    @Test
    void eightBit_isToldWhereOffered_andFailsUnsentElsewhere() throws IOException {
        Envelope envelope = to("b@y.example").withEightBit(true);
        assertEquals(
                "MAIL FROM:<a@x.example> BODY=8BITMIME", commands(envelope, "8bitmime").get(0));
        String brief = refused(envelope, "SIZE");
        assertTrue(brief.startsWith("Failed 554 5.6.3"), brief);
    }

    @Test
    void smtpUtf8_isToldWhereOffered_andFailsUnsentElsewhere() throws IOException {
        Envelope envelope = to("b@y.example").withSmtpUtf8(true).withEightBit(true);
        assertEquals(
                "MAIL FROM:<a@x.example> BODY=8BITMIME SMTPUTF8",
                commands(envelope, "8BITMIME", "SMTPUTF8").get(0));
        String brief = refused(envelope, "8BITMIME");
        assertTrue(brief.startsWith("Failed 550 5.6.7"), brief);
    }

    @Test
    void sender_thatIsNotAscii_needsSmtpUtf8() throws IOException {
        Envelope envelope = Envelope.from("j\u00fcrgen@x.example").to("b@y.example");
        assertEquals(
                "MAIL FROM:<j\u00fcrgen@x.example> BODY=8BITMIME SMTPUTF8",
                commands(envelope, "8BITMIME", "SMTPUTF8").get(0));
        assertTrue(refused(envelope).startsWith("Failed 550 5.6.7"));
    }

    @Test
    void recipient_thatIsNotAscii_failsAloneWhereItCannotBeNamed() throws IOException {
        Envelope envelope = to("b@y.example", "j\u00fcrgen@y.example");
        assertEquals(
                List.of(
                        "MAIL FROM:<a@x.example> BODY=8BITMIME SMTPUTF8",
                        "RCPT TO:<b@y.example>",
                        "RCPT TO:<j\u00fcrgen@y.example>"),
                commands(envelope, "8BITMIME", "SMTPUTF8"));
        try (ScriptedServer server =
                ScriptedServer.playing(
                        peer -> {
                            peer.greet();
                            peer.takeMessage();
                        })) {
            sent = send(server, envelope);
            assertEquals("Relayed 250 2.0.0 taken", brief(sent, "b@y.example"));
            assertTrue(brief(sent, "j\u00fcrgen@y.example").startsWith("Failed 550 5.6.7"));
        }
    }

    @Test
    void dsnParameters_areHandedOnWhereOffered() throws IOException {
        assertEquals(
                List.of(
                        "MAIL FROM:<a@x.example> RET=HDRS ENVID=id+201+2B1+3D2",
                        "RCPT TO:<b@y.example> NOTIFY=SUCCESS,FAILURE"
                                + " ORCPT=rfc822;old+2Bb@z.example",
                        "RCPT TO:<c@y.example> NOTIFY=NEVER"),
                commands(DSN, "DSN"));
        assertTrue(
                assertInstanceOf(DeliveryResult.Relayed.class, result(sent, "b@y.example"))
                        .dsnHandedOn());
    }

    @Test
    void dsnParameters_areLeftOutElsewhere_andTheDutyStaysHere() throws IOException {
        assertEquals(
                List.of(
                        "MAIL FROM:<a@x.example>",
                        "RCPT TO:<b@y.example>",
                        "RCPT TO:<c@y.example>"),
                commands(DSN));
        assertTrue(
                !assertInstanceOf(DeliveryResult.Relayed.class, result(sent, "b@y.example"))
                        .dsnHandedOn());
    }

    @Test
    void everything_together() throws IOException {
        Envelope envelope = DSN.withEightBit(true).withSmtpUtf8(true);
        assertEquals(
                "MAIL FROM:<a@x.example> SIZE=25 BODY=8BITMIME SMTPUTF8 RET=HDRS"
                        + " ENVID=id+201+2B1+3D2",
                commands(envelope, ALL).get(0));
    }
}
