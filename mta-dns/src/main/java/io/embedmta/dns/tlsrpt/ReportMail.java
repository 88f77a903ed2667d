package io.embedmta.dns.tlsrpt;

import io.embedmta.message.Content;
import io.embedmta.message.MailAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;

/** A report as a message (RFC 8460 §5.3). */
final class ReportMail {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.US);
    private static final String END = "\r\n";
    private static final int BASE64_LINE = 76;

    private ReportMail() {}

    /**
     * The message.
     *
     * @param submitter our own name, a domain
     * @param id left and right part of an identifier of RFC 5322 §3.6.4
     * @param gzip the report, compressed
     */
    static Content of(
            MailAddress from,
            MailAddress to,
            String submitter,
            String domain,
            String id,
            String fileName,
            Instant now,
            byte[] gzip) {
        // Of the report's own id, so it is in no part of the message: base64 has no underscore.
        String boundary = "_report_" + id.substring(0, id.indexOf('.'));
        StringBuilder out = new StringBuilder(gzip.length * 2 + 2048);
        field(out, "Date", DATE.format(now.atOffset(ZoneOffset.UTC)));
        field(out, "From", "<" + from + ">");
        field(out, "To", "<" + to + ">");
        field(out, "Message-ID", "<" + id + ">");
        // Folded, as two domains may be longer than a line.
        field(
                out,
                "Subject",
                "Report Domain: "
                        + domain
                        + "\r\n Submitter: "
                        + submitter
                        + "\r\n Report-ID: <"
                        + id
                        + ">");
        field(out, "TLS-Report-Domain", domain);
        field(out, "TLS-Report-Submitter", submitter);
        // RFC 8460 §3: a report of failures must get through in spite of them (RFC 8689 §3).
        field(out, "TLS-Required", "No");
        field(out, "Auto-Submitted", "auto-generated");
        field(out, "MIME-Version", "1.0");
        field(
                out,
                "Content-Type",
                "multipart/report; report-type=\"tlsrpt\";\r\n boundary=\"" + boundary + "\"");
        out.append(END).append("--").append(boundary).append(END);
        field(out, "Content-Type", "text/plain; charset=us-ascii");
        out.append(END)
                .append("This is an aggregate TLS report from ")
                .append(submitter)
                .append(END)
                .append("about connections to ")
                .append(domain)
                .append('.')
                .append(END);
        out.append("--").append(boundary).append(END);
        field(out, "Content-Type", "application/tlsrpt+gzip");
        field(out, "Content-Transfer-Encoding", "base64");
        field(out, "Content-Disposition", "attachment;\r\n filename=\"" + fileName + "\"");
        out.append(END);
        out.append(
                Base64.getMimeEncoder(BASE64_LINE, END.getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(gzip));
        out.append(END).append("--").append(boundary).append("--").append(END);
        return Content.of(out.toString());
    }

    private static void field(StringBuilder out, String name, String value) {
        out.append(name).append(": ").append(value).append(END);
    }
}
