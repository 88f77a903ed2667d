package io.embedmta.queue;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.smtp.Reply;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What becomes of one recipient after an attempt. */
public sealed interface Settlement {

    /** Whose. */
    MailAddress recipient();

    /**
     * Settlements by the recipient they are for; the map may be changed.
     *
     * @throws IllegalArgumentException if two are for the same one
     */
    static Map<MailAddress, Settlement> byRecipient(List<Settlement> settlements) {
        Map<MailAddress, Settlement> given = new HashMap<>();
        for (Settlement settlement : settlements) {
            if (given.put(settlement.recipient(), settlement) != null) {
                throw new IllegalArgumentException(
                        "Settle each recipient once, not " + settlement.recipient() + " twice.");
            }
        }
        return given;
    }

    /**
     * The recipient has its outcome: nothing more is to be done for it.
     *
     * @param result never a deferral
     */
    record Done(MailAddress recipient, DeliveryResult result) implements Settlement {
        /** Refuses a deferral. */
        public Done {
            if (result instanceof DeliveryResult.Deferred) {
                throw new IllegalArgumentException("A deferred recipient is to be retried.");
            }
        }
    }

    /**
     * Try again.
     *
     * @param at when
     * @param reply why it failed this time
     * @param delayTold whether the sender has now been told of the delay; once told, it stays told
     */
    record Retry(MailAddress recipient, Instant at, Reply reply, boolean delayTold)
            implements Settlement {}
}
