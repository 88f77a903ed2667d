package io.embedmta.dns.mtasts;

/** A policy that makes no sense; the message says where, in one phrase. */
final class PolicySyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    PolicySyntaxException(String message) {
        super(message);
    }
}
