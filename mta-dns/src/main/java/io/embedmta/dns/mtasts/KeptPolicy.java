package io.embedmta.dns.mtasts;

import io.embedmta.tls.StsPolicy;
import java.time.Instant;

/**
 * A policy that was fetched. Immutable.
 *
 * @param domain whose it is
 * @param id as the TXT record had it when it was fetched
 * @param fetched when
 */
record KeptPolicy(String domain, String id, Instant fetched, StsPolicy policy) {

    /** RFC 8461 §3.2: max_age counts from the time of the fetch. */
    boolean isValid(Instant now) {
        return now.isBefore(fetched.plus(policy.maxAge()));
    }
}
