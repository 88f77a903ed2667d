package io.embedmta.tls;

/**
 * Why a connection could not be secured as it should have been.
 *
 * @param kind in the words of RFC 8460 §4.3
 * @param detail for the log and the sender, in one phrase
 */
public record TlsFailure(Kind kind, String detail) {

    /** The result types of RFC 8460 §4.3. */
    public enum Kind {
        /** The server does not offer STARTTLS, or refuses it. */
        STARTTLS_NOT_SUPPORTED,
        /** The certificate is for other names. */
        CERTIFICATE_HOST_MISMATCH,
        /** The certificate is no longer, or not yet, valid. */
        CERTIFICATE_EXPIRED,
        /** The certificate leads to no trust anchor. */
        CERTIFICATE_NOT_TRUSTED,
        /** The handshake failed, or something else did that has no kind of its own. */
        VALIDATION_FAILURE,
        /** No TLSA record fits the certificate, or none is usable. */
        TLSA_INVALID,
        /** DNSSEC could not be validated. */
        DNSSEC_INVALID,
        /** DANE was demanded, and the domain has no TLSA records. */
        DANE_REQUIRED,
        /** The MTA-STS policy could not be fetched. */
        STS_POLICY_FETCH_ERROR,
        /** The MTA-STS policy makes no sense. */
        STS_POLICY_INVALID,
        /** The certificate of the host with the MTA-STS policy is not to be trusted. */
        STS_WEBPKI_INVALID;

        /** As a report names it: {@code starttls-not-supported}. */
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }
}
