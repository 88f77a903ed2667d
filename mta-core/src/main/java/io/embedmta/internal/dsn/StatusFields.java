package io.embedmta.internal.dsn;

import io.embedmta.internal.wire.Characters;
import io.embedmta.internal.wire.MailDate;
import io.embedmta.message.MailAddress;
import io.embedmta.message.OriginalRecipient;
import io.embedmta.smtp.Reply;
import java.util.Locale;

/** The second part of a DSN: the fields for machines (RFC 3464 §2, RFC 6533 §4.1). */
final class StatusFields {
    private static final int MAX_VALUE = 1024;

    private final boolean utf8;
    private final StringBuilder out = new StringBuilder();

    private StatusFields(boolean utf8) {
        this.utf8 = utf8;
    }

    static String of(DsnReport report) {
        StatusFields fields = new StatusFields(report.mayBeUtf8());
        fields.message(report);
        for (RecipientReport recipient : report.recipients()) {
            fields.out.append("\r\n");
            fields.recipient(report, recipient);
        }
        return fields.out.toString();
    }

    private void message(DsnReport report) {
        // RFC 3461 §6.3 (a): there if and only if ENVID was, and no longer in xtext.
        report.envelope()
                .envelopeId()
                .ifPresent(id -> field("Original-Envelope-Id", clean(id, MAX_VALUE)));
        field("Reporting-MTA", "dns; " + report.reportingMta());
        field("Arrival-Date", MailDate.format(report.arrival()));
    }

    private void recipient(DsnReport report, RecipientReport recipient) {
        // RFC 3461 §6.3 (d): there if and only if ORCPT was.
        recipient
                .recipient()
                .original()
                .ifPresent(original -> field("Original-Recipient", typed(original)));
        field("Final-Recipient", typed(recipient.recipient().address()));
        field("Action", recipient.action().word());
        field("Status", recipient.status().toString());
        if (recipient.isRemote()) {
            field("Remote-MTA", "dns; " + Lines.ascii(recipient.remoteMta(), MAX_VALUE));
            diagnostic(recipient.reply());
        }
        field("Last-Attempt-Date", MailDate.format(recipient.lastAttempt()));
        if (recipient.action() == Action.DELAYED) {
            field("Will-Retry-Until", MailDate.format(report.giveUpAt()));
        }
    }

    private String typed(MailAddress address) {
        return typed(OriginalRecipient.of(address));
    }

    /** RFC 6533 §3: an address outside ASCII is of type utf-8, whatever type it came with. */
    private String typed(OriginalRecipient original) {
        boolean ascii = Characters.isAscii(original.address());
        if (!ascii && !utf8) {
            return "utf-8; " + unitext(original.address());
        }
        String type =
                ascii ? Lines.ascii(original.type(), MAX_VALUE).toLowerCase(Locale.ROOT) : "utf-8";
        return type + "; " + clean(original.address(), MAX_VALUE);
    }

    /** utf-8-addr-xtext, the one form of RFC 6533 §3 that is ASCII. */
    private static String unitext(String address) {
        StringBuilder text = new StringBuilder(address.length() * 3);
        address.codePoints()
                .forEach(
                        point -> {
                            boolean plain = point > ' ' && point < 127;
                            if (plain && point != '\\' && point != '+' && point != '=') {
                                text.append((char) point);
                            } else {
                                text.append("\\x{")
                                        .append(String.format(Locale.ROOT, "%02X", point))
                                        .append('}');
                            }
                        });
        return text.toString();
    }

    /** RFC 3461 §9.2: all lines of the reply, each on a line of its own. */
    private void diagnostic(Reply reply) {
        String before = "Diagnostic-Code: smtp; ";
        for (String line : Transcript.of(reply, utf8)) {
            Lines.append(out, before + line, " ");
            before = " ";
        }
    }

    private void field(String name, String value) {
        Lines.append(out, name + ": " + value.strip(), " ");
    }

    private String clean(String text, int maxLength) {
        return utf8 ? Lines.unicode(text, maxLength) : Lines.ascii(text, maxLength);
    }
}
