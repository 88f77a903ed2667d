package io.embedmta.internal.sasl;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * A client's attempts to prove who it is. Each is asked for before it is judged, so that nothing is
 * held while the client is waited for, and counts once it is, whatever the client does then.
 */
public interface Attempts {

    /**
     * Asks for an attempt; one that is granted is ended.
     *
     * @param name who the client says it is, true or not; where it says nothing but a secret, that
     * @return what it comes to without being judged, such as {@link Step.TooEarly}; empty if it is
     *     granted
     */
    Optional<Step> begin(String name);

    /**
     * Ends an attempt.
     *
     * @param outcome what came of it
     */
    void end(String name, Step outcome);

    /** Judges what the client has sent, if it may be judged now. */
    default Step judge(String name, Supplier<Step> judgement) {
        Optional<Step> refusal = begin(name);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Step outcome = new Step.Unavailable();
        try {
            outcome = judgement.get();
            return outcome;
        } finally {
            end(name, outcome);
        }
    }
}
