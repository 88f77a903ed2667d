package io.embedmta.dns.tlsrpt;

import io.embedmta.Mta;
import io.embedmta.SubmissionRefusedException;
import io.embedmta.dns.https.HttpsAnswer;
import io.embedmta.dns.https.HttpsClient;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.message.ReversePath;
import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
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
     * Mails a report.
     *
     * @return the name of the message in the agent's queue; empty if it was not taken
     */
    Optional<QueueId> mail(Report report, ReportAddress.Mail to) {
        try {
            Envelope envelope =
                    Envelope.from(ReversePath.of(sender.contact().toString()))
                            .to(Recipient.of(to.address()));
            return Optional.of(
                    mta.submit(
                                    envelope,
                                    ReportMessage.of(report, sender, to.address(), clock.instant()))
                            .queueId());
        } catch (SubmissionRefusedException | IllegalStateException e) {
            LOG.warn("The TLS report to {} was not taken: {}", report.domain(), e.toString());
            return Optional.empty();
        }
    }

    /**
     * Posts a report (RFC 8460 §5.4).
     *
     * @return whether it was taken
     */
    boolean post(Report report, ReportAddress.Https to) {
        try {
            HttpsAnswer answer =
                    https.post(
                            resolver,
                            DnsName.of(to.host()),
                            to.port(),
                            to.path(),
                            "application/tlsrpt+gzip",
                            report.gzipped());
            if (answer.status() / 100 == 2) {
                return true;
            }
            LOG.warn(
                    "The TLS report to {} was answered with status {}",
                    report.domain(),
                    answer.status());
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("The TLS report to {} failed: {}", report.domain(), e.toString());
        }
        return false;
    }
}
