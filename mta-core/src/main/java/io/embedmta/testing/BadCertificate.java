package io.embedmta.testing;

/** Why no client should trust a certificate. */
public enum BadCertificate {
    /** Its time is over since yesterday; the authority and the names are right. */
    EXPIRED,
    /** It is for another host, {@code wrong.invalid}; the authority is right. */
    WRONG_NAME,
    /** The authority is one that the client does not know. */
    UNTRUSTED
}
