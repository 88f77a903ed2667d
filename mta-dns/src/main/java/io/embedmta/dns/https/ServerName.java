package io.embedmta.dns.https;

import io.embedmta.internal.tls.CertificateNames;
import io.embedmta.tls.TlsFailure;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Whether a certificate is for a host, by its subject alternative names alone (RFC 8461 §3.3). The
 * JDK, where there are none, is content with the common name.
 */
final class ServerName {
    private ServerName() {}

    static void check(String host, SSLSession session) throws CertificateRefusedException {
        Optional<TlsFailure> mismatch =
                CertificateNames.of(certificate(session)).mismatch(List.of(host));
        if (mismatch.isPresent()) {
            throw new CertificateRefusedException(
                    mismatch.get().detail(), new SSLPeerUnverifiedException(host));
        }
    }

    private static X509Certificate certificate(SSLSession session)
            throws CertificateRefusedException {
        try {
            Certificate first = session.getPeerCertificates()[0];
            if (first instanceof X509Certificate certificate) {
                return certificate;
            }
            throw new SSLPeerUnverifiedException("a certificate of type " + first.getType());
        } catch (SSLPeerUnverifiedException e) {
            throw new CertificateRefusedException("a certificate that cannot be read", e);
        }
    }
}
