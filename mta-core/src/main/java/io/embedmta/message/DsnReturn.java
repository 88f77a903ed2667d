package io.embedmta.message;

/** How much of the message a bounce carries back (RET, RFC 3461 §4.3). */
public enum DsnReturn {
    /** The whole message. */
    FULL,
    /** Its header section. */
    HDRS
}
