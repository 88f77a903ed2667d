package io.embedmta.tls;

import java.time.Duration;
import java.util.List;

/**
 * The MTA-STS policy of a domain (RFC 8461 §3.2). Immutable.
 *
 * @param mode how far it goes
 * @param patterns names of exchangers, in lower-case A-labels; {@code *.} at the front stands for
 *     exactly one label. Empty only in mode NONE
 * @param maxAge how long it may be relied on
 * @param lines as the domain publishes it, for reports (RFC 8460 §4.4)
 */
public record StsPolicy(Mode mode, List<String> patterns, Duration maxAge, List<String> lines) {

    /** How far a policy goes (RFC 8461 §5). */
    public enum Mode {
        /** No exchanger that does not comply gets mail. */
        ENFORCE,
        /** Failures are reported, and mail goes out nevertheless. */
        TESTING,
        /** As though there were no policy. */
        NONE
    }

    /** Copies the lists. */
    public StsPolicy {
        patterns = List.copyOf(patterns);
        lines = List.copyOf(lines);
    }
}
