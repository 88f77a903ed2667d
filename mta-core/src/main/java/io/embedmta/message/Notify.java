package io.embedmta.message;

/** When a sender wants to hear of a recipient (RFC 3461 §4.1), beside never. */
public enum Notify {
    /** When the message was delivered. */
    SUCCESS,
    /** When it could not be. */
    FAILURE,
    /** When it is late. */
    DELAY
}
