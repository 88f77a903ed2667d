package io.embedmta.internal.sasl;

import java.util.Optional;

/** The client's side of one exchange. For one thread and one exchange. */
public interface ClientMechanism {

    /** Its name, as servers offer it. */
    String name();

    /** What the client begins with; empty if the server does. */
    Optional<byte[]> initial();

    /**
     * Answers a challenge.
     *
     * @throws SaslException if the server does not keep to the mechanism, or does not prove what it
     *     has to; nothing more is to be said to it then
     */
    byte[] respond(byte[] challenge) throws SaslException;

    /** Whether the server has proved all that it has to, so that its yes may be believed. */
    default boolean isComplete() {
        return true;
    }

    /** Why the server refused, in its own words, if it said so within the exchange. */
    default Optional<String> refusal() {
        return Optional.empty();
    }
}
