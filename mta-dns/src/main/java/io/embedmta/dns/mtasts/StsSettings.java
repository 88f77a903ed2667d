package io.embedmta.dns.mtasts;

import io.embedmta.tls.Trust;
import java.time.Clock;
import java.time.Duration;

/** How policies are fetched. Immutable. */
record StsSettings(Trust trust, int port, Duration timeout, int maxSize, Clock clock) {
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);
    private static final int LARGEST = 1 << 19;

    /** RFC 8461 §3.3 suggests a minute, and 64 KiB. */
    static final StsSettings DEFAULTS =
            new StsSettings(
                    Trust.system(), 443, Duration.ofMinutes(1), 64 << 10, Clock.systemUTC());

    StsSettings {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("A port is 1 to 65535.");
        }
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("Give a policy more than zero, up to 10 minutes.");
        }
        if (maxSize < 1 || maxSize > LARGEST) {
            throw new IllegalArgumentException("Allow a policy 1 octet to 512 KiB.");
        }
        if (!trust.withSystem() && trust.anchors().isEmpty()) {
            throw new IllegalArgumentException("Give a trust anchor, or trust the system's.");
        }
    }

    StsSettings withTrust(Trust other) {
        return new StsSettings(other, port, timeout, maxSize, clock);
    }

    StsSettings withPort(int other) {
        return new StsSettings(trust, other, timeout, maxSize, clock);
    }

    StsSettings withTimeout(Duration other) {
        return new StsSettings(trust, port, other, maxSize, clock);
    }

    StsSettings withMaxSize(int other) {
        return new StsSettings(trust, port, timeout, other, clock);
    }

    StsSettings withClock(Clock other) {
        return new StsSettings(trust, port, timeout, maxSize, other);
    }
}
