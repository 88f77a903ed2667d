package io.embedmta.dns.tlsrpt;

import io.embedmta.message.MailAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where a domain wants its reports, as its TXT record says (RFC 8460 §3). */
sealed interface ReportAddress {
    /** By mail. */
    record Mail(MailAddress address) implements ReportAddress {}

    /**
     * By HTTPS.
     *
     * @param path with its query
     */
    record Https(String host, int port, String path) implements ReportAddress {}

    /** A record names two or three; more are somebody's idea of many. */
    int MAX = 5;

    /** What the records of a domain name; none unless exactly one record is of the kind. */
    static List<ReportAddress> parse(List<String> texts) {
        List<String> records =
                texts.stream().filter(text -> text.startsWith("v=TLSRPTv1;")).toList();
        List<ReportAddress> all = new ArrayList<>();
        if (records.size() != 1) {
            return all;
        }
        for (String field : records.get(0).split(";", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0 && field.substring(0, equals).strip().equals("rua")) {
                for (String uri : field.substring(equals + 1).split(",", -1)) {
                    add(all, uri.strip());
                }
            }
        }
        return all;
    }

    private static void add(List<ReportAddress> all, String text) {
        if (all.size() == MAX) {
            return;
        }
        try {
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.startsWith("mailto:")) {
                int query = text.indexOf('?');
                String path = text.substring("mailto:".length(), query < 0 ? text.length() : query);
                // RFC 6068 §2: percent-encoded; a plus stands for itself.
                String address =
                        URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
                all.add(new Mail(MailAddress.of(address)));
            } else if (lower.startsWith("https:")) {
                all.add(https(new URI(text)));
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            // What cannot be read cannot be sent to; the others can.
        }
    }

    private static Https https(URI uri) {
        if (uri.getHost() == null || uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("An address of reports names a host.");
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new Https(uri.getHost(), uri.getPort() < 0 ? 443 : uri.getPort(), path + query);
    }
}
