package io.embedmta.tls;

import java.util.List;

/**
 * The policy of a domain that a connection was held to (RFC 8460 §4.4). Immutable.
 *
 * @param type where it is published
 * @param lines as it is published: TLSA records in presentation format, or the lines of an MTA-STS
 *     policy; empty if there is none
 * @param patterns the names of exchangers in an MTA-STS policy; else empty
 */
public record AppliedPolicy(Type type, List<String> lines, List<String> patterns) {

    /** Where a policy is published. */
    public enum Type {
        /** In TLSA records (DANE). */
        TLSA,
        /** By MTA-STS. */
        STS,
        /** Nowhere. */
        NONE
    }

    /** Copies the lists. */
    public AppliedPolicy {
        lines = List.copyOf(lines);
        patterns = List.copyOf(patterns);
    }

    /** A domain without a policy. */
    public static AppliedPolicy none() {
        return new AppliedPolicy(Type.NONE, List.of(), List.of());
    }
}
