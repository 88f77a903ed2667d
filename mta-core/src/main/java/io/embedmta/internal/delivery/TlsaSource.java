package io.embedmta.internal.delivery;

import io.embedmta.internal.tls.TlsaLookup;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;

/** Finds the TLSA records of a server, as {@link TlsaLookup} does. Thread-safe. */
@FunctionalInterface
public interface TlsaSource {

    /**
     * What a server publishes.
     *
     * @param nextHop the domain whose mail it is, or the host again
     */
    TlsaLookup.Answer find(DnsName host, int port, DnsName nextHop);

    /**
     * What the resolver finds. No lambda: the JVM would make code for it while the agent starts.
     */
    static TlsaSource of(Resolver resolver) {
        TlsaLookup lookup = new TlsaLookup(resolver);
        return new TlsaSource() {
            @Override
            public TlsaLookup.Answer find(DnsName host, int port, DnsName nextHop) {
                return lookup.find(host, port, nextHop);
            }
        };
    }
}
