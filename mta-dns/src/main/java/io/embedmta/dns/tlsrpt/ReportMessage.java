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
final class ReportMessage {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private ReportMessage() {}

    static Content of(Report report, ReportSender sender, MailAddress to, Instant now) {
        String boundary = "report_" + report.id().hashCode();
        String text =
                String.join(
                        "\r\n",
                        "From: <" + sender.contact() + ">",
                        "To: <" + to + ">",
                        "Date: " + DATE.format(now),
                        "Subject: Report Domain: " + report.domain(),
                        " Submitter: " + sender.hostname(),
                        " Report-ID: <" + report.id() + ">",
                        "Message-ID: <" + report.id() + ">",
                        "TLS-Report-Domain: " + report.domain(),
                        "TLS-Report-Submitter: " + sender.hostname(),
                        // §3: a report about broken TLS has to arrive in spite of it (RFC 8689 §3).
                        "TLS-Required: No",
                        "Auto-Submitted: auto-generated",
                        "MIME-Version: 1.0",
                        "Content-Type: multipart/report; report-type=\"tlsrpt\";",
                        "\tboundary=\"" + boundary + "\"",
                        "",
                        "--" + boundary,
                        "Content-Type: text/plain; charset=us-ascii",
                        "",
                        "This is a report of " + sender.hostname() + " on the TLS of connections",
                        "to the mail exchangers of " + report.domain(),
                        "on " + report.day() + " (UTC).",
                        "",
                        "--" + boundary,
                        "Content-Type: application/tlsrpt+gzip",
                        "Content-Transfer-Encoding: base64",
                        "Content-Disposition: attachment;",
                        "\tfilename=\"" + report.fileName(sender) + "\"",
                        "",
                        base64(report.gzipped()),
                        "--" + boundary + "--",
                        "");
        return Content.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String base64(byte[] octets) {
        return Base64.getMimeEncoder().encodeToString(octets);
    }
}
