package io.embedmta.internal.client;

import io.embedmta.internal.tls.PeerVerifier;

/**
 * What a connection must be before it carries a message. Immutable; connections are shared by
 * messages whose demands are equal, so that none travels over one that was made under a weaker
 * demand.
 *
 * @param level the least
 * @param fromStart whether TLS begins with the connection (RFC 8314 §3.3), not by STARTTLS
 * @param serverName for SNI; empty sends none, as for an address
 * @param verifier judges the server; below {@link Level#VERIFIED} its word is noted, not obeyed
 */
public record TlsDemand(Level level, boolean fromStart, String serverName, PeerVerifier verifier) {

    /** From nothing to the most. */
    public enum Level {
        /** Plain text, even where the server offers STARTTLS. */
        NEVER,
        /** TLS where the server can, else plain text. */
        IF_OFFERED,
        /** TLS, with whoever answers. */
        MUST,
        /** TLS, with a server that the verifier takes. */
        VERIFIED
    }

    /** Checks that there is no demand that nothing can meet. */
    public TlsDemand {
        if (fromStart && level.compareTo(Level.MUST) < 0) {
            throw new IllegalArgumentException(
                    "Demand TLS of a connection that begins with it: it has no plain text.");
        }
    }

    /** Plain text. */
    public static TlsDemand never() {
        return new TlsDemand(Level.NEVER, false, "", AnyPeer.INSTANCE);
    }

    /** TLS where the server can. */
    public static TlsDemand ifOffered(String serverName) {
        return new TlsDemand(Level.IF_OFFERED, false, serverName, AnyPeer.INSTANCE);
    }

    /** TLS, with whoever answers. */
    public static TlsDemand must(String serverName) {
        return new TlsDemand(Level.MUST, false, serverName, AnyPeer.INSTANCE);
    }

    /** TLS, with a server that the verifier takes. */
    public static TlsDemand verified(String serverName, PeerVerifier verifier) {
        return new TlsDemand(Level.VERIFIED, false, serverName, verifier);
    }

    /** The same demand, and the verifier's word is noted where it is not obeyed. */
    public TlsDemand noting(PeerVerifier other) {
        return level == Level.VERIFIED ? this : new TlsDemand(level, fromStart, serverName, other);
    }

    /** The same demand, of a connection that begins with TLS. */
    public TlsDemand immediately() {
        return new TlsDemand(level, true, serverName, verifier);
    }
}
