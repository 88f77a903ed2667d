package io.embedmta;

import io.embedmta.message.MailAddress;
import io.embedmta.smtp.Reply;

/**
 * What finally became of one recipient.
 *
 * @param recipient as it was submitted
 * @param status which end it came to
 * @param reply what the deciding server said, or we in its place
 */
public record Outcome(MailAddress recipient, Status status, Reply reply) {

    /** The ends a recipient can come to. */
    public enum Status {
        /** In a mailbox of ours. */
        DELIVERED,
        /** Taken over by the next server. */
        RELAYED,
        /** Thrown away by an explicit rule. */
        DISCARDED,
        /** Refused for good, and the sender told so, unless it did not want to know. */
        BOUNCED,
        /** Given up after too long a time, and the sender told so. */
        EXPIRED,
        /** Refused when it was submitted; never queued. */
        REJECTED
    }

    /** Whether the message arrived, as far as we can know. */
    public boolean isSuccess() {
        return status == Status.DELIVERED || status == Status.RELAYED;
    }
}
