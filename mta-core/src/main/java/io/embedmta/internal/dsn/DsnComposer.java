package io.embedmta.internal.dsn;

import io.embedmta.internal.dsn.ReturnedMessage.Extent;
import io.embedmta.internal.wire.Characters;
import io.embedmta.internal.wire.MailDate;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailDomain;
import io.embedmta.message.Recipient;
import io.embedmta.message.ReversePath;
import io.embedmta.message.TlsRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Turns a report into a delivery status notification: a multipart/report of an explanation for
 * people, fields for machines, and the message or its header section (RFC 3461 §6, RFC 6522).
 * Thread-safe if its source of randomness is.
 */
public final class DsnComposer {
    private final RandomGenerator random;

    /**
     * @param random for boundaries and message ids; best one whose numbers cannot be guessed, so
     *     that nobody can write a message that holds the boundary of its own bounce
     */
    public DsnComposer(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Composes the DSN. Reads no more of the original than its header section; the rest is read
     * when the DSN is written.
     *
     * @throws UnreadableMessageException if the original cannot be read; to be tried again later,
     *     or without it
     */
    public Dsn compose(DsnReport report) throws IOException {
        HeaderSection original = HeaderSection.of(report.content());
        ReturnedMessage returned = new ReturnedMessage(report, original);
        String status = StatusFields.of(report);
        boolean globalStatus = !Characters.isAscii(status);
        String boundary = "=_dsn_" + token() + token();

        StringBuilder out = new StringBuilder(4096);
        header(out, report, original, boundary);
        explanation(out, Explanation.of(report, original, returned.extent()), boundary);
        part(
                out,
                boundary,
                "Delivery report",
                globalStatus ? "message/global-delivery-status" : "message/delivery-status",
                globalStatus ? "8bit" : "7bit");
        out.append(status);
        if (returned.extent() != Extent.NOTHING) {
            part(
                    out,
                    boundary,
                    returned.extent() == Extent.WHOLE ? "Your message" : "Header of your message",
                    returned.contentType(),
                    returned.encoding());
        }

        boolean eightBit = returned.isEightBit() || !Characters.isAscii(out);
        boolean smtpUtf8 = !report.sender().isAscii() || globalStatus || returned.isGlobal();
        return new Dsn(
                envelope(report, eightBit, smtpUtf8),
                out.toString().getBytes(StandardCharsets.UTF_8),
                returned,
                ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * RFC 3461 §6.1: from the null sender, without RET, and NOTIFY=NEVER (invariant I4). RFC 8689
     * §5: the header of a message with REQUIRETLS is to be protected on its way back, too.
     */
    private static Envelope envelope(DsnReport report, boolean eightBit, boolean smtpUtf8) {
        boolean requireTls = report.envelope().tlsRequest() == TlsRequest.REQUIRED;
        return Envelope.from(ReversePath.NULL)
                .to(Recipient.of(report.sender()).withNotify(Set.of()))
                .withEightBit(eightBit)
                .withSmtpUtf8(smtpUtf8)
                .withTlsRequest(requireTls ? TlsRequest.REQUIRED : TlsRequest.DEFAULT);
    }

    private void header(
            StringBuilder out, DsnReport report, HeaderSection original, String boundary) {
        MailDomain host = report.reportingMta();
        field(out, "Date: " + MailDate.format(report.now()));
        field(out, "From: Mail Delivery System <MAILER-DAEMON@" + host + ">");
        field(out, "To: <" + report.sender() + ">");
        field(out, "Subject: " + subject(report));
        field(out, "Message-ID: <" + report.queueId() + "." + token() + "@" + host + ">");
        messageId(original)
                .ifPresent(
                        id -> {
                            field(out, "In-Reply-To: " + id);
                            field(out, "References: " + id);
                        });
        // RFC 3834 §5: so that no vacation program and no mailing list answers.
        field(out, "Auto-Submitted: auto-replied");
        field(out, "MIME-Version: 1.0");
        field(
                out,
                "Content-Type: multipart/report; report-type=delivery-status; boundary=\""
                        + boundary
                        + "\"");
        out.append("\r\n");
        paragraph(out, "This is a delivery status notification in MIME format.");
    }

    /** The wording of Postfix, which people and their mail filters know. */
    private static String subject(DsnReport report) {
        if (report.has(Action.FAILED)) {
            return "Undelivered Mail Returned to Sender";
        }
        return report.has(Action.DELAYED)
                ? "Delayed Mail (still being retried)"
                : "Successful Mail Delivery Report";
    }

    /** The original's Message-ID, if it is one (RFC 5322 §3.6.4). */
    private static Optional<String> messageId(HeaderSection original) {
        return original.value("Message-ID").filter(DsnComposer::isMessageId);
    }

    private static boolean isMessageId(String text) {
        boolean framed =
                text.length() > 4 && text.startsWith("<") && text.indexOf('>') == text.length() - 1;
        return framed
                && text.length() <= 250
                && text.indexOf('@') > 1
                && text.chars().allMatch(c -> c > ' ' && c < 127);
    }

    /** In plain ASCII where it is that; otherwise in an encoding that every server passes. */
    private static void explanation(StringBuilder out, String text, String boundary) {
        boolean ascii = Characters.isAscii(text);
        part(
                out,
                boundary,
                "Notification",
                "text/plain; charset=" + (ascii ? "us-ascii" : "utf-8"),
                ascii ? "7bit" : "quoted-printable");
        out.append(ascii ? text : quotedPrintable(text));
    }

    private static String quotedPrintable(String text) {
        return new String(
                QuotedPrintable.encode(text.getBytes(StandardCharsets.UTF_8)),
                StandardCharsets.US_ASCII);
    }

    private static void part(
            StringBuilder out, String boundary, String description, String type, String encoding) {
        // The CRLF in front belongs to the boundary (RFC 2046 §5.1.1), not to the part before.
        out.append("\r\n--").append(boundary).append("\r\n");
        field(out, "Content-Description: " + description);
        field(out, "Content-Type: " + type);
        field(out, "Content-Transfer-Encoding: " + encoding);
        out.append("\r\n");
    }

    private static void field(StringBuilder out, String line) {
        Lines.append(out, line, " ");
    }

    private static void paragraph(StringBuilder out, String text) {
        Lines.append(out, text, "");
    }

    private String token() {
        return HexFormat.of().toHexDigits(random.nextLong());
    }
}
