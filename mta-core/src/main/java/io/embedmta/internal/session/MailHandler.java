package io.embedmta.internal.session;

import io.embedmta.filter.Verdict;
import io.embedmta.internal.wire.Characters;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import io.embedmta.message.ReversePath;
import io.embedmta.message.TlsRequest;
import io.embedmta.smtp.EsmtpParameters;
import io.embedmta.smtp.PathArgument;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.SyntaxException;
import io.embedmta.smtp.Xtext;
import java.util.Locale;
import java.util.Optional;

/** MAIL (RFC 5321 §4.1.1.2) with the parameters of the extensions we offer. */
final class MailHandler implements CommandTable.Handler {
    /** RFC 3461 §4.4: ENVID has at most 100 characters, as it is encoded. */
    private static final int MAX_ENVID = 100;

    /** RFC 1870 §5: SIZE has at most 20 digits, which may be more than a long holds. */
    private static final int MAX_SIZE_DIGITS = 20;

    @Override
    public Reply handle(Session session, String argument) {
        PathArgument mail;
        try {
            mail = PathArgument.parse("FROM", argument);
        } catch (SyntaxException e) {
            return Reply.of(501, "5.5.4", e.getMessage());
        }
        ReversePath from;
        try {
            from = ReversePath.of(mail.path());
        } catch (SyntaxException e) {
            return Reply.of(501, "5.1.7", e.getMessage());
        }
        if (!session.isExtended() && !mail.parameters().keywords().isEmpty()) {
            return Parameters.unknown(mail.parameters().keywords().iterator().next());
        }
        return proceed(session, mail, from);
    }

    private static Reply proceed(Session session, PathArgument mail, ReversePath from) {
        Optional<Reply> notTheirs = SubmissionRules.refusal(session, from);
        if (notTheirs.isPresent()) {
            return notTheirs.get();
        }
        EsmtpParameters parameters = mail.parameters();
        Envelope envelope = Envelope.from(from);
        for (String keyword : parameters.keywords()) {
            if (isBinary(keyword, parameters)) {
                return Replies.BINARY_NOT_IMPLEMENTED;
            }
            try {
                switch (keyword) {
                    case "SIZE" -> {
                        if (size(parameters) > session.limits().messageSize()) {
                            return IncomingMessage.tooLarge(session.settings());
                        }
                    }
                    case "BODY" -> envelope = envelope.withEightBit(body(parameters));
                    case "SMTPUTF8" -> envelope = envelope.withSmtpUtf8(smtpUtf8(parameters));
                    case "REQUIRETLS" -> {
                        if (session.tls().isEmpty()) {
                            return requireTlsFirst(session);
                        }
                        envelope = envelope.withTlsRequest(requireTls(parameters));
                    }
                    case "RET" -> envelope = envelope.withReturn(ret(parameters));
                    case "AUTH" -> {
                        if (!session.offersAuth()) {
                            return Parameters.unknown(keyword);
                        }
                        checkAuth(parameters);
                    }
                    case "ENVID" -> envelope = envelope.withEnvelopeId(envid(parameters));
                    default -> {
                        return Parameters.unknown(keyword);
                    }
                }
            } catch (SyntaxException e) {
                return Reply.of(501, "5.5.4", e.getMessage());
            }
        }
        if (!envelope.smtpUtf8() && !Characters.isAscii(mail.path())) {
            return Parameters.NEEDS_SMTPUTF8;
        }
        return filter(session, new Transaction(session, envelope));
    }

    private static Reply filter(Session session, Transaction transaction) {
        Verdict verdict = session.filter().mail(transaction);
        Optional<Reply> refusal = session.refusal(verdict);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (verdict instanceof Verdict.Discard) {
            transaction.discard();
        }
        session.begin(transaction);
        return Replies.SENDER_OK;
    }

    /** RFC 1870 §5; a number that no long holds is as good as the largest. */
    private static long size(EsmtpParameters parameters) {
        String digits = Parameters.required(parameters, "SIZE");
        boolean number = digits.length() <= MAX_SIZE_DIGITS;
        for (int i = 0; number && i < digits.length(); i++) {
            number = digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        if (!number) {
            throw new SyntaxException("SIZE is a number of at most 20 digits.");
        }
        return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
    }

    /** RFC 3030 §3, which is not offered: understood, but not implemented (RFC 5321 §4.2.4). */
    private static boolean isBinary(String keyword, EsmtpParameters parameters) {
        return keyword.equals("BODY")
                && parameters.value(keyword).filter("BINARYMIME"::equalsIgnoreCase).isPresent();
    }

    /** RFC 6152 §2. */
    private static boolean body(EsmtpParameters parameters) {
        return switch (Parameters.required(parameters, "BODY").toUpperCase(Locale.ROOT)) {
            case "7BIT" -> false;
            case "8BITMIME" -> true;
            default -> throw new SyntaxException("BODY is 7BIT or 8BITMIME.");
        };
    }

    /** RFC 6531 §3.4. */
    private static boolean smtpUtf8(EsmtpParameters parameters) {
        if (parameters.value("SMTPUTF8").isPresent()) {
            throw new SyntaxException("SMTPUTF8 takes no value.");
        }
        return true;
    }

    /** RFC 8689 §2: in plain text it was not offered. */
    private static Reply requireTlsFirst(Session session) {
        return session.settings().tls().isPresent()
                ? Replies.TLS_FIRST
                : Parameters.unknown("REQUIRETLS");
    }

    /** RFC 8689 §2. */
    private static TlsRequest requireTls(EsmtpParameters parameters) {
        if (parameters.value("REQUIRETLS").isPresent()) {
            throw new SyntaxException("REQUIRETLS takes no value.");
        }
        return TlsRequest.REQUIRED;
    }

    /** RFC 3461 §4.3. */
    private static DsnReturn ret(EsmtpParameters parameters) {
        return switch (Parameters.required(parameters, "RET").toUpperCase(Locale.ROOT)) {
            case "FULL" -> DsnReturn.FULL;
            case "HDRS" -> DsnReturn.HDRS;
            default -> throw new SyntaxException("RET is FULL or HDRS.");
        };
    }

    private static String envid(EsmtpParameters parameters) {
        String value = Parameters.required(parameters, "ENVID");
        if (value.length() > MAX_ENVID) {
            throw new SyntaxException("ENVID has at most 100 characters.");
        }
        return Xtext.decode(value);
    }

    /**
     * RFC 4954 §5: whom another server believes to have sent it. We have no such peers to trust, so
     * that it is read and, as the RFC has it then, taken for {@code <>}, which is what the next
     * server is told by saying nothing.
     */
    private static void checkAuth(EsmtpParameters parameters) {
        String value = Parameters.required(parameters, "AUTH");
        if (!value.equals("<>")) {
            Xtext.decode(value);
        }
    }
}
