package io.embedmta.dns.tlsrpt;

import io.embedmta.event.TlsAttempted;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The connections of one day in universal time, by domain and policy: of a bounded number of
 * domains, and a bounded number of characters in all. What does not fit is counted and forgotten.
 * Not thread-safe.
 */
final class Day {
    private static final int MAX_DOMAINS = 10_000;
    private static final int MAX_POLICIES = 32;
    private static final long MAX_CHARACTERS = 16L << 20;

    final LocalDate date;

    /** Of this day in this process, so that no two reports have the same id. */
    final String unique;

    final Map<String, Map<PolicyResults.Policy, PolicyResults>> domains = new LinkedHashMap<>();
    private long characters;
    long lost;

    Day(LocalDate date, String unique) {
        this.date = date;
        this.unique = unique;
    }

    /** The first instant of the day. */
    Instant start() {
        return date.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** The first instant of the next day. */
    Instant end() {
        return date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    void add(TlsAttempted event) {
        String domain = event.domain().text();
        Map<PolicyResults.Policy, PolicyResults> policies = domains.get(domain);
        PolicyResults.Policy policy = PolicyResults.Policy.of(event);
        boolean isNew = policies == null || !policies.containsKey(policy);
        boolean fits =
                characters < MAX_CHARACTERS
                        && (policies == null
                                ? domains.size() < MAX_DOMAINS
                                : policies.size() < MAX_POLICIES);
        if (isNew && !fits) {
            lost++;
            return;
        }
        characters += isNew ? policy.size() : 0;
        characters += results(domain, policy).add(event, characters < MAX_CHARACTERS);
    }

    private PolicyResults results(String domain, PolicyResults.Policy policy) {
        return domains.computeIfAbsent(domain, d -> new LinkedHashMap<>())
                .computeIfAbsent(policy, p -> new PolicyResults());
    }

    /** Goes on with results that were saved. */
    void restore(String domain, PolicyResults.Policy policy, PolicyResults results) {
        domains.computeIfAbsent(domain, d -> new LinkedHashMap<>()).put(policy, results);
        characters += policy.size() + results.size();
    }
}
