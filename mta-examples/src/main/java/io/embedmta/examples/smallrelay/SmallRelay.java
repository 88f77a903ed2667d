package io.embedmta.examples.smallrelay;

import io.embedmta.Mta;
import io.embedmta.dns.DnsResolver;
import io.embedmta.listener.SmtpListener;

/** A relay for the private network, by MX. */
public final class SmallRelay {

    private SmallRelay() {}

    /** Runs until the process is stopped. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Mta mta =
                Mta.builder("relay.example.org")
                        .listener(SmtpListener.on(2525).relayFrom("10.0.0.0/8", "127.0.0.0/8"))
                        .resolver(DnsResolver.system())
                        .start()) {
            mta.awaitShutdown();
        }
    }
}
