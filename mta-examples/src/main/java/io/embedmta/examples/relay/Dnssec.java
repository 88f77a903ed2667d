package io.embedmta.examples.relay;

import io.embedmta.dns.DnsResolver;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who validates DNSSEC.
 *
 * @param trustAd whether the name server does, and is believed
 * @param anchor of our own validation, if we do
 */
record Dnssec(boolean trustAd, Optional<Path> anchor) {
    static final Dnssec OFF = new Dnssec(false, Optional.empty());

    static Dnssec parse(String option, String value) {
        if (value.equals("off")) {
            return OFF;
        }
        if (value.equals("trust-ad")) {
            return new Dnssec(true, Optional.empty());
        }
        if (value.startsWith("anchor=")) {
            Path file = OptionValues.file(option, value.substring("anchor=".length()));
            return new Dnssec(false, Optional.of(file));
        }
        throw new IllegalArgumentException(
                option + " takes trust-ad, anchor=FILE or off, not \"" + value + "\"");
    }

    /** Whether any answer can be authenticated. */
    boolean vouches() {
        return trustAd || anchor.isPresent();
    }

    DnsResolver applyTo(DnsResolver resolver) {
        DnsResolver trusting = resolver.withTrustAd(trustAd);
        return anchor.map(
                        file -> OptionValues.readable("--dnssec", file, trusting::withTrustAnchor))
                .orElse(trusting);
    }
}
