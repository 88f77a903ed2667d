package io.embedmta.tls;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What two ends of a connection have agreed upon. Immutable.
 *
 * @param protocol as the JDK names it, such as {@code TLSv1.3}
 * @param cipher as the IANA names the suite, such as {@code TLS_AES_256_GCM_SHA384}
 * @param peerCertificates what the other end showed, its own certificate first; empty if nothing.
 *     That they were shown says nothing of whether they are to be trusted
 */
public record TlsSession(String protocol, String cipher, List<X509Certificate> peerCertificates) {
    /** Copies the list. */
    public TlsSession {
        peerCertificates = List.copyOf(peerCertificates);
    }

    /** In one line, without the certificates. */
    @Override
    public String toString() {
        return protocol + " " + cipher;
    }
}
