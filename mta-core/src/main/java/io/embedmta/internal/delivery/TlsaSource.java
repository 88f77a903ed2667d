package io.embedmta.internal.delivery;

import io.embedmta.internal.tls.TlsaLookup;
import io.embedmta.resolver.DnsName;

/** Finds the TLSA records of a server, as {@link TlsaLookup} does. Thread-safe. */
@FunctionalInterface
public interface TlsaSource {

    /**
     * What a server publishes.
     *
     * @param nextHop the domain whose mail it is, or the host again
     */
    TlsaLookup.Answer find(DnsName host, int port, DnsName nextHop);
}
