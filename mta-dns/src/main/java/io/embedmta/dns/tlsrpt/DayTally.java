package io.embedmta.dns.tlsrpt;

import io.embedmta.event.TlsAttempted;
import io.embedmta.message.MailDomain;
import io.embedmta.tls.AppliedPolicy;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the connections of one day came to, by domain and policy. For one thread at a time. */
final class DayTally {
    /** Domains of a day; of those beyond, nothing is reported. */
    private static final int MAX_DOMAINS = 10_000;

    /** A domain has one policy, or the one before and the one after a change. */
    private static final int MAX_POLICIES = 10;

    private final LocalDate day;
    private final Map<MailDomain, Map<AppliedPolicy, PolicyTally>> domains = new LinkedHashMap<>();

    /**
     * @param day in UTC (RFC 8460 §4.1)
     */
    DayTally(LocalDate day) {
        this.day = day;
    }

    LocalDate day() {
        return day;
    }

    void add(TlsAttempted event) {
        MailDomain domain = event.domain();
        if (domains.size() >= MAX_DOMAINS && !domains.containsKey(domain)) {
            return;
        }
        Map<AppliedPolicy, PolicyTally> policies =
                domains.computeIfAbsent(domain, d -> new LinkedHashMap<>());
        if (policies.size() < MAX_POLICIES || policies.containsKey(event.policy())) {
            policies.computeIfAbsent(event.policy(), p -> new PolicyTally()).add(event);
        }
    }

    Map<MailDomain, Map<AppliedPolicy, PolicyTally>> domains() {
        return domains;
    }
}
