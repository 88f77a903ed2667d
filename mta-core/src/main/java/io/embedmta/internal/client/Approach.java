package io.embedmta.internal.client;

import io.embedmta.auth.Credentials;
import io.embedmta.internal.client.TlsDemand.Level;

/**
 * A server, and how we come to it. Immutable; a connection serves messages whose approach is equal.
 *
 * @param server where
 * @param tls what the connection must be
 * @param credentials how we log in
 */
public record Approach(RemoteServer server, TlsDemand tls, Credentials credentials) {

    /**
     * Checks that no secret depends on what an attacker leaves of the server's offers: a log-in is
     * protected, or goes out in plain text by the administrator's word.
     */
    public Approach {
        if (tls.level() == Level.IF_OFFERED && !(credentials instanceof Credentials.None)) {
            throw new IllegalArgumentException("Demand TLS where you log in, or rule it out.");
        }
    }
}
