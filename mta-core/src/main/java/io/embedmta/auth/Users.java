package io.embedmta.auth;

import io.embedmta.smtp.SyntaxException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Users in memory. Keeps {@linkplain ScramVerifier verifiers} rather than passwords, unless told
 * otherwise. Immutable; each method returns a changed copy.
 *
 * <pre>{@code
 * SmtpListener.on(587).tls(tls).authenticate(
 *         Users.of().with("ann", "secret", "ann@example.org", "@lists.example.org"));
 * }</pre>
 */
public final class Users implements Authenticator {
    private final Map<String, User> users;
    private final int iterations;
    private final boolean keepsPasswords;

    /**
     * One of them.
     *
     * @param password empty unless it is kept
     */
    private record User(Identity identity, ScramVerifier verifier, Optional<String> password) {
        @Override
        public String toString() {
            return identity.name();
        }
    }

    private Users(Map<String, User> users, int iterations, boolean keepsPasswords) {
        this.users = Collections.unmodifiableMap(users);
        this.iterations = iterations;
        this.keepsPasswords = keepsPasswords;
    }

    /** Nobody yet. */
    public static Users of() {
        return new Users(Map.of(), ScramVerifier.DEFAULT_ITERATIONS, false);
    }

    /**
     * Keeps the passwords of users added from now on, and offers CRAM-MD5 (RFC 2195) for them: for
     * clients that know nothing better.
     */
    public Users withCramMd5() {
        return new Users(users, iterations, true);
    }

    /**
     * Hashes the passwords of users added from now on with another number of iterations.
     *
     * @param value 4096 to 10,000,000
     * @throws IllegalArgumentException if it is out of range
     */
    public Users withIterations(int value) {
        if (value < ScramVerifier.MIN_ITERATIONS || value > ScramVerifier.MAX_ITERATIONS) {
            throw new IllegalArgumentException("Give 4096 to 10,000,000 iterations.");
        }
        return new Users(users, value, keepsPasswords);
    }

    /**
     * One more user.
     *
     * @param name not empty, and none of the others'
     * @param password not empty
     * @param senders the addresses it may send as, in the form of {@link Identity#sendingAs}; if
     *     none is given, its name, should that be an address, and else any
     * @throws SyntaxException if a name, a password or a sender is malformed
     * @throws IllegalArgumentException if there is a user of that name
     */
    public Users with(String name, String password, String... senders) {
        String prepared = SaslPrep.prepare(name);
        Identity plain = new Identity(prepared);
        Identity identity = senders.length == 0 ? plain : plain.sendingAs(senders);
        Map<String, User> all = new HashMap<>(users);
        User user =
                new User(
                        identity,
                        ScramVerifier.of(password, iterations),
                        keepsPasswords
                                ? Optional.of(SaslPrep.prepare(password))
                                : Optional.empty());
        if (all.put(prepared, user) != null) {
            throw new IllegalArgumentException("There is a user " + prepared + " already.");
        }
        return new Users(all, iterations, keepsPasswords);
    }

    @Override
    public Optional<Verifiers> verifiers() {
        return Optional.of(
                new Verifiers() {
                    @Override
                    public Lookup<ScramVerifier> find(String name) {
                        User user = users.get(name);
                        return user == null
                                ? Lookup.unknown()
                                : Lookup.found(user.identity(), user.verifier());
                    }

                    @Override
                    public int iterations() {
                        return iterations;
                    }
                });
    }

    @Override
    public Optional<Secrets> secrets() {
        return keepsPasswords ? Optional.of(this::secret) : Optional.empty();
    }

    private Lookup<String> secret(String name) {
        User user = users.get(name);
        return user == null || user.password().isEmpty()
                ? Lookup.unknown()
                : Lookup.found(user.identity(), user.password().get());
    }

    /** How many there are. */
    @Override
    public String toString() {
        return users.size() + " users in memory";
    }
}
