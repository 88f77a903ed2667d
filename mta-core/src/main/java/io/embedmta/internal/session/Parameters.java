package io.embedmta.internal.session;

import io.embedmta.smtp.EsmtpParameters;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.SyntaxException;

/** What the parameters of MAIL and RCPT have in common. */
final class Parameters {
    /** RFC 6531 §3.5. */
    static final Reply NEEDS_SMTPUTF8 =
            Reply.of(553, "5.6.7", "An address that is not ASCII needs SMTPUTF8 in MAIL");

    private Parameters() {}

    /** RFC 5321 §4.1.1.11. */
    static Reply unknown(String keyword) {
        return Reply.of(555, "5.5.4", "Parameter " + keyword + " is not supported");
    }

    static String required(EsmtpParameters parameters, String keyword) {
        return parameters
                .value(keyword)
                .orElseThrow(() -> new SyntaxException(keyword + " takes a value."));
    }
}
