package io.embedmta.internal.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The way from a server's certificate to a trust anchor (RFC 5280 §6), by the JDK and with its
 * limits on algorithms. It goes over what the server sent, in any order, and over nothing else:
 * what is missing is not fetched. Revocation is not asked about.
 */
final class CertificatePath {
    /** More than any server needs; each one more is work that a stranger gives us. */
    private static final int MAX_CERTIFICATES = 10;

    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_USAGE = "2.5.29.37.0";

    private final X509Certificate server;
    private final List<X509Certificate> sent;
    private final Set<TrustAnchor> anchors;

    private CertificatePath(List<X509Certificate> chain, Set<TrustAnchor> anchors) {
        this.server = chain.get(0);
        this.sent = chain.subList(0, Math.min(MAX_CERTIFICATES, chain.size()));
        this.anchors = anchors;
    }

    /** Whether there is a way. */
    enum Outcome {
        /** There is. */
        VALID,
        /** There was, or there will be: something on it is not valid now. */
        EXPIRED,
        /** There is none. */
        NONE
    }

    /**
     * @param reason why there is none, in one phrase; empty if there is
     */
    record Result(Outcome outcome, String reason) {}

    /** Looks for a way; the chain has a certificate at least, the server's own first. */
    static Result find(List<X509Certificate> chain, Set<TrustAnchor> anchors, Instant now) {
        return new CertificatePath(chain, anchors).find(now);
    }

    private Result find(Instant now) {
        if (!isForServers(server)) {
            return new Result(Outcome.NONE, "the certificate is not for servers");
        }
        Set<TrustAnchor> valid =
                anchors.stream().filter(a -> isValid(a, now)).collect(Collectors.toSet());
        String reason = build(valid, now);
        if (reason.isEmpty()) {
            return new Result(Outcome.VALID, "");
        }
        for (Instant other : otherTimes(now)) {
            if (build(anchors, other).isEmpty()) {
                return new Result(Outcome.EXPIRED, expired(now));
            }
        }
        return new Result(Outcome.NONE, reason);
    }

    /** Why no way is valid at that time; empty if one is. */
    private String build(Set<TrustAnchor> ends, Instant at) {
        if (ends.isEmpty()) {
            return "there is no trust anchor for it";
        }
        if (ends.stream().anyMatch(end -> server.equals(end.getTrustedCert()))) {
            // The anchor itself: there is nothing in between to build.
            return isValid(server, at) ? "" : expired(at);
        }
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(server);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(ends, target);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(sent)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            parameters.setMaxPathLength(MAX_CERTIFICATES);
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return "";
        } catch (CertPathBuilderException | InvalidAlgorithmParameterException e) {
            return "it leads to no trust anchor (" + Phrase.of(e.getMessage()) + ")";
        } catch (GeneralSecurityException e) {
            return "it cannot be validated (" + Phrase.of(e.getMessage()) + ")";
        }
    }

    /**
     * Now, for an anchor that is not valid now, and when those sent were or will be valid: to tell
     * what is expired from what was never to be trusted.
     */
    private List<Instant> otherTimes(Instant now) {
        Stream<Instant> bounds =
                sent.stream()
                        .filter(certificate -> !isValid(certificate, now))
                        .map(
                                certificate ->
                                        now.isBefore(certificate.getNotBefore().toInstant())
                                                ? certificate.getNotBefore().toInstant()
                                                : certificate.getNotAfter().toInstant());
        return Stream.concat(Stream.of(now), bounds).distinct().toList();
    }

    private String expired(Instant now) {
        for (X509Certificate each : sent) {
            if (!isValid(each, now)) {
                return each.equals(server)
                        ? "the certificate " + expired(each, now)
                        : "the certificate of an issuer " + expired(each, now);
            }
        }
        return "the trust anchor is not valid now";
    }

    private static String expired(X509Certificate certificate, Instant now) {
        Instant start = certificate.getNotBefore().toInstant();
        return now.isBefore(start)
                ? "is not valid before " + start
                : "expired at " + certificate.getNotAfter().toInstant();
    }

    private static boolean isValid(TrustAnchor anchor, Instant at) {
        X509Certificate certificate = anchor.getTrustedCert();
        return certificate == null || isValid(certificate, at);
    }

    private static boolean isValid(X509Certificate certificate, Instant at) {
        try {
            certificate.checkValidity(Date.from(at));
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    /** RFC 5280 §4.2.1.12: a certificate that names its purposes serves no other. */
    private static boolean isForServers(X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes == null
                    || purposes.contains(SERVER_AUTH)
                    || purposes.contains(ANY_USAGE);
        } catch (CertificateParsingException e) {
            return false;
        }
    }
}
