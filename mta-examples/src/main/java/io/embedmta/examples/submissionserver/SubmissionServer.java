package io.embedmta.examples.submissionserver;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.auth.UserFile;
import io.embedmta.dns.DnsResolver;
import io.embedmta.dns.mtasts.MtaSts;
import io.embedmta.dns.tlsrpt.TlsReports;
import io.embedmta.listener.SmtpListener;
import io.embedmta.route.Route;
import io.embedmta.store.journal.JournalQueue;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.Tls;
import java.io.IOException;
import java.nio.file.Path;

/** Users log in over TLS; their mail goes out by DANE and MTA-STS where the receiver has them. */
public final class SubmissionServer {

    private SubmissionServer() {}

    static MtaBuilder builder(int starttlsPort, int implicitPort, Path directory) {
        Tls tls = Tls.pem(directory.resolve("chain.pem"), directory.resolve("key.pem"));
        UserFile users = UserFile.at(directory.resolve("users"));
        return Mta.builder("mail.example.org")
                .listener(SmtpListener.on(starttlsPort).tls(tls).authenticate(users).submission())
                .listener(
                        SmtpListener.on(implicitPort)
                                .implicitTls(tls)
                                .authenticate(users)
                                .submission())
                .resolver(DnsResolver.system().withTrustAd(true))
                .route(Route.mailExchangers().tls(OutboundTls.dane()))
                .domainPolicies(MtaSts.cachedIn(directory.resolve("mta-sts")));
    }

    /** Tells domains each day how securing connections to them went. */
    private static TlsReports report(Mta mta, DnsResolver resolver, Path directory) {
        return TlsReports.by("Example Inc.", "tls-reports@example.org")
                .keptIn(directory.resolve("tls-reports"))
                .start(mta, resolver);
    }

    /** Runs until the process is stopped. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments.length > 0 ? arguments[0] : ".");
        MtaBuilder builder = builder(587, 465, directory);
        builder.queue(JournalQueue.open(directory.resolve("spool")));
        try (Mta mta = builder.start();
                DnsResolver resolver = DnsResolver.system()) {
            TlsReports reports = report(mta, resolver, directory);
            mta.awaitShutdown();
            reports.close();
        }
    }
}
