package io.embedmta.internal.client;

import io.embedmta.tls.TlsFailure;
import java.net.InetAddress;

/**
 * Hears of each new connection to a server that could have become one with TLS; not of one in plain
 * text that replaces it. Returns at once and never throws.
 */
public interface TlsObserver {

    /**
     * The connection is as it should be.
     *
     * @param local our end of it
     */
    void secured(InetAddress local);

    /** The connection is not as it should be, whether or not it is used nevertheless. */
    void unsecured(InetAddress local, TlsFailure failure);
}
