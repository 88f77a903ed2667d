package io.embedmta.internal.dsn;

import io.embedmta.message.Notify;
import java.util.Locale;

/** What became of a message for one recipient (RFC 3464 §2.3.3). */
public enum Action {
    /** It could not be delivered, and is not tried again. */
    FAILED(Notify.FAILURE),
    /** It has not been delivered yet, and is tried again. */
    DELAYED(Notify.DELAY),
    /** It is in the mailbox. */
    DELIVERED(Notify.SUCCESS),
    /** It was handed to a server that does not report successes (RFC 3461 §5.2.2). */
    RELAYED(Notify.SUCCESS),
    /** It was handed on to the several addresses behind an alias (RFC 3461 §5.2.7.2). */
    EXPANDED(Notify.SUCCESS);

    private final Notify condition;

    Action(Notify condition) {
        this.condition = condition;
    }

    /** The word of the NOTIFY parameter that asks for a report of this. */
    public Notify condition() {
        return condition;
    }

    /** The value of the Action field. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
