package io.embedmta.tls;

/**
 * What a route demands of connections to other servers. Immutable.
 *
 * <p>What a domain publishes by MTA-STS comes on top of it, where the agent was given a source of
 * such policies; only {@link Level#NONE} sets that aside.
 *
 * @param level the least that is demanded
 * @param trust whom to believe in, where a certificate is verified by trust anchors
 */
public record OutboundTls(Level level, Trust trust) {

    /** From nothing to the most. */
    public enum Level {
        /** Never TLS, even where the server offers it: for servers whose TLS is broken. */
        NONE,
        /** TLS where the server offers it; plain text where it does not, or the handshake fails. */
        MAY,
        /** TLS, with whoever answers. */
        MUST,
        /** TLS, and the certificate leads to a trust anchor and is for the server's name. */
        VERIFY,
        /**
         * What the server's TLSA records demand, where DNSSEC vouches for them (RFC 7672); like
         * {@link #MAY} where it has none.
         */
        DANE
    }

    /** Never TLS. */
    public static OutboundTls none() {
        return new OutboundTls(Level.NONE, Trust.system());
    }

    /** TLS where the server can, plain text where it cannot: the default. */
    public static OutboundTls opportunistic() {
        return new OutboundTls(Level.MAY, Trust.system());
    }

    /** TLS with whoever answers; what cannot be sent so is deferred, and bounces at last. */
    public static OutboundTls required() {
        return new OutboundTls(Level.MUST, Trust.system());
    }

    /** TLS with a server that proves its name to the system's trust anchors. */
    public static OutboundTls verified() {
        return new OutboundTls(Level.VERIFY, Trust.system());
    }

    /** DANE where the server has it, opportunistic TLS elsewhere. */
    public static OutboundTls dane() {
        return new OutboundTls(Level.DANE, Trust.system());
    }

    /** The same demand with other trust anchors. */
    public OutboundTls trusting(Trust anchors) {
        return new OutboundTls(level, anchors);
    }
}
