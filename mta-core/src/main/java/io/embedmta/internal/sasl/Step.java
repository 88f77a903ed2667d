package io.embedmta.internal.sasl;

import io.embedmta.auth.Identity;
import java.time.Duration;

/** What a server's mechanism makes of what a client sent. */
public sealed interface Step {

    /** The client is to answer this. */
    final class Challenge implements Step {
        private final byte[] octets;

        Challenge(byte[] octets) {
            this.octets = octets;
        }

        /** What it says. */
        public byte[] octets() {
            return octets.clone();
        }
    }

    /** The client is who it says it is. */
    record Accepted(Identity identity) implements Step {}

    /** It is not, or there is no such user. */
    record Rejected() implements Step {}

    /**
     * It has failed so often that this is not judged yet.
     *
     * @param delay how long it is to wait
     */
    record TooEarly(Duration delay) implements Step {}

    /** It sent what the mechanism does not know. */
    record Malformed() implements Step {}

    /** It cannot be told now, for a reason that the log holds. */
    record Unavailable() implements Step {}
}
