package io.embedmta.internal.dsn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Content;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Notify;
import io.embedmta.message.OriginalRecipient;
import io.embedmta.message.Recipient;
import io.embedmta.message.ReversePath;
import io.embedmta.message.TlsRequest;
import io.embedmta.smtp.EnhancedCode;
import io.embedmta.smtp.Reply;
import jakarta.mail.BodyPart;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DsnComposerTest {
    private static final Content SMALL =
            Content.of("Message-ID: <one@x.example>\r\nSubject: hello\r\n\r\nbody\r\n");

    static List<Combination> combinations() {
        return Combination.all();
    }

    static List<DsnReport> hostileReports() {
        return HostileReplies.reports();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void dsn_ofEachCombination_hasTheThreePartsThatAreDue(Combination given) throws Exception {
        Dsn dsn = new DsnComposer(new Random(1)).compose(given.report());
        byte[] bytes = Reports.bytes(dsn);
        assertIsCleanMail(bytes);
        MimeMessage message = parse(bytes);
        ContentType type = new ContentType(message.getContentType());
        assertTrue(type.match("multipart/report"), type.toString());
        assertEquals("delivery-status", type.getParameter("report-type"));

        MimeMultipart parts = (MimeMultipart) message.getContent();
        assertEquals(3, parts.getCount());
        assertTrue(parts.getBodyPart(0).isMimeType("text/plain"));
        assertTrue(parts.getBodyPart(1).isMimeType(given.statusType()));
        assertTrue(parts.getBodyPart(2).isMimeType(given.returnedType()));

        String original = given.original();
        String header = original.substring(0, original.indexOf("\r\n\r\n") + 2);
        assertEquals(given.isWhole() ? original : header, body(parts.getBodyPart(2)));

        assertEquals(given.utf8(), dsn.envelope().smtpUtf8());
        boolean highOctets = false;
        for (byte octet : bytes) {
            highOctets |= octet < 0;
        }
        // A whole message that was announced as 8-bit or UTF-8 is passed on as such, unread.
        boolean announced = given.isWhole() && (given.eightBit() || given.utf8());
        assertEquals(highOctets || announced, dsn.envelope().eightBit());
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void dsn_ofEachCombination_hasTheFieldsThatAreDue(Combination given) throws Exception {
        String status = body(part(Reports.compose(given.report()), 1));
        String address = given.utf8() ? "utf-8; bøb@y.example" : "rfc822; bob@y.example";
        String diagnostic =
                switch (given.action()) {
                    case FAILED -> "550-5.1.1 <bob@y.example>: no such user\n 550 5.1.1 Good bye";
                    case DELAYED -> "452 4.2.2 Mailbox full";
                    case DELIVERED, RELAYED, EXPANDED -> "250 2.0.0 Ok";
                };
        String end =
                given.action() == Action.DELAYED
                        ? "Will-Retry-Until: Sun, 10 May 2026 08:00:00 +0000\n"
                        : "";
        String expected =
                """
                Original-Envelope-Id: QQ314159
                Reporting-MTA: dns; relay.example.org
                Arrival-Date: Tue, 5 May 2026 08:00:00 +0000

                Original-Recipient: rfc822; list@x.example
                Final-Recipient: %s
                Action: %s
                Status: %s
                Remote-MTA: dns; mx.y.example
                Diagnostic-Code: smtp; %s
                Last-Attempt-Date: Sun, 10 May 2026 08:05:00 +0000
                %s"""
                        .formatted(
                                address,
                                given.action().word(),
                                Reports.usualStatus(given.action()),
                                diagnostic,
                                end)
                        .replace("\n", "\r\n");
        assertEquals(expected, status);
    }

    @Test
    void header_namesTheMailSystemAndTheOriginal() throws Exception {
        MimeMessage message = parse(Reports.compose(failure("ann@x.example", SMALL)));
        assertEquals("Sun, 10 May 2026 08:05:00 +0000", message.getHeader("Date", null));
        assertEquals(
                "Mail Delivery System <MAILER-DAEMON@relay.example.org>",
                message.getHeader("From", null));
        assertEquals("<ann@x.example>", message.getHeader("To", null));
        assertEquals("Undelivered Mail Returned to Sender", message.getSubject());
        assertEquals("auto-replied", message.getHeader("Auto-Submitted", null));
        assertEquals("<one@x.example>", message.getHeader("In-Reply-To", null));
        assertEquals("<one@x.example>", message.getHeader("References", null));
        assertEquals("1.0", message.getHeader("MIME-Version", null));
        assertTrue(message.getMessageID().startsWith("<0ABC123."));
        assertTrue(message.getMessageID().endsWith("@relay.example.org>"));
    }

    /** RFC 6522 §3: the third part may be left out. */
    @Test
    void dsn_ofAMessageThatCannotBeRead_goesWithoutIt() throws Exception {
        DsnReport report =
                Reports.of(
                        Envelope.from("ann@x.example").withReturn(DsnReturn.FULL),
                        null,
                        Reports.recipient(Action.FAILED, "bob@y.example"));
        byte[] bytes = Reports.compose(report);
        assertIsCleanMail(bytes, 2);
        MimeMultipart parts = (MimeMultipart) parse(bytes).getContent();
        assertEquals(2, parts.getCount());
        assertTrue(parts.getBodyPart(1).isMimeType("message/delivery-status"));
        String text = body(parts.getBodyPart(0)).replace("\r\n", " ");
        assertTrue(text.contains("The message itself is not returned"), text);
        assertFalse(text.contains("Subject:"), text);
    }

    @Test
    void messageIdAndBoundary_ofTwoDsnsForOneMessage_differ() throws Exception {
        DsnComposer composer = new DsnComposer(new Random(1));
        DsnReport report = failure("ann@x.example", SMALL);
        MimeMessage one = parse(Reports.bytes(composer.compose(report)));
        MimeMessage two = parse(Reports.bytes(composer.compose(report)));
        assertNotEquals(one.getMessageID(), two.getMessageID());
        assertNotEquals(one.getContentType(), two.getContentType());
    }

    @Test
    void dsn_writtenTwice_isTheSame() throws Exception {
        Dsn dsn = new DsnComposer(new Random(1)).compose(failure("ann@x.example", SMALL));
        assertArrayEquals(Reports.bytes(dsn), Reports.bytes(dsn));
    }

    @Test
    void original_withAHostileMessageId_isNotReferredTo() throws Exception {
        for (String id : List.of("", "x", "<a@b> <c@d>", "<a@b>\r\n <c@d>", "<é@b>", "<@b>")) {
            Content original = Content.of("Message-ID: " + id + "\r\nSubject: x\r\n\r\n");
            MimeMessage message = parse(Reports.compose(failure("ann@x.example", original)));
            assertEquals(
                    0,
                    Collections.list(message.getAllHeaders()).stream()
                            .filter(field -> field.getName().equals("In-Reply-To"))
                            .count(),
                    id);
        }
    }

    @Test
    void I4_envelope_isFromTheNullSenderAndWantsNoReport() throws Exception {
        Envelope envelope =
                new DsnComposer(new Random(1)).compose(failure("ann@x.example", SMALL)).envelope();
        assertTrue(envelope.from().isNull());
        assertEquals(1, envelope.recipients().size());
        Recipient recipient = envelope.recipients().get(0);
        assertEquals(MailAddress.of("ann@x.example"), recipient.address());
        assertEquals(Set.of(), recipient.notifyParameter().orElseThrow());
        assertTrue(envelope.dsnReturn().isEmpty());
        for (Action action : Action.values()) {
            assertFalse(DsnPolicy.isWanted(envelope.from(), recipient, action));
        }
    }

    @Test
    void I4_report_forTheNullSender_isRefused() {
        Envelope envelope = Envelope.from(ReversePath.NULL).to("bob@y.example");
        RecipientReport recipient = Reports.recipient(Action.FAILED, "bob@y.example");
        assertThrows(IllegalArgumentException.class, () -> Reports.of(envelope, SMALL, recipient));
    }

    @Test
    void report_ofNobodyOrOfAStatusThatDisagrees_isRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Reports.of(Envelope.from("ann@x.example").to("bob@y.example"), SMALL));
        Recipient recipient = Recipient.of(MailAddress.of("bob@y.example"));
        Reply reply = Reply.plain(250, "Ok");
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new RecipientReport(
                                recipient,
                                Action.DELAYED,
                                EnhancedCode.of("5.0.0"),
                                reply,
                                "",
                                Reports.NOW));
    }

    @Test
    void fields_withoutEnvidOrcptAndRemote_areLeftOut() throws Exception {
        RecipientReport local =
                new RecipientReport(
                        Recipient.of(MailAddress.of("bob@y.example")),
                        Action.FAILED,
                        EnhancedCode.of("5.4.7"),
                        Reply.of(550, "5.4.7", "given up"),
                        "",
                        Reports.NOW);
        byte[] bytes =
                Reports.compose(
                        Reports.of(
                                Envelope.from("ann@x.example").to("bob@y.example"), SMALL, local));
        String status = body(part(bytes, 1));
        for (String name :
                List.of(
                        "Original-Envelope-Id",
                        "Original-Recipient",
                        "Remote-MTA",
                        "Diagnostic-Code",
                        "Will-Retry-Until")) {
            assertFalse(status.contains(name), status);
        }
        assertTrue(body(part(bytes, 0)).contains("We tried for 5 days and could not"));
    }

    @Test
    void text_ofSeveralRecipients_saysWhatHappenedToEach() throws Exception {
        DsnReport report =
                Reports.of(
                        Envelope.from("ann@x.example")
                                .to("bob@y.example", "carol@y.example", "dan@y.example"),
                        Content.of("Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\n\r\nbody\r\n"),
                        Reports.recipient(
                                Reports.withOriginal("bob@y.example", "info@y.example"),
                                Action.FAILED,
                                Reports.usualReply(Action.FAILED)),
                        Reports.recipient(Action.DELAYED, "carol@y.example"),
                        Reports.recipient(Action.DELIVERED, "dan@y.example"));
        byte[] bytes = Reports.compose(report);
        assertIsCleanMail(bytes);
        assertEquals("quoted-printable", part(bytes, 0).getHeader("Content-Transfer-Encoding")[0]);
        String text = (String) part(bytes, 0).getContent();
        assertEquals(
                """
                This is the mail system at relay.example.org.

                Your message could not be delivered to the following address, and it will not
                be tried again:

                <bob@y.example> (you wrote to <info@y.example>)
                    There is no such mailbox at y.example. Please check the part of the
                    address before the @ for typing errors.
                    The server mx.y.example said:
                        550-5.1.1 <bob@y.example>: no such user
                        550 5.1.1 Good bye

                Your message has not been delivered to the following address yet. You need not
                send it again: we keep trying until Sun, 10 May 2026 08:00:00 +0000, and tell
                you if we give up.

                <carol@y.example>
                    The mailbox is full. Its owner has to make room in it.
                    The server mx.y.example said:
                        452 4.2.2 Mailbox full

                Your message was delivered to the mailbox of:

                <dan@y.example>
                    The server mx.y.example said:
                        250 2.0.0 Ok

                The message in question:
                    Subject:  grüße
                    Received: Tue, 5 May 2026 08:00:00 +0000
                    Queue id: 0ABC123

                Attached are a report for mail programs, and the message itself. If you need
                help, write to postmaster@relay.example.org and send all of this along.

                """
                        .replace("\n", "\r\n"),
                text);
    }

    @ParameterizedTest
    @MethodSource("hostileReports")
    void I7_dsn_ofAHostileReply_isCleanAndSaysTheSame(DsnReport report) throws Exception {
        Dsn dsn = new DsnComposer(new Random(1)).compose(report);
        byte[] bytes = Reports.bytes(dsn);
        assertIsCleanMail(bytes);
        assertTrue(bytes.length < 40_000, "length " + bytes.length);
        assertFalse(dsn.envelope().eightBit());
        MimeMessage message = parse(bytes);
        assertEquals(3, ((MimeMultipart) message.getContent()).getCount());
        String status = body(part(bytes, 1));
        assertEquals(1, status.lines().filter(line -> line.startsWith("Action:")).count());
        assertEquals(0, status.lines().filter(line -> line.startsWith("X-Evil")).count());
    }

    @Test
    void utf8Address_withoutSmtpUtf8_isWrittenInAscii() throws Exception {
        // RFC 6533 §3: utf-8-addr-xtext, as an alias may lead from ASCII to UTF-8.
        Recipient recipient =
                Recipient.of(MailAddress.of("b\u00f8+b@y.example"))
                        .withOriginal(new OriginalRecipient("rfc822", "info@y.example"))
                        .withNotify(Set.of(Notify.FAILURE));
        DsnReport report =
                Reports.of(
                        Envelope.from("ann@x.example").to(recipient),
                        SMALL,
                        Reports.recipient(
                                recipient, Action.FAILED, Reports.usualReply(Action.FAILED)));
        Dsn dsn = new DsnComposer(new Random(1)).compose(report);
        byte[] bytes = Reports.bytes(dsn);
        assertFalse(dsn.envelope().smtpUtf8());
        assertFalse(dsn.envelope().eightBit());
        assertTrue(part(bytes, 1).isMimeType("message/delivery-status"));
        assertTrue(
                body(part(bytes, 1))
                        .contains("Final-Recipient: utf-8; b\\x{F8}\\x{2B}b@y.example\r\n"));
        assertTrue(((String) part(bytes, 0).getContent()).contains("<bø+b@y.example>"));
    }

    @Test
    void utf8Sender_getsItsDsnOverSmtpUtf8() throws Exception {
        Dsn dsn = new DsnComposer(new Random(1)).compose(failure("\u00e5nn@x.example", SMALL));
        assertTrue(dsn.envelope().smtpUtf8());
        assertTrue(dsn.envelope().eightBit());
        assertTrue(
                new String(Reports.bytes(dsn), StandardCharsets.UTF_8)
                        .contains("\r\nTo: <ånn@x.example>\r\n"));
    }

    @Test
    void header_with8bitButWithoutSmtpUtf8_comesBackInQuotedPrintable() throws Exception {
        String header = "Subject: gr\u00fc\u00dfe\r\nX: " + "x".repeat(2000) + "\r\n";
        Envelope envelope =
                Envelope.from("ann@x.example").to("bob@y.example").withReturn(DsnReturn.HDRS);
        Dsn dsn =
                new DsnComposer(new Random(1))
                        .compose(
                                Reports.of(
                                        envelope,
                                        Content.of(header + "\r\nbody"),
                                        Reports.recipient(Action.FAILED, "bob@y.example")));
        byte[] bytes = Reports.bytes(dsn);
        assertIsCleanMail(bytes);
        assertFalse(dsn.envelope().eightBit());
        BodyPart returned = part(bytes, 2);
        assertEquals("quoted-printable", returned.getHeader("Content-Transfer-Encoding")[0]);
        assertEquals(
                header,
                new String(returned.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void original_withBareLineEnds_comesBackWithCrlf() throws Exception {
        byte[] bytes =
                Reports.compose(
                        failure("ann@x.example", Content.of("Subject: x\nA: b\r\n\nbody\rend\r")));
        assertIsCleanMail(bytes);
        assertEquals("Subject: x\r\nA: b\r\n\r\nbody\r\nend\r\n", body(part(bytes, 2)));
    }

    @Test
    void original_aboveTheSmallSize_comesBackWholeOnlyIfAskedFor() throws Exception {
        String message = "Subject: x\r\n\r\n" + "0123456789\r\n".repeat(6000);
        Envelope silent = Envelope.from("ann@x.example").to("bob@y.example");
        RecipientReport failed = Reports.recipient(Action.FAILED, "bob@y.example");
        byte[] bytes = Reports.compose(Reports.of(silent, Content.of(message), failed));
        assertEquals("Subject: x\r\n", body(part(bytes, 2)));
        Envelope full = silent.withReturn(DsnReturn.FULL);
        bytes = Reports.compose(Reports.of(full, Content.of(message), failed));
        assertEquals(message, body(part(bytes, 2)));
    }

    /** RFC 8689 §5. */
    @Test
    void dsn_ofAMessageWithRequireTls_isProtectedAsMuch_andCarriesTheHeaderAlone()
            throws Exception {
        Envelope envelope =
                Envelope.from("ann@x.example")
                        .to("bob@y.example")
                        .withReturn(DsnReturn.FULL)
                        .withTlsRequest(TlsRequest.REQUIRED);
        DsnReport report =
                Reports.of(
                        envelope,
                        Content.of("Subject: x\r\n\r\nsecret\r\n"),
                        Reports.recipient(Action.FAILED, "bob@y.example"));
        assertEquals("Subject: x\r\n", body(part(Reports.compose(report), 2)));
        Dsn dsn = new DsnComposer(new Random(1)).compose(report);
        assertEquals(TlsRequest.REQUIRED, dsn.envelope().tlsRequest());
        Dsn other = new DsnComposer(new Random(1)).compose(failure("ann@x.example", SMALL));
        assertEquals(TlsRequest.DEFAULT, other.envelope().tlsRequest());
    }

    @Test
    void I5_original_of10MiB_isStreamedInSmallPieces() throws Exception {
        Generated original = new Generated(10 << 20);
        Envelope envelope =
                Envelope.from("ann@x.example").to("bob@y.example").withReturn(DsnReturn.FULL);
        Dsn dsn =
                new DsnComposer(new Random(1))
                        .compose(
                                Reports.of(
                                        envelope,
                                        original,
                                        Reports.recipient(Action.FAILED, "bob@y.example")));
        long readToCompose = original.read;
        assertTrue(readToCompose <= HeaderSection.MAX, "composing read " + readToCompose);
        Counting out = new Counting();
        dsn.writeTo(out);
        assertEquals(readToCompose + original.size(), original.read);
        assertTrue(out.count > original.size());
        assertTrue(out.largest <= 64 * 1024, "one write of " + out.largest);
    }

    private static DsnReport failure(String sender, Content content) {
        return Reports.of(
                Envelope.from(sender).to("bob@y.example"),
                content,
                Reports.recipient(Action.FAILED, "bob@y.example"));
    }

    private static MimeMessage parse(byte[] bytes) throws Exception {
        Session session = Session.getInstance(new Properties());
        return new MimeMessage(session, new ByteArrayInputStream(bytes));
    }

    private static BodyPart part(byte[] bytes, int index) throws Exception {
        return ((MimeMultipart) parse(bytes).getContent()).getBodyPart(index);
    }

    private static String body(BodyPart part) throws Exception {
        return new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void assertIsCleanMail(byte[] bytes) {
        assertIsCleanMail(bytes, 3);
    }

    /** CRLF alone, no line above 998, no other control character, and one final boundary. */
    private static void assertIsCleanMail(byte[] bytes, int parts) {
        int lineStart = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                assertEquals('\r', bytes[i - 1], "bare LF at " + i);
                assertTrue(i - 1 - lineStart <= 998, "long line at " + i);
                lineStart = i + 1;
            } else if (bytes[i] == '\r') {
                assertEquals('\n', bytes[i + 1], "bare CR at " + i);
            } else {
                assertTrue(bytes[i] < 0 || bytes[i] == '\t' || bytes[i] >= ' ', "control at " + i);
            }
        }
        assertEquals(bytes.length, lineStart, "ends in CRLF");
        List<String> lines =
                new ArrayList<>(new String(bytes, StandardCharsets.UTF_8).lines().toList());
        assertEquals(
                parts,
                lines.stream()
                        .filter(line -> line.startsWith("--=_dsn_") && !line.endsWith("--"))
                        .count());
        assertTrue(lines.get(lines.size() - 1).startsWith("--=_dsn_"));
        assertTrue(lines.get(lines.size() - 1).endsWith("--"));
    }

    /** A message that exists only while it is read. */
    private static final class Generated implements Content {
        private static final byte[] HEADER =
                "Subject: big\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] LINE =
                ("x".repeat(70) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        private final long size;
        private long read;

        Generated(long about) {
            this.size = HEADER.length + about / LINE.length * LINE.length;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public InputStream open() {
            return new InputStream() {
                private long at;

                @Override
                public int read() {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0];
                }

                @Override
                public int read(byte[] target, int offset, int length) {
                    int count = (int) Math.min(length, size - at);
                    for (int i = 0; i < count; i++, at++) {
                        target[offset + i] =
                                at < HEADER.length
                                        ? HEADER[(int) at]
                                        : LINE[(int) ((at - HEADER.length) % LINE.length)];
                    }
                    read += count;
                    return count == 0 && length > 0 ? -1 : count;
                }
            };
        }
    }

    /** Counts, and keeps nothing. */
    private static final class Counting extends OutputStream {
        private long count;
        private int largest;

        @Override
        public void write(int octet) {
            count++;
        }

        @Override
        public void write(byte[] octets, int offset, int length) {
            count += length;
            largest = Math.max(largest, length);
        }
    }
}
