package io.embedmta.dns.tlsrpt;

import io.embedmta.dns.https.HttpsRequest;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.smtp.SyntaxException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Where a report goes. Immutable. */
sealed interface ReportTarget {

    /** A mailbox. */
    record Mailbox(MailAddress address) implements ReportTarget {}

    /**
     * A web server.
     *
     * @param path with the query
     */
    record Web(String host, int port, String path) implements ReportTarget {}

    /** What a URI of a record means (RFC 8460 §3); nothing if it is not one that we can use. */
    static Optional<ReportTarget> of(String uri) {
        try {
            String scheme = uri.substring(0, uri.indexOf(':') + 1).toLowerCase(Locale.ROOT);
            return switch (scheme) {
                case "mailto:" -> Optional.of(mailbox(uri.substring(scheme.length())));
                case "https:" -> web(new URI(uri));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException | URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** RFC 6068 §2; what follows the question mark is not for us to heed. */
    private static ReportTarget mailbox(String address) {
        String plain = address.split("\\?", 2)[0].replace("+", "%2B");
        MailAddress mailbox = MailAddress.of(URLDecoder.decode(plain, StandardCharsets.UTF_8));
        if (mailbox.toString().chars().anyMatch(c -> c > 126)) {
            throw new SyntaxException("A report needs no SMTPUTF8.");
        }
        return new Mailbox(mailbox);
    }

    private static Optional<ReportTarget> web(URI uri) {
        if (uri.getHost() == null || uri.getRawUserInfo() != null) {
            return Optional.empty();
        }
        MailDomain host = MailDomain.of(uri.getHost());
        String path =
                uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        int port = uri.getPort() < 0 ? 443 : uri.getPort();
        // Made to see whether it can be: the rest of the URI may hold anything.
        HttpsRequest.get(host.text(), port, path + query);
        return host.address().isPresent() || port < 1 || port > 65535
                ? Optional.empty()
                : Optional.of(new Web(host.text(), port, path + query));
    }
}
