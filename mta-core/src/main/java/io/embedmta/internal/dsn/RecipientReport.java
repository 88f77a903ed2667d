package io.embedmta.internal.dsn;

import io.embedmta.message.Recipient;
import io.embedmta.smtp.EnhancedCode;
import io.embedmta.smtp.Reply;
import java.time.Instant;

/**
 * What a DSN says of one recipient.
 *
 * @param recipient as the envelope has it now, with the ORCPT it came with
 * @param action what became of the message
 * @param status 5.y.z or 4.y.z for a failure, 4.y.z for a delay, 2.y.z for a success
 * @param reply what was said, by the remote server or by us in its place; its text may be anything
 * @param remoteMta the name of the server that said so; empty if it was decided here
 * @param lastAttempt when
 */
public record RecipientReport(
        Recipient recipient,
        Action action,
        EnhancedCode status,
        Reply reply,
        String remoteMta,
        Instant lastAttempt) {

    /** Checks that the status agrees with the action (RFC 3464 §2.3.4). */
    public RecipientReport {
        int category = status.category();
        boolean agrees =
                switch (action) {
                    case FAILED -> category != 2;
                    case DELAYED -> category == 4;
                    case DELIVERED, RELAYED, EXPANDED -> category == 2;
                };
        if (!agrees) {
            throw new IllegalArgumentException(
                    "Give a status that agrees with the action: "
                            + status
                            + " is not one of "
                            + action.word()
                            + ".");
        }
    }

    /** Whether another server decided, so that its reply is the diagnostic (RFC 3464 §2.3.6). */
    boolean isRemote() {
        return !remoteMta.isEmpty();
    }
}
