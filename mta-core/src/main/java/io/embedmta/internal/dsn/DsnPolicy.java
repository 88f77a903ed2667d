package io.embedmta.internal.dsn;

import io.embedmta.message.Recipient;
import io.embedmta.message.ReversePath;

/** Who is told of what. */
public final class DsnPolicy {

    private DsnPolicy() {}

    /**
     * Whether the sender is to be told.
     *
     * @param from the reverse-path of the message; nobody is ever told of one with the null sender,
     *     so that no DSN begets another (RFC 5321 §4.5.5, RFC 3461 §6.1)
     * @param recipient whose NOTIFY parameter decides; without one, failures and delays are told
     *     (RFC 3461 §4.1)
     * @param action what became of the message; of {@link Action#RELAYED} we tell only where the
     *     next server did not take over the duty to (RFC 3461 §5.2.2), which the caller knows
     */
    public static boolean isWanted(ReversePath from, Recipient recipient, Action action) {
        return !from.isNull() && recipient.wants(action.condition());
    }
}
