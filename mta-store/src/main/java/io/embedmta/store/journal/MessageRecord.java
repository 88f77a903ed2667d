package io.embedmta.store.journal;

import io.embedmta.message.Destination;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.HeaderField;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.message.Notify;
import io.embedmta.message.OriginalRecipient;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.message.ReversePath;
import io.embedmta.message.TlsRequest;
import io.embedmta.queue.NewMail;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that is known of a message when it is accepted, but for its content.
 *
 * @param number the message's own in this spool; never used again
 * @param content where its octets are
 */
record MessageRecord(long number, QueueId id, NewMail mail, ContentPlace content) {
    private static final int EIGHT_BIT = 1;
    private static final int SMTP_UTF8 = 2;
    private static final int RETURN_FULL = 4;
    private static final int RETURN_HEADERS = 8;
    private static final int TLS_REQUIRED = 16;
    private static final int TLS_WAIVED = 32;

    private static final int NOTIFY_GIVEN = 8;

    /** What a recipient takes beside its address, with a last reply of the usual length. */
    private static final int STATE_OCTETS = 200;

    /** The same message with its content in another place. */
    MessageRecord withContent(ContentPlace other) {
        return new MessageRecord(number, id, mail, other);
    }

    /**
     * About what the message takes in the journal with what its recipients come to, and rather more
     * than less: compaction that hoped for too much would never end.
     */
    int octetsInJournal() {
        Envelope envelope = mail.envelope();
        long octets = Frame.HEADER + 100L + envelope.from().toString().length();
        for (Recipient recipient : envelope.recipients()) {
            MailAddress address = recipient.address();
            octets += STATE_OCTETS + address.localPart().length() + address.domain().length();
        }
        for (HeaderField field : mail.edits().prepended()) {
            octets += field.name().length() + field.value().length();
        }
        octets += content.isInline() ? content.length() : 0;
        return (int) Math.min(octets, Integer.MAX_VALUE);
    }

    void writeTo(RecordOutput out) {
        Envelope envelope = mail.envelope();
        out.int64(number);
        content.writeTo(out);
        out.text(id.text());
        out.instant(mail.arrival());
        out.text(envelope.from().toString());
        out.octet(flags(envelope));
        out.text(envelope.envelopeId().orElse(""));
        writeRecipients(out);
        writeEdits(out);
    }

    private static int flags(Envelope envelope) {
        int ret =
                envelope.dsnReturn()
                        .map(wanted -> wanted == DsnReturn.FULL ? RETURN_FULL : RETURN_HEADERS)
                        .orElse(0);
        int tls =
                switch (envelope.tlsRequest()) {
                    case DEFAULT -> 0;
                    case REQUIRED -> TLS_REQUIRED;
                    case WAIVED -> TLS_WAIVED;
                };
        return (envelope.eightBit() ? EIGHT_BIT : 0)
                | (envelope.smtpUtf8() ? SMTP_UTF8 : 0)
                | ret
                | tls;
    }

    /** Each destination once, and for each recipient the number of its destination. */
    private void writeRecipients(RecordOutput out) {
        Map<Destination, Integer> destinations = new LinkedHashMap<>();
        mail.destinations().forEach(line -> destinations.putIfAbsent(line, destinations.size()));
        out.int32(destinations.size());
        destinations.keySet().forEach(line -> out.text(line.name()));
        List<Recipient> recipients = mail.envelope().recipients();
        out.int32(recipients.size());
        for (int i = 0; i < recipients.size(); i++) {
            out.int32(destinations.getOrDefault(mail.destinations().get(i), 0));
            writeRecipient(out, recipients.get(i));
        }
    }

    private static void writeRecipient(RecordOutput out, Recipient recipient) {
        out.text(recipient.address().localPart());
        out.text(recipient.address().domain());
        out.octet(recipient.notifyParameter().map(MessageRecord::bits).orElse(0));
        Optional<OriginalRecipient> original = recipient.original();
        out.flag(original.isPresent());
        original.ifPresent(
                address -> {
                    out.text(address.type());
                    out.text(address.address());
                });
    }

