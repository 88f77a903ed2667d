package io.embedmta.message;

/** What the sender wants of transport security on the whole way (RFC 8689). */
public enum TlsRequest {
    /** What each route demands by itself. */
    DEFAULT,
    /** No hop without verified TLS: MAIL came with REQUIRETLS. */
    REQUIRED,
    /** Rather delivered than protected: the message has the field {@code TLS-Required: No}. */
    WAIVED
}
