package io.embedmta.dns.mtasts;

import io.embedmta.dns.https.HttpsAnswer;
import io.embedmta.dns.https.HttpsClient;
import io.embedmta.message.MailDomain;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.io.IOException;
import java.security.cert.CertificateException;

/** Fetches the policy of a domain (RFC 8461 §3.3). Thread-safe. */
final class PolicyFetcher {
    private static final String PATH = "/.well-known/mta-sts.txt";

    private final HttpsClient https;
    private final int port;

    PolicyFetcher(HttpsClient https, int port) {
        this.https = https;
        this.port = port;
    }

    /** There is no policy to be had; the failure says why. */
    static final class FetchFailedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient TlsFailure failure;

        FetchFailedException(Kind kind, String detail) {
            super(detail);
            this.failure = new TlsFailure(kind, detail);
        }

        TlsFailure failure() {
            return failure;
        }
    }

    StsPolicy fetch(MailDomain domain, DnsName host, Resolver resolver)
            throws FetchFailedException {
        HttpsAnswer answer;
        try {
            answer = https.get(resolver, host, port, PATH);
        } catch (IOException e) {
            throw new FetchFailedException(
                    isOfCertificate(e) ? Kind.STS_WEBPKI_INVALID : Kind.STS_POLICY_FETCH_ERROR,
                    "the MTA-STS policy of "
                            + domain
                            + " cannot be fetched from "
                            + host
                            + ": "
                            + e.getMessage());
        }
        if (answer.status() != 200) {
            // §3.3: nothing but 200 will do, and a redirect is not followed.
            throw new FetchFailedException(
                    Kind.STS_POLICY_FETCH_ERROR,
                    host + " answered with status " + answer.status() + ", not 200");
        }
        if (!answer.mediaType().equals("text/plain")) {
            // §3.2: so that no page which users may write is taken for a policy.
            throw new FetchFailedException(
                    Kind.STS_POLICY_FETCH_ERROR,
                    "the MTA-STS policy of " + domain + " is not of type text/plain");
        }
        try {
            return PolicyText.parse(answer.body());
        } catch (MalformedPolicyException e) {
            throw new FetchFailedException(
                    Kind.STS_POLICY_INVALID,
                    "the MTA-STS policy of " + domain + " is malformed: " + e.getMessage());
        }
    }

    private static boolean isOfCertificate(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }
}
