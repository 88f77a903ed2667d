package io.embedmta.dns.mtasts;

import io.embedmta.dns.https.CertificateRefusedException;
import io.embedmta.dns.https.HttpsClient;
import io.embedmta.dns.https.HttpsRequest;
import io.embedmta.dns.https.HttpsResponse;
import io.embedmta.resolver.Resolver;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.io.IOException;

/** Fetches policies (RFC 8461 §3.3). Thread-safe. */
final class PolicyFetcher {
    /** In front of a domain, in the name of the host with its policy (RFC 8461 §3.3). */
    static final String HOST_PREFIX = "mta-sts.";

    private static final String PATH = "/.well-known/mta-sts.txt";

    private final HttpsClient client;
    private final StsSettings settings;

    PolicyFetcher(HttpsClient client, StsSettings settings) {
        this.client = client;
        this.settings = settings;
    }

    StsPolicy fetch(String domain, Resolver resolver) throws PolicyUnavailableException {
        HttpsRequest request = HttpsRequest.get(HOST_PREFIX + domain, settings.port(), PATH);
        try {
            HttpsResponse response =
                    client.exchange(request, resolver, settings.timeout(), settings.maxSize());
            // RFC 8461 §3.3: no redirect is followed, and nothing but a 200 has a policy.
            if (response.status() != 200) {
                throw new IOException("the answer is " + response.status());
            }
            // RFC 8461 §3.2: so that nobody who may put pictures there can put a policy there.
            if (!response.mediaType().orElse("").equals("text/plain")) {
                throw new IOException("the answer is not text/plain");
            }
            return PolicyParser.parse(response.body());
        } catch (CertificateRefusedException e) {
            throw unavailable(Kind.STS_WEBPKI_INVALID, e);
        } catch (IOException e) {
            throw unavailable(Kind.STS_POLICY_FETCH_ERROR, e);
        } catch (PolicySyntaxException e) {
            throw unavailable(Kind.STS_POLICY_INVALID, e);
        }
    }

    private static PolicyUnavailableException unavailable(Kind kind, Exception cause) {
        return new PolicyUnavailableException(
                new TlsFailure(kind, String.valueOf(cause.getMessage())), cause);
    }
}
