package io.embedmta.internal.dsn;

import io.embedmta.internal.dsn.ReturnedMessage.Extent;
import io.embedmta.internal.wire.MailDate;
import io.embedmta.message.OriginalRecipient;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.time.Duration;
import java.util.List;

/** The first part of a DSN: what happened, for people. */
final class Explanation {
    private static final int MAX_SUBJECT = 200;
    private static final int MAX_LINE = 5000;

    private final DsnReport report;
    private final HeaderSection header;
    private final StringBuilder out = new StringBuilder();

    private Explanation(DsnReport report, HeaderSection header) {
        this.report = report;
        this.header = header;
    }

    static String of(DsnReport report, HeaderSection header, Extent returned) {
        Explanation text = new Explanation(report, header);
        text.paragraph("This is the mail system at " + report.reportingMta() + ".");
        for (Action action : Action.values()) {
            text.group(action);
        }
        text.whichMessage(returned);
        text.ending(returned);
        return text.out.toString();
    }

    private void group(Action action) {
        List<RecipientReport> group =
                report.recipients().stream().filter(each -> each.action() == action).toList();
        if (group.isEmpty()) {
            return;
        }
        paragraph(opening(action));
        group.forEach(this::recipient);
    }

    private String opening(Action action) {
        return switch (action) {
            case FAILED ->
                    "Your message could not be delivered to the following address, and it will"
                            + " not be tried again:";
            case DELAYED ->
                    "Your message has not been delivered to the following address yet. You need"
                            + " not send it again: we keep trying until "
                            + MailDate.format(report.giveUpAt())
                            + ", and tell you if we give up.";
            case DELIVERED -> "Your message was delivered to the mailbox of:";
            case RELAYED ->
                    "Your message was passed on to the next mail server on the way to the"
                            + " following address. That server does not report deliveries, so"
                            + " you may hear no more of it:";
            case EXPANDED ->
                    "Your message was passed on to all the addresses that the following one"
                            + " stands for:";
        };
    }

    private void recipient(RecipientReport recipient) {
        String address = "<" + recipient.recipient().address() + ">";
        String asWritten =
                recipient
                        .recipient()
                        .original()
                        .map(OriginalRecipient::address)
                        .filter(original -> !address.equals("<" + original + ">"))
                        .map(original -> " (you wrote to <" + original + ">)")
                        .orElse("");
        line("", address + asWritten);
        boolean bad = recipient.action() == Action.FAILED || recipient.action() == Action.DELAYED;
        if (bad) {
            line("    ", reason(recipient));
        }
        if (recipient.isRemote()) {
            line("    ", "The server " + recipient.remoteMta() + " said:");
            Transcript.of(recipient.reply(), true).forEach(text -> line("        ", text));
        } else if (bad && !recipient.reply().text().isBlank()) {
            line("    ", "In the words of this system: " + recipient.reply().text());
        }
        out.append("\r\n");
    }

    private String reason(RecipientReport recipient) {
        boolean expired = recipient.status().subject() == 4 && recipient.status().detail() == 7;
        if (expired && recipient.action() == Action.FAILED) {
            return "We tried for "
                    + words(Duration.between(report.arrival(), report.now()))
                    + " and could not deliver it in that time.";
        }
        return StatusWords.explain(recipient.status(), recipient.recipient().address());
    }

    private static String words(Duration time) {
        if (time.toHours() >= 48) {
            return time.toDays() + " days";
        }
        if (time.toMinutes() >= 120) {
            return time.toHours() + " hours";
        }
        long minutes = Math.max(1, time.toMinutes());
        return minutes == 1 ? "a minute" : minutes + " minutes";
    }

    private void whichMessage(Extent returned) {
        line("", "The message in question:");
        if (returned != Extent.NOTHING) {
            line("    ", "Subject:  " + subject());
        }
        line("    ", "Received: " + MailDate.format(report.arrival()));
        line("    ", "Queue id: " + report.queueId());
        out.append("\r\n");
    }

    private String subject() {
        String raw = header.value("Subject").orElse("(none)");
        try {
            return Lines.unicode(MimeUtility.decodeText(raw), MAX_SUBJECT);
        } catch (UnsupportedEncodingException e) {
            // An encoded word of a charset that this JVM does not have (RFC 2047 §6.2).
            return Lines.unicode(raw, MAX_SUBJECT);
        }
    }

    private void ending(Extent returned) {
        String attached =
                switch (returned) {
                    case WHOLE ->
                            "Attached are a report for mail programs, and the message itself.";
                    case HEADER ->
                            "Attached are a report for mail programs, and the header of the"
                                    + " message.";
                    case NOTHING ->
                            "Attached is a report for mail programs. The message itself is not"
                                    + " returned, as it can no longer be read here.";
                };
        paragraph(
                attached
                        + " If you need help, write to postmaster@"
                        + report.reportingMta()
                        + " and send all of this along.");
    }

    private void paragraph(String text) {
        line("", text);
        out.append("\r\n");
    }

    private void line(String indent, String text) {
        String clean = Lines.unicode(text, MAX_LINE).stripTrailing();
        Lines.append(out, indent + clean, indent);
    }
}
