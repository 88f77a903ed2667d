package io.embedmta.examples.smallrelay;

import io.embedmta.Mta;
import io.embedmta.dns.DnsResolver;
import io.embedmta.listener.SmtpListener;
import io.embedmta.store.journal.JournalQueue;
import java.io.IOException;
import java.nio.file.Path;

/** A relay for the private network, by MX, that loses nothing when it ends. */
public final class SmallRelay {

    private SmallRelay() {}

    /** Runs until the process is stopped. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (Mta mta =
                Mta.builder("relay.example.org")
                        .listener(SmtpListener.on(2525).relayFrom("10.0.0.0/8", "127.0.0.0/8"))
                        .queue(JournalQueue.open(Path.of("spool")))
                        .resolver(DnsResolver.system())
                        .start()) {
            mta.awaitShutdown();
        }
    }
}
