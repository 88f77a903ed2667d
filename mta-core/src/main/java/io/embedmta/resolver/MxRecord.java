package io.embedmta.resolver;

/**
 * A mail exchanger (RFC 1035 §3.3.9).
 *
 * @param preference 0 to 65535, lower is better
 * @param exchanger its name; the root in a null MX
 */
public record MxRecord(int preference, DnsName exchanger) {
    /** Checks the preference. */
    public MxRecord {
        if (preference < 0 || preference > 65535) {
            throw new IllegalArgumentException("An MX preference is 0 to 65535.");
        }
    }
}
