package io.embedmta.dns.mtasts;

/** A policy makes no sense; the message says why, in one phrase. */
final class MalformedPolicyException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedPolicyException(String message) {
        super(message);
    }
}
