package io.embedmta.dns.tlsrpt;

import io.embedmta.Mta;
import io.embedmta.dns.https.HttpsClient;
import io.embedmta.message.MailAddress;
import io.embedmta.resolver.Resolver;
import io.embedmta.tls.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Sets up TLS reports; made by {@link TlsReports#by}. For one thread. */
public final class TlsReportsBuilder {
    private final String organization;
    private final MailAddress from;
    private String contact;
    private @Nullable StateFile file;
    private Trust trust = Trust.system();
    private Predicate<InetAddress> allowed = TlsReportsBuilder::isPublic;
    private Clock clock = Clock.systemUTC();
    private RandomGenerator random = new SecureRandom();

    TlsReportsBuilder(String organization, String from) {
        boolean printable = organization.chars().noneMatch(Character::isISOControl);
        if (organization.isBlank() || !printable) {
            throw new IllegalArgumentException("Name the organization that reports.");
        }
        this.organization = organization;
        this.from = ascii(from);
        this.contact = this.from.toString();
    }

    private static MailAddress ascii(String address) {
        MailAddress parsed = MailAddress.of(address);
        if (parsed.toString().chars().anyMatch(c -> c > 126)) {
            throw new IllegalArgumentException(
                    "Report from an address in ASCII, not from " + address + ".");
        }
        return parsed;
    }

    /**
     * Whom the readers of reports may ask; the sender of the reports unless set otherwise.
     *
     * @param address a mail address
     * @throws io.embedmta.smtp.SyntaxException if it is none
     */
    public TlsReportsBuilder contact(String address) {
        contact = MailAddress.of(address).toString();
        return this;
    }

    /**
     * Keeps the counts in a directory too, so that a restart does not lose the day. They are saved
     * every five minutes and at the end; a crash loses what came since.
     *
     * @param directory for this alone; made if it is not there
     * @throws UncheckedIOException if it cannot be made
     */
    public TlsReportsBuilder keptIn(Path directory) {
        try {
            file = StateFile.in(directory);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Give TLS reports a directory that can be written to, not " + directory + ".",
                    e);
        }
    }

    /**
     * Other anchors for the certificates of web servers that reports are posted to; the system's
     * unless set otherwise.
     */
    public TlsReportsBuilder trusting(Trust anchors) {
        if (!anchors.withSystem() && anchors.anchors().isEmpty()) {
            throw new IllegalArgumentException("Give a trust anchor, or trust the system's.");
        }
        trust = anchors;
        return this;
    }

    /**
     * Posts reports to loopback, link-local and private addresses too. Without this it does not, as
     * anybody who gets mail from us may name a web server to post to, even one of our own network.
     */
    public TlsReportsBuilder toPrivateAddresses() {
        allowed = address -> true;
        return this;
    }

    /** The clock that days go by. */
    public TlsReportsBuilder clock(Clock newClock) {
        clock = newClock;
        return this;
    }

    /** Where the delay after midnight comes from; thread-safe. */
    public TlsReportsBuilder random(RandomGenerator newRandom) {
        random = newRandom;
        return this;
    }

    /**
     * Begins to count and to report.
     *
     * @param mta whose connections are counted, and that sends reports
     * @param resolver for the domains' records and for web servers; not closed here
     * @return the running reports, which the caller closes before the agent
     */
    public TlsReports start(Mta mta, Resolver resolver) {
        ReportSettings settings =
                new ReportSettings(organization, mta.hostname(), contact, from, clock, random);
        return TlsReports.start(settings, mta, resolver, new HttpsClient(trust, allowed), file);
    }

    private static boolean isPublic(InetAddress address) {
        // RFC 4193 §3: fc00::/7, which the JDK has no question for.
        boolean isUniqueLocal =
                address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc;
        return !address.isLoopbackAddress()
                && !address.isAnyLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isSiteLocalAddress()
                && !address.isMulticastAddress()
                && !isUniqueLocal;
    }
}
