package io.embedmta.auth;

/** What became of a password or a token. */
public sealed interface AuthAnswer {

    /**
     * It is right.
     *
     * @param identity whose it is
     */
    record Accepted(Identity identity) implements AuthAnswer {}

    /** It is wrong, or there is no such user: a client is never told which. */
    record Rejected() implements AuthAnswer {}

    /**
     * It cannot be told now; the client may try again.
     *
     * @param why for the log, without a secret
     */
    record Unavailable(String why) implements AuthAnswer {}

    /** It is right, and this user's. */
    static AuthAnswer accepted(Identity identity) {
        return new Accepted(identity);
    }

    /** It is wrong. */
    static AuthAnswer rejected() {
        return new Rejected();
    }

    /** It cannot be told now. */
    static AuthAnswer unavailable(String why) {
        return new Unavailable(why);
    }
}
