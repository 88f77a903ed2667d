package io.embedmta.internal.dsn;

import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Recipient;
import io.embedmta.smtp.EnhancedCode;
import io.embedmta.smtp.Reply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a remote server may say to break our message. */
final class HostileReplies {

    private HostileReplies() {}

    static List<Reply> all() {
        return List.of(
                Reply.plain(550, "no\r\n\r\n--=_dsn_\r\nBcc: all@x.example\r\n.\r\nQUIT"),
                Reply.plain(550, "bare\rcr and bare\nlf and nul\0 and bell\u0007 and esc\u001b[2J"),
                Reply.plain(550, "Postfach gelöscht \u90AE\u7BB1 \uD83D\uDE00 \uD800 \uDC00"),
                Reply.plain(550, "x".repeat(20_000)),
                Reply.plain(550, "é".repeat(20_000)),
                Reply.plain(550, " ".repeat(20_000) + "x"),
                Reply.plain(550, "a b ".repeat(10_000)),
                Reply.plain(550, Collections.nCopies(5_000, "line")),
                Reply.plain(550, Collections.nCopies(5_000, "")),
                Reply.plain(550, "", "", ""),
                Reply.plain(550, ".", "..", "From me", "-- ", "Action: delivered"),
                Reply.plain(550, "\u202Emirror \u0085 next line \u2028 line \u2029 paragraph"));
    }

    static List<DsnReport> reports() {
        List<DsnReport> reports = new ArrayList<>();
        for (Reply reply : all()) {
            for (String remote :
                    List.of("mx.y.example", "mx\r\nX-Evil: 1\u00e9" + "m".repeat(3000))) {
                reports.add(
                        Reports.of(
                                Envelope.from("ann@x.example").to("bob@y.example"),
                                Content.of("Subject: hello\r\n\r\nbody\r\n"),
                                new RecipientReport(
                                        Recipient.of(MailAddress.of("bob@y.example")),
                                        Action.FAILED,
                                        EnhancedCode.of("5.0.0"),
                                        reply,
                                        remote,
                                        Reports.NOW)));
            }
        }
        return reports;
    }
}
