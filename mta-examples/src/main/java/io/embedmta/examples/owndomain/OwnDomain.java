package io.embedmta.examples.owndomain;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.listener.SmtpListener;
import io.embedmta.route.Route;
import io.embedmta.store.maildir.Maildir;
import java.nio.file.Path;

/** A domain of our own in Maildirs; everything else goes to a smart host. */
public final class OwnDomain {

    private OwnDomain() {}

    static MtaBuilder builder(int port, Path mail, String smartHost, int smartPort) {
        return Mta.builder("mx.example.org")
                .listener(SmtpListener.on(port))
                .store("example.org", Maildir.at(mail))
                .alias("info@example.org", "ann@example.org", "bob@example.org")
                .route(Route.smartHost(smartHost, smartPort));
    }

    /** Runs until the process is stopped. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Mta mta = builder(25, Path.of("mail"), "smtp.isp.example", 587).start()) {
            mta.awaitShutdown();
        }
    }
}
