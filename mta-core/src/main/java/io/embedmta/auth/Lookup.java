package io.embedmta.auth;

/**
 * What became of the search for a user.
 *
 * @param <T> what is kept of each user
 */
public sealed interface Lookup<T> {

    /**
     * There is such a user. Its text does not hold what was found.
     *
     * @param identity the user, should the client prove to be it
     * @param value what is kept of it
     */
    record Found<T>(Identity identity, T value) implements Lookup<T> {
        @Override
        public String toString() {
            return "found " + identity.name();
        }
    }

    /** There is none: a client is never told. */
    record Unknown<T>() implements Lookup<T> {}

    /**
     * It cannot be told now; the client may try again.
     *
     * @param why for the log, without a secret
     */
    record Unavailable<T>(String why) implements Lookup<T> {}

    /** There is such a user. */
    static <T> Lookup<T> found(Identity identity, T value) {
        return new Found<>(identity, value);
    }

    /** There is none. */
    static <T> Lookup<T> unknown() {
        return new Unknown<>();
    }

    /** It cannot be told now. */
    static <T> Lookup<T> unavailable(String why) {
        return new Unavailable<>(why);
    }
}
