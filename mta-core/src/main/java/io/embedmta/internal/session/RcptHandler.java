package io.embedmta.internal.session;

import io.embedmta.filter.Verdict;
import io.embedmta.internal.wire.Characters;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Notify;
import io.embedmta.message.OriginalRecipient;
import io.embedmta.message.Recipient;
import io.embedmta.smtp.EsmtpParameters;
import io.embedmta.smtp.PathArgument;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.SyntaxException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** RCPT (RFC 5321 §4.1.1.3) with the parameters of DSN (RFC 3461). */
final class RcptHandler implements CommandTable.Handler {

    @Override
    public Reply handle(Session session, String argument) {
        Transaction transaction = session.transaction();
        if (transaction.taken() >= session.limits().recipients()) {
            return Replies.TOO_MANY_RECIPIENTS;
        }
        PathArgument rcpt;
        try {
            rcpt = PathArgument.parse("TO", argument);
        } catch (SyntaxException e) {
            return Reply.of(501, "5.5.4", e.getMessage());
        }
        if (!transaction.smtpUtf8() && !Characters.isAscii(argument)) {
            return Parameters.NEEDS_SMTPUTF8;
        }
        MailAddress address;
        try {
            address = address(session, rcpt.path());
        } catch (SyntaxException e) {
            return Reply.of(501, "5.1.3", e.getMessage());
        }
        if (!session.isExtended() && !rcpt.parameters().keywords().isEmpty()) {
            return Parameters.unknown(rcpt.parameters().keywords().iterator().next());
        }
        return withParameters(session, transaction, Recipient.of(address), rcpt.parameters());
    }

    private static MailAddress address(Session session, String path) {
        // RFC 5321 §4.1.1.3: Postmaster, in any case, is the one address without a domain.
        return path.equalsIgnoreCase("postmaster")
                ? session.engine().postmaster()
                : MailAddress.ofPath(path);
    }

    private static Reply withParameters(
            Session session, Transaction transaction, Recipient plain, EsmtpParameters parameters) {
        Recipient recipient = plain;
        for (String keyword : parameters.keywords()) {
            try {
                switch (keyword) {
                    case "NOTIFY" -> recipient = recipient.withNotify(notify(parameters));
                    case "ORCPT" ->
                            recipient =
                                    recipient.withOriginal(
                                            OriginalRecipient.parse(
                                                    Parameters.required(parameters, "ORCPT")));
                    default -> {
                        return Parameters.unknown(keyword);
                    }
                }
            } catch (SyntaxException e) {
                return Reply.of(501, "5.5.4", e.getMessage());
            }
        }
        return proceed(session, transaction, recipient);
    }

    private static Reply proceed(Session session, Transaction transaction, Recipient recipient) {
        Optional<Reply> closed = session.engine().refusal(session, recipient.address());
        if (closed.isPresent()) {
            return closed.get();
        }
        Verdict verdict = session.filter().recipient(transaction, recipient);
        Optional<Reply> refusal = session.refusal(verdict);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (verdict instanceof Verdict.Discard) {
            transaction.addDiscarded();
        } else {
            transaction.add(recipient);
        }
        return Replies.RECIPIENT_OK;
    }

    /** RFC 3461 §4.1: NEVER alone, or any of the others. */
    private static Set<Notify> notify(EsmtpParameters parameters) {
        String value = Parameters.required(parameters, "NOTIFY").toUpperCase(Locale.ROOT);
        Set<Notify> conditions = EnumSet.noneOf(Notify.class);
        if (value.equals("NEVER")) {
            return conditions;
        }
        for (String condition : value.split(",", -1)) {
            switch (condition) {
                case "SUCCESS" -> conditions.add(Notify.SUCCESS);
                case "FAILURE" -> conditions.add(Notify.FAILURE);
                case "DELAY" -> conditions.add(Notify.DELAY);
                default ->
                        throw new SyntaxException(
                                "NOTIFY is NEVER, or a list of SUCCESS, FAILURE and DELAY.");
            }
        }
        return conditions;
    }
}
