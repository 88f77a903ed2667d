package io.embedmta.auth;

import java.io.IOException;
import java.util.Optional;

/**
 * An application's users, to a listener. Says by what it can be asked, and so which mechanisms of
 * SASL are offered: with {@link #passwords} or {@link #verifiers} PLAIN and LOGIN, with verifiers
 * SCRAM-SHA-256 too, with {@link #tokens} OAUTHBEARER and XOAUTH2, with {@link #secrets} CRAM-MD5.
 *
 * <p>All of it is thread-safe and may block for a limited time. Whatever it throws is a failure for
 * now (454), with a line in the log; so its texts hold no secrets. Names and passwords come as
 * {@link SaslPrep} makes them. Failures are counted by name, so who takes several spellings of one
 * lets each be guessed at on its own.
 */
public interface Authenticator {

    /** Tells whether a password is right. */
    @FunctionalInterface
    interface Passwords {
        /**
         * Checks a password. Takes as long for an unknown user as for a wrong password, lest
         * clients find out who there is.
         *
         * @throws IOException if it cannot be told now
         */
        AuthAnswer check(String user, String password) throws IOException;
    }

    /** Gives what SCRAM compares a client's proof with. */
    @FunctionalInterface
    interface Verifiers {
        /**
         * Looks for a user's verifier.
         *
         * @throws IOException if it cannot be told now
         */
        Lookup<ScramVerifier> find(String user) throws IOException;

        /**
         * How many iterations most verifiers have. A client that names an unknown user is shown as
         * many, so that it cannot tell.
         */
        default int iterations() {
            return ScramVerifier.DEFAULT_ITERATIONS;
        }

        /**
         * A secret that lasts as long as the verifiers do, over restarts and for all processes that
         * share them. The salts that clients are shown for users that do not exist are made of it:
         * a salt that changes where those of others stay would tell. Never shown itself.
         *
         * @return empty for one that lasts as long as this process; a new array each time
         */
        default Optional<byte[]> disguise() {
            return Optional.empty();
        }
    }

    /** Tells whether an OAuth 2.0 access token is good. */
    @FunctionalInterface
    interface Tokens {
        /**
         * Checks a token (RFC 6750).
         *
         * @param user the name that came with it; empty if none did
         * @throws IOException if it cannot be told now
         */
        AuthAnswer check(String user, String token) throws IOException;
    }

    /** Gives passwords in plain, which CRAM-MD5 (RFC 2195) cannot do without. */
    @FunctionalInterface
    interface Secrets {
        /**
         * Looks for a user's password.
         *
         * @throws IOException if it cannot be told now
         */
        Lookup<String> find(String user) throws IOException;
    }

    /** Checks passwords; empty if it cannot. Asked rather than {@link #verifiers} if both can. */
    default Optional<Passwords> passwords() {
        return Optional.empty();
    }

    /** Finds verifiers; empty if it has none. */
    default Optional<Verifiers> verifiers() {
        return Optional.empty();
    }

    /** Checks tokens; empty if it cannot. */
    default Optional<Tokens> tokens() {
        return Optional.empty();
    }

    /** Finds passwords in plain; empty, as it should be, if it has none. */
    default Optional<Secrets> secrets() {
        return Optional.empty();
    }

    /** Users whose passwords something else can check. */
    static Authenticator ofPasswords(Passwords passwords) {
        return new Authenticator() {
            @Override
            public Optional<Passwords> passwords() {
                return Optional.of(passwords);
            }
        };
    }

    /** Users that come with tokens. */
    static Authenticator ofTokens(Tokens tokens) {
        return new Authenticator() {
            @Override
            public Optional<Tokens> tokens() {
                return Optional.of(tokens);
            }
        };
    }
}
