package io.embedmta.tls;

/** How a message was protected on its way to the next server. Immutable. */
public sealed interface HopSecurity {

    /**
     * Not at all.
     *
     * @param why in one phrase, such as "the server offers no STARTTLS"
     */
    record PlainText(String why) implements HopSecurity {}

    /**
     * By TLS.
     *
     * @param session what was agreed upon
     * @param proof what showed that the server is the right one
     */
    record Encrypted(TlsSession session, Proof proof) implements HopSecurity {}

    /** What showed that a server is the right one. */
    enum Proof {
        /** Nothing: whoever answered was taken for it. */
        NONE,
        /** A certificate for its name that leads to a trust anchor. */
        TRUST_ANCHOR,
        /** A certificate that fits its TLSA records (RFC 7672). */
        DANE
    }
}