    private static int bits(Set<Notify> wanted) {
        int bits = NOTIFY_GIVEN;
        for (Notify condition : wanted) {
            bits |= bit(condition);
        }
        return bits;
    }

    private static int bit(Notify condition) {
        return switch (condition) {
            case SUCCESS -> 1;
            case FAILURE -> 2;
            case DELAY -> 4;
        };
    }

    private void writeEdits(RecordOutput out) {
        out.int32(mail.edits().prepended().size());
        for (HeaderField field : mail.edits().prepended()) {
            out.text(field.name());
            out.text(field.value());
        }
        out.int32(mail.edits().removed().size());
        mail.edits().removed().forEach(out::text);
    }

    /**
     * @throws IOException if the record does not make sense, though its checksum was right
     */
    static MessageRecord read(RecordInput in) throws IOException {
        try {
            long number = in.int64();
            ContentPlace content = ContentPlace.read(in);
            QueueId id = new QueueId(in.text());
            var arrival = in.instant();
            Envelope envelope = readEnvelope(in);
            List<Destination> lines = new ArrayList<>();
            envelope = envelope.withRecipients(readRecipients(in, lines));
            return new MessageRecord(
                    number, id, new NewMail(envelope, lines, readEdits(in), arrival), content);
        } catch (IllegalArgumentException e) {
            throw new IOException("A record holds an impossible value.", e);
        }
    }

    private static Envelope readEnvelope(RecordInput in) throws IOException {
        Envelope envelope = Envelope.from(ReversePath.of(in.text()));
        int flags = in.octet();
        envelope =
                envelope.withEightBit((flags & EIGHT_BIT) != 0)
                        .withSmtpUtf8((flags & SMTP_UTF8) != 0);
        if ((flags & TLS_REQUIRED) != 0) {
            envelope = envelope.withTlsRequest(TlsRequest.REQUIRED);
        } else if ((flags & TLS_WAIVED) != 0) {
            envelope = envelope.withTlsRequest(TlsRequest.WAIVED);
        }
        if ((flags & (RETURN_FULL | RETURN_HEADERS)) != 0) {
            envelope =
                    envelope.withReturn(
                            (flags & RETURN_FULL) != 0 ? DsnReturn.FULL : DsnReturn.HDRS);
        }
        String envelopeId = in.text();
        return envelopeId.isEmpty() ? envelope : envelope.withEnvelopeId(envelopeId);
    }

    private static List<Recipient> readRecipients(RecordInput in, List<Destination> lines)
            throws IOException {
        List<Destination> destinations = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
            destinations.add(new Destination(in.text()));
        }
        List<Recipient> recipients = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
            int line = in.int32();
            if (line < 0 || line >= destinations.size()) {
                throw new IOException("A record names a destination that it does not hold.");
            }
            lines.add(destinations.get(line));
            recipients.add(readRecipient(in));
        }
        return recipients;
    }

    private static Recipient readRecipient(RecordInput in) throws IOException {
        MailAddress address = MailAddress.of(in.text(), MailDomain.of(in.text()));
        Recipient recipient = Recipient.of(address);
        int bits = in.octet();
        if (bits != 0) {
            Set<Notify> wanted = EnumSet.noneOf(Notify.class);
            for (Notify condition : Notify.values()) {
                if ((bits & bit(condition)) != 0) {
                    wanted.add(condition);
                }
            }
            recipient = recipient.withNotify(wanted);
        }
        return in.flag()
                ? recipient.withOriginal(new OriginalRecipient(in.text(), in.text()))
                : recipient;
    }

    private static HeaderEdits readEdits(RecordInput in) throws IOException {
        List<HeaderField> prepended = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
            prepended.add(new HeaderField(in.text(), in.text()));
        }
        Set<String> removed = new LinkedHashSet<>();
        for (int i = in.count(); i > 0; i--) {
            removed.add(in.text());
        }
        return new HeaderEdits(prepended, removed);
    }
}
