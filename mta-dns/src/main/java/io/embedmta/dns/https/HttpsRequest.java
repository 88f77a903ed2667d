package io.embedmta.dns.https;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request. Immutable.
 *
 * @param host a domain name in A-labels: asked for in DNS, shown in SNI, demanded of the
 *     certificate
 * @param port 1 to 65535
 * @param target path and query, starting with a slash, in printable ASCII
 * @param posted null for a GET; the array must not change
 */
public record HttpsRequest(String host, int port, String target, @Nullable Posted posted) {
    private static final int HTTPS = 443;

    /**
     * What is posted.
     *
     * @param mediaType such as {@code application/tlsrpt+gzip}
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Posted(String mediaType, byte[] octets) {}

    /** Refuses what would break out of the request line (RFC 9112 §3). */
    public HttpsRequest {
        boolean clean = target.chars().allMatch(c -> c > ' ' && c < 127);
        if (!target.startsWith("/") || !clean) {
            throw new IllegalArgumentException("A target is a path in printable ASCII.");
        }
    }

    /** A GET of a path. */
    public static HttpsRequest get(String host, int port, String target) {
        return new HttpsRequest(host, port, target, null);
    }

    /** What is posted, if anything is. */
    Optional<Posted> body() {
        return Optional.ofNullable(posted);
    }

    /** Line and fields, with the empty line (RFC 9112 §2.1). */
    byte[] head() {
        StringBuilder head = new StringBuilder(256);
        head.append(posted == null ? "GET " : "POST ").append(target).append(" HTTP/1.1\r\n");
        head.append("Host: ").append(host);
        if (port != HTTPS) {
            head.append(':').append(port);
        }
        // RFC 9112 §9.6: one exchange, then the server hangs up.
        head.append("\r\nConnection: close\r\nAccept-Encoding: identity\r\n");
        head.append("User-Agent: embedmta\r\n");
        body().ifPresent(
                        post ->
                                head.append("Content-Type: ")
                                        .append(post.mediaType())
                                        .append("\r\nContent-Length: ")
                                        .append(post.octets().length)
                                        .append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }
}
