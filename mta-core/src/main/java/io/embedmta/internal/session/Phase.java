package io.embedmta.internal.session;

/** How far a session has come; decides which commands are in order (RFC 5321 §4.1.4). */
enum Phase {
    /** Connected; neither HELO nor EHLO yet. */
    CONNECTED,
    /** Greeted; no transaction. */
    GREETED,
    /** A transaction without a recipient. */
    MAIL,
    /** A transaction with a recipient. */
    RECIPIENTS,
    /** A message is coming in with BDAT. */
    CHUNKS
}
