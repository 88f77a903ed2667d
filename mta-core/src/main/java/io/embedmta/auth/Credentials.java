package io.embedmta.auth;

/** How we log in at another server. Immutable. Its text never holds a secret. */
public sealed interface Credentials {

    /** Not at all. */
    record None() implements Credentials {}

    /**
     * With a password.
     *
     * @param user as the server knows us
     */
    record Password(String user, String password) implements Credentials {
        @Override
        public String toString() {
            return "password of " + user;
        }
    }

    /**
     * With OAuth 2.0 access tokens.
     *
     * @param user as the server knows us
     */
    record Token(String user, TokenSupplier tokens) implements Credentials {
        @Override
        public String toString() {
            return "token of " + user;
        }
    }

    /** No log-in. */
    static Credentials none() {
        return new None();
    }

    /** A user and its password. */
    static Credentials password(String user, String password) {
        return new Password(user, password);
    }

    /** A user and where its tokens come from. */
    static Credentials token(String user, TokenSupplier tokens) {
        return new Token(user, tokens);
    }
}
