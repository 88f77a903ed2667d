package io.embedmta.internal.sasl;

/** The server's side of one exchange. For one thread, one exchange, and no step after the last. */
public interface ServerMechanism {

    /**
     * Begins an exchange whose client sent nothing with its request: an empty challenge, where the
     * client is to speak first (RFC 4422 §3.4).
     */
    default Step begin() {
        return new Step.Challenge(new byte[0]);
    }

    /** Whether a client may send its first response with its request (RFC 4954 §4). */
    default boolean clientSpeaksFirst() {
        return true;
    }

    /** Takes the client's next response. Never throws. */
    Step respond(byte[] response);
}
