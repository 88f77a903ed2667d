package io.embedmta.dns.https;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Whether a certificate is for a host, by its subject alternative names alone (RFC 8461 §3.3, RFC
 * 6125 §6.4). The JDK, where there are none, is content with the common name.
 */
final class ServerName {
    private static final int DNS_NAME = 2;

    private ServerName() {}

    static void check(String host, SSLSession session) throws CertificateRefusedException {
        try {
            Certificate first = session.getPeerCertificates()[0];
            if (first instanceof X509Certificate certificate && isFor(host, certificate)) {
                return;
            }
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            throw new CertificateRefusedException("a certificate that cannot be read", e);
        }
        throw new CertificateRefusedException(
                "the certificate is not for " + host, new SSLPeerUnverifiedException(host));
    }

    static boolean isFor(String host, X509Certificate certificate)
            throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names == null) {
            return false;
        }
        for (List<?> name : names) {
            if (Integer.valueOf(DNS_NAME).equals(name.get(0))
                    && name.get(1) instanceof String pattern
                    && matches(pattern.toLowerCase(Locale.ROOT), host)) {
                return true;
            }
        }
        return false;
    }

    /** RFC 6125 §6.4.3: a wildcard is the whole of the left-most label, and stands for one. */
    private static boolean matches(String pattern, String host) {
        if (!pattern.startsWith("*.")) {
            return pattern.equals(host);
        }
        int dot = host.indexOf('.');
        return dot > 0 && pattern.substring(1).equals(host.substring(dot));
    }
}
