package io.embedmta.dns;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What a {@link DnsResolver} is told; its methods that begin with "with" say what each means. */
record DnsSettings(
        Supplier<List<InetSocketAddress>> servers,
        Duration timeout,
        int tries,
        int cacheEntries,
        boolean trustAd,
        Optional<TrustAnchors> anchors,
        Clock clock) {

    static DnsSettings of(Supplier<List<InetSocketAddress>> servers) {
        return new DnsSettings(
                servers,
                Duration.ofSeconds(5),
                2,
                4096,
                false,
                Optional.empty(),
                Clock.systemUTC());
    }

    DnsSettings {
        if (timeout.isNegative()
                || timeout.isZero()
                || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException(
                    "Give a name server a time of more than zero and at most a minute.");
        }
        if (tries < 1 || tries > 10) {
            throw new IllegalArgumentException("Ask each name server 1 to 10 times.");
        }
        if (cacheEntries < 0) {
            throw new IllegalArgumentException("Keep zero answers or more.");
        }
    }

    DnsSettings withTimeout(Duration value) {
        return new DnsSettings(servers, value, tries, cacheEntries, trustAd, anchors, clock);
    }

    DnsSettings withTries(int value) {
        return new DnsSettings(servers, timeout, value, cacheEntries, trustAd, anchors, clock);
    }

    DnsSettings withCacheEntries(int value) {
        return new DnsSettings(servers, timeout, tries, value, trustAd, anchors, clock);
    }

    DnsSettings withTrustAd(boolean value) {
        return new DnsSettings(servers, timeout, tries, cacheEntries, value, anchors, clock);
    }

    DnsSettings withAnchors(TrustAnchors value) {
        return new DnsSettings(
                servers, timeout, tries, cacheEntries, trustAd, Optional.of(value), clock);
    }

    DnsSettings withClock(Clock value) {
        return new DnsSettings(servers, timeout, tries, cacheEntries, trustAd, anchors, value);
    }

    /** What each question asks of DNSSEC. */
    Dnssec dnssec() {
        if (anchors.isPresent()) {
            return Dnssec.SIGNED;
        }
        return trustAd ? Dnssec.JUDGED : Dnssec.OFF;
    }

    /** The longest that one look-up takes. */
    Duration limit() {
        return timeout.multipliedBy((long) tries * NameServers.MAX_SERVERS);
    }
}
