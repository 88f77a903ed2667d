package io.embedmta.internal.tls;

import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.TlsaRecord;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the TLSA records of a server (RFC 7672 §2.2). Thread-safe. */
public final class TlsaLookup {
    private static final Logger log = LoggerFactory.getLogger(TlsaLookup.class);

    private final Resolver resolver;

    /** Asks the resolver, which stays its owner's to close. */
    public TlsaLookup(Resolver resolver) {
        this.resolver = resolver;
    }

    /** What a server publishes. */
    public sealed interface Answer {
        /** DNSSEC does not vouch for its addresses, or says that it has no records: no DANE. */
        record NoDane() implements Answer {}

        /** There are records, and none that we can use: TLS is a must, with whoever answers. */
        record Unusable(List<TlsaRecord> records) implements Answer {}

        /**
         * There are records.
         *
         * @param records all of them, for reports
         * @param base the name to send as SNI (RFC 7672 §8.1)
         * @param verifier holds a server to them
         */
        record Usable(List<TlsaRecord> records, DnsName base, PeerVerifier verifier)
                implements Answer {}

        /** Nobody knows now, so the server must not be used now (RFC 7672 §2.1.2). */
        record Failed(String reason) implements Answer {}
    }

    /**
     * What a server publishes.
     *
     * @param host its name, as the MX record or the administrator gave it
     * @param nextHop the domain whose mail it is, where an authenticated MX record led from there
     *     to the host; else the host again
     */
    public Answer find(DnsName host, int port, DnsName nextHop) {
        try {
            return new TlsaSearch(resolver, host, port, nextHop).run();
        } catch (TlsaSearch.UnknownForNow e) {
            return new Answer.Failed(e.reason());
        } catch (RuntimeException e) {
            // Resolver is for applications to write; whatever it throws is a temporary failure.
            log.error("Looking for TLSA records of {} failed unexpectedly", host, e);
            return new Answer.Failed("TLSA of " + host + ": internal error");
        }
    }
}
