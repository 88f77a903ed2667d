package io.embedmta.smtp;

import java.util.Optional;

/** The SMTP commands that the engine knows (RFC 5321 §4.1.1 and its extensions). */
public enum Verb {
    /** Opens a session without extensions. */
    HELO,
    /** Opens a session with extensions. */
    EHLO,
    /** Goes on over TLS (RFC 3207). */
    STARTTLS,
    /** Proves who the client is (RFC 4954). */
    AUTH,
    /** Opens a transaction with its reverse-path. */
    MAIL,
    /** Adds a recipient. */
    RCPT,
    /** Starts the message, ended by CRLF.CRLF. */
    DATA,
    /** Carries a chunk of the message of a stated size (RFC 3030). */
    BDAT,
    /** Drops the transaction. */
    RSET,
    /** Does nothing. */
    NOOP,
    /** Ends the session. */
    QUIT,
    /** Asks whether a mailbox exists. */
    VRFY,
    /** Asks for the members of a list. */
    EXPN,
    /** Asks for help. */
    HELP;

    private static final Verb[] ALL = values();

    /** The verb of that name in any case (RFC 5321 §2.4). */
    public static Optional<Verb> of(String name) {
        for (Verb verb : ALL) {
            if (matches(verb.name(), name)) {
                return Optional.of(verb);
            }
        }
        return Optional.empty();
    }

    /** By ASCII alone: {@code equalsIgnoreCase} would take a long s or a dotless i too. */
    private static boolean matches(String upper, String name) {
        if (name.length() != upper.length()) {
            return false;
        }
        for (int i = 0; i < upper.length(); i++) {
            char c = name.charAt(i);
            char folded = c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
            if (folded != upper.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
