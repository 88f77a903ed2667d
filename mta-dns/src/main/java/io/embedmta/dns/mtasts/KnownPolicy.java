package io.embedmta.dns.mtasts;

import io.embedmta.message.MailDomain;
import io.embedmta.tls.StsPolicy;
import java.time.Duration;
import java.time.Instant;

/**
 * A policy that was fetched.
 *
 * @param id as the domain's TXT record had it then
 */
record KnownPolicy(MailDomain domain, String id, Instant fetched, StsPolicy policy) {
    /** How long a policy is used before it is fetched anew, though its id is the same. */
    private static final Duration FRESH = Duration.ofDays(1);

    boolean isExpired(Instant now) {
        return !now.isBefore(fetched.plus(policy.maxAge()));
    }

    /** RFC 8461 §3.3: it is to be fetched again before it expires. */
    boolean isFresh(Instant now) {
        Duration age = Duration.between(fetched, now);
        return age.compareTo(FRESH) < 0 && age.compareTo(policy.maxAge().dividedBy(2)) <= 0;
    }
}
