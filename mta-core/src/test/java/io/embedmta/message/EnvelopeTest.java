package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.smtp.SyntaxException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
    private static final Envelope PLAIN = Envelope.from("a@x.example").to("b@y.example");

    @Test
    void envelope_keepsSenderAndRecipientsInOrder() {
        Envelope envelope = PLAIN.to("c@z.example", "d@z.example");
        assertEquals("a@x.example", envelope.from().toString());
        assertEquals(
                List.of("b@y.example", "c@z.example", "d@z.example"),
                envelope.recipients().stream().map(Recipient::toString).toList());
        assertEquals("<a@x.example> to [b@y.example]", PLAIN.toString());
        assertEquals(1, PLAIN.recipients().size());
    }

    @Test
    void envelope_withChanges_differs() {
        assertEquals(PLAIN, Envelope.from("a@x.example").to("b@y.example"));
        assertEquals(PLAIN.hashCode(), Envelope.from("a@x.example").to("b@y.example").hashCode());
        for (Envelope other :
                List.of(
                        PLAIN.withEightBit(true),
                        PLAIN.withSmtpUtf8(true),
                        PLAIN.withReturn(DsnReturn.HDRS),
                        PLAIN.withEnvelopeId("id"),
                        PLAIN.withTlsRequest(TlsRequest.REQUIRED),
                        PLAIN.withTlsRequest(TlsRequest.WAIVED),
                        PLAIN.to("c@x"),
                        Envelope.from("").to("b@y.example"))) {
            assertNotEquals(PLAIN, other);
        }
    }

    @Test
    void changes_areKeptTogether() {
        Envelope all =
                PLAIN.withEightBit(true)
                        .withSmtpUtf8(true)
                        .withReturn(DsnReturn.FULL)
                        .withEnvelopeId("QQ 314")
                        .withRecipients(List.of(Recipient.of(MailAddress.of("z@z"))));
        assertTrue(all.eightBit());
        assertTrue(all.smtpUtf8());
        assertEquals(Optional.of(DsnReturn.FULL), all.dsnReturn());
        assertEquals(Optional.of("QQ 314"), all.envelopeId());
        assertEquals("z@z", all.recipients().get(0).toString());
    }

    /** The id goes into a DSN as it is (RFC 3461 §4.4), so it must stay on its line. */
    @ParameterizedTest
    @ValueSource(strings = {"", "a\r\nX-Evil: 1", "a\nb", "a\u0000", "a\tb", "\u00e9", "\u007f"})
    void envelopeId_notPrintableAscii_isRefused(String id) {
        assertThrows(SyntaxException.class, () -> PLAIN.withEnvelopeId(id));
    }

    @Test
    void envelopeId_hasAtMost100Characters() {
        assertTrue(PLAIN.withEnvelopeId("i".repeat(100)).envelopeId().isPresent());
        assertThrows(SyntaxException.class, () -> PLAIN.withEnvelopeId("i".repeat(101)));
    }

    @Test
    void recipients_cannotBeChanged() {
        assertThrows(UnsupportedOperationException.class, () -> PLAIN.recipients().clear());
    }

    @Test
    void address_malformed_isRefusedAtOnce() {
        assertThrows(SyntaxException.class, () -> Envelope.from("nobody"));
        assertThrows(SyntaxException.class, () -> PLAIN.to("c@z.example", "nobody"));
    }

    @Test
    void reversePath_mayBeNull() {
        ReversePath none = ReversePath.of("");
        assertTrue(none.isNull());
        assertEquals(ReversePath.NULL, none);
        assertEquals("", none.toString());
        assertEquals(Optional.empty(), none.address());
        assertEquals(ReversePath.NULL.hashCode(), none.hashCode());
    }

    @Test
    void reversePath_ofAPath_dropsItsSourceRoute() {
        ReversePath path = ReversePath.of("@r:a@x");
        assertFalse(path.isNull());
        assertEquals(ReversePath.of(MailAddress.of("a@x")), path);
        assertEquals(path, ReversePath.of(path.toString()));
        assertThrows(SyntaxException.class, () -> ReversePath.of(" "));
        assertThrows(SyntaxException.class, () -> ReversePath.of("<>"));
    }

    @Test
    void recipient_withoutNotify_hearsOfFailureAndDelay() {
        Recipient recipient = Recipient.of(MailAddress.of("b@y"));
        assertTrue(recipient.wants(Notify.FAILURE));
        assertTrue(recipient.wants(Notify.DELAY));
        assertFalse(recipient.wants(Notify.SUCCESS));
        assertEquals(Optional.empty(), recipient.notifyParameter());
    }

    @Test
    void recipient_withNotify_hearsOfThatAlone() {
        Set<Notify> wanted = EnumSet.of(Notify.SUCCESS);
        Recipient recipient = Recipient.of(MailAddress.of("b@y")).withNotify(wanted);
        wanted.add(Notify.DELAY);
        assertTrue(recipient.wants(Notify.SUCCESS));
        assertFalse(recipient.wants(Notify.FAILURE));
        assertFalse(recipient.wants(Notify.DELAY));
        Recipient never = recipient.withNotify(Set.of());
        assertEquals(Optional.of(Set.of()), never.notifyParameter());
        assertFalse(never.wants(Notify.FAILURE));
        assertNotEquals(never, Recipient.of(MailAddress.of("b@y")));
    }

    @Test
    void recipient_underAnotherAddress_keepsItsWishes() {
        OriginalRecipient original = OriginalRecipient.of(MailAddress.of("b@y"));
        Recipient alias =
                Recipient.of(MailAddress.of("b@y"))
                        .withNotify(Set.of(Notify.DELAY))
                        .withOriginal(original)
                        .withAddress(MailAddress.of("c@z"));
        assertEquals("c@z", alias.toString());
        assertEquals(Optional.of(original), alias.original());
        assertTrue(alias.wants(Notify.DELAY));
    }
}
