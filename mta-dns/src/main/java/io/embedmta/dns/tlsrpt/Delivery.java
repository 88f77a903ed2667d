package io.embedmta.dns.tlsrpt;

import io.embedmta.Mta;
import io.embedmta.SubmissionRefusedException;
import io.embedmta.dns.https.HttpsAnswer;
import io.embedmta.dns.https.HttpsClient;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.message.ReversePath;
import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings reports to where their domains want them. For one thread. */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final Mta mta;
    private final Resolver resolver;
    private final HttpsClient https;
    private final ReportSender sender;
    private final Clock clock;

    Delivery(Mta mta, Resolver resolver, HttpsClient https, ReportSender sender, Clock clock) {
        this.mta = mta;
        this.resolver = resolver;
        this.https = https;
        this.sender = sender;
        this.clock = clock;
    }

    /** Where a domain wants its reports; empty if that cannot be told now. */
    Optional<List<ReportAddress>> addresses(MailDomain domain) {
        DnsName name;
        try {
            name = DnsName.of("_smtp._tls." + domain.text());
        } catch (IllegalArgumentException e) {
            return Optional.of(List.of());
        }
        DnsAnswer<String> answer = resolver.txt(name);
        if (answer instanceof DnsAnswer.TemporaryFailure) {
            return Optional.empty();
        }
        return Optional.of(
                answer instanceof DnsAnswer.Found<String> found
                        ? ReportAddress.parse(found.records())
                        : List.of());
    }

    /**
     * Brings a report to one place.
     *
     * @param mailed is told of each message, so that reports are not reported on
     * @return whether it is there; if not, it may be tried again
     */
    boolean bring(Report report, ReportAddress to, Consumer<QueueId> mailed) {
        try {
            if (to instanceof ReportAddress.Mail mail) {
                mailed.accept(mail(report, mail));
                return true;
            }
            return post(report, (ReportAddress.Https) to);
        } catch (IOException | RuntimeException e) {
            LOG.warn("The TLS report to {} at {} failed: {}", report.domain(), to, e.toString());
            return false;
        }
    }

    private QueueId mail(Report report, ReportAddress.Mail to) throws IOException {
        try {
            return mta.submit(
                            Envelope.from(ReversePath.of(sender.contact().toString()))
                                    .to(to.address().toString()),
                            ReportMessage.of(report, sender, to.address(), clock.instant()))
                    .queueId();
        } catch (SubmissionRefusedException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** RFC 8460 §5.4. */
    private boolean post(Report report, ReportAddress.Https to) throws IOException {
        HttpsAnswer answer =
                https.post(
                        resolver,
                        DnsName.of(to.host()),
                        to.port(),
                        to.path(),
                        "application/tlsrpt+gzip",
                        report.gzipped());
        if (answer.status() / 100 != 2) {
            LOG.warn(
                    "The TLS report to {} was answered with status {}",
                    report.domain(),
                    answer.status());
            return false;
        }
        return true;
    }
}
