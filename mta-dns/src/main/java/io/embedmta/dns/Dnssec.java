package io.embedmta.dns;

/** What a question asks of DNSSEC. */
enum Dnssec {
    /** Nothing. */
    OFF,
    /** The server's judgement, in the AD flag (RFC 6840 §5.7). */
    JUDGED,
    /** The signatures, and the answer even if the server thinks it bogus (RFC 4035 §4.9.2). */
    SIGNED
}
