package io.embedmta.internal.dsn;

import io.embedmta.message.MailAddress;
import io.embedmta.smtp.EnhancedCode;

/**
 * Enhanced status codes in the words of people who do not run mail (RFC 3463, RFC 7504, RFC 7505,
 * and the registry of RFC 5248). Each text says what is wrong and, where that is known, who can do
 * what about it; it holds for a failure and for a delay.
 */
final class StatusWords {

    private StatusWords() {}

    static String explain(EnhancedCode status, MailAddress recipient) {
        return switch (status.subject()) {
            case 1 -> addressing(status.detail(), recipient);
            case 2 -> mailbox(status.detail());
            case 3 -> system(status.detail());
            case 4 -> routing(status.detail(), recipient);
            case 5 -> protocol(status.detail());
            case 6 -> content(status.detail());
            case 7 -> policy(status.detail());
            default -> "The reason is not known beyond what is said below.";
        };
    }

    private static String addressing(int detail, MailAddress recipient) {
        String domain = recipient.domain();
        return switch (detail) {
            case 1 ->
                    "There is no such mailbox at "
                            + domain
                            + ". Please check the part of the address before the @ for typing"
                            + " errors.";
            case 2 ->
                    "The domain "
                            + domain
                            + " does not exist or cannot be found. Please check the part of the"
                            + " address after the @ for typing errors.";
            case 3 -> "The address is not written in a form that the mail system understands.";
            case 4 -> "The address stands for more than one mailbox, and none could be chosen.";
            case 6 -> "The mailbox has moved, and its new address is not known.";
            case 7, 8 ->
                    "The recipient's mail system does not accept your own address as that of a"
                            + " sender.";
            case 10 -> "The domain " + domain + " says of itself that it takes no mail at all.";
            default -> "The address was not accepted. Please check it for typing errors.";
        };
    }

    private static String mailbox(int detail) {
        return switch (detail) {
            case 1 -> "The mailbox exists, but takes no mail; it may have been closed.";
            case 2 -> "The mailbox is full. Its owner has to make room in it.";
            case 3 -> "The message is larger than this mailbox may receive.";
            case 4 -> "The mailing list could not pass the message on to its members.";
            default -> "There is a problem with the recipient's mailbox.";
        };
    }

    private static String system(int detail) {
        return switch (detail) {
            case 1 -> "The recipient's mail system has no room for more mail.";
            case 2 -> "The recipient's mail system takes no mail at present.";
            case 3 -> "The message needs something that the recipient's mail system cannot do.";
            case 4 ->
                    "The message is larger than the recipient's mail system accepts. Sending it"
                            + " without attachments, or in several parts, may help.";
            default -> "There is a problem with the recipient's mail system.";
        };
    }

    private static String routing(int detail, MailAddress recipient) {
        String domain = recipient.domain();
        return switch (detail) {
            case 1 -> "The mail server of " + domain + " does not answer.";
            case 2 -> "The connection to the mail server of " + domain + " broke.";
            case 3 -> "The mail server of " + domain + " cannot be looked up at present.";
            case 4 -> "No way to the mail server of " + domain + " was found.";
            case 5 -> "The mail system is too busy.";
            case 6 -> "The message went round in circles between mail servers.";
            case 7 -> "The message could not be delivered in the time allowed for it.";
            default -> "The mail server of " + domain + " could not be reached.";
        };
    }

    private static String protocol(int detail) {
        return detail == 3
                ? "The message has more recipients than the mail server accepts at once."
                : "The mail servers did not understand each other; this is for their"
                        + " administrators to look into.";
    }

    private static String content(int detail) {
        return switch (detail) {
            case 7, 8, 9, 10 ->
                    "An address or a header of the message uses letters outside plain English,"
                            + " which the recipient's mail system does not support.";
            case 1, 2, 3, 4, 5 ->
                    "The message is in a form that the recipient's mail system does not support.";
            default -> "The recipient's mail system did not accept the content of the message.";
        };
    }

    private static String policy(int detail) {
        return switch (detail) {
            case 2 -> "You may not write to this mailing list.";
            case 4, 5, 10 ->
                    "The recipient's mail server could not be reached over a connection as secure"
                            + " as is demanded; this is for the administrators of the mail systems"
                            + " to look into.";
            case 8, 9, 11, 12, 14 -> "The mail server asks for a log-in before it takes mail.";
            case 20, 21, 22, 23, 24, 26, 29 ->
                    "The recipient's mail system could not verify that the message comes from"
                            + " your domain (SPF, DKIM, DMARC or ARC); this is for the"
                            + " administrator of your domain to look into.";
            case 25 ->
                    "The recipient's mail system does not accept mail from our address, as its"
                            + " name in the DNS is not in order.";
            case 27 -> "Your own domain says that it takes no mail, so none is taken from it.";
            case 28 -> "Too much mail was sent to the recipient's mail system in a short time.";
            case 30 ->
                    "You demanded that the message travel over secure connections alone, and the"
                            + " recipient's mail system does not promise that.";
            default ->
                    "The recipient's mail system refused the message under its rules; it may"
                            + " have taken it for spam, or you may not be allowed to write to"
                            + " this address.";
        };
    }
}
