package io.embedmta.internal.delivery;

import io.embedmta.internal.client.TlsDemand;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.TlsFailure;
import org.jspecify.annotations.Nullable;

/** Whether a message may go to a server, and how. Immutable. */
sealed interface Ruling {

    /**
     * It may.
     *
     * @param demand what the connection must be
     * @param policy of the domain, to which it is held
     * @param failure of the server by that policy, though the message may go; null if none
     */
    record Go(TlsDemand demand, AppliedPolicy policy, @Nullable TlsFailure failure)
            implements Ruling {}

    /**
     * It may not.
     *
     * @param reply why, for now or for good
     * @param policy of the domain
     * @param failure for reports; null if none is the domain's
     */
    record Skip(Reply reply, AppliedPolicy policy, @Nullable TlsFailure failure)
            implements Ruling {}
}
