package io.embedmta.examples.provider;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.auth.Credentials;
import io.embedmta.listener.SmtpListener;
import io.embedmta.route.Route;

/** A relay for the applications of this machine, by way of a provider that wants a log-in. */
public final class Provider {

    private Provider() {}

    static MtaBuilder builder(int port, String provider, int providerPort, Credentials account) {
        return Mta.builder("relay.example.org")
                .listener(SmtpListener.on(port).relayFrom("127.0.0.0/8", "::1"))
                .route(Route.smartHost(provider, providerPort).login(account));
    }

    /** Runs until the process is stopped; the password is in the environment. */
    public static void main(String[] arguments) throws InterruptedException {
        String password = System.getenv("PROVIDER_PASSWORD");
        Credentials account =
                Credentials.password("me@isp.example", password == null ? "" : password);
        try (Mta mta = builder(2525, "smtp.isp.example", 587, account).start()) {
            mta.awaitShutdown();
        }
    }
}
