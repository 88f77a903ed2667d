package io.embedmta.internal.sasl;

import io.embedmta.auth.AuthAnswer;
import io.embedmta.auth.Authenticator;
import io.embedmta.auth.Authenticator.Secrets;
import io.embedmta.auth.Authenticator.Verifiers;
import io.embedmta.auth.Lookup;
import io.embedmta.auth.SaslPrep;
import io.embedmta.auth.ScramVerifier;
import io.embedmta.smtp.SyntaxException;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An application's users as one client's mechanism asks for them, as often as the client may. An
 * exception is a failure for now (I8); for an unknown user the same is done as for a wrong
 * password. As thread-safe as the attempts.
 */
final class Accounts {
    private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

    /** Makes what is shown of users that do not exist, where the application has no better one. */
    private static final byte[] FAKE_KEY = new byte[32];

    static {
        new SecureRandom().nextBytes(FAKE_KEY);
    }

    private static final int FAKE_SALT_OCTETS = 16;

    /** Before a name beside a token: no prepared name begins so. */
    private static final char TOKEN = '\1';

    private final Authenticator authenticator;
    private final KeyDerivation derivation;
    private final Attempts attempts;

    /** Makes a verifier of a password; what costs so much that a clock could see it. */
    @FunctionalInterface
    interface KeyDerivation {
        /** As {@link ScramVerifier#of(String, byte[], int)}. */
        ScramVerifier derive(String password, byte[] salt, int iterations);
    }

    Accounts(Authenticator authenticator, KeyDerivation derivation, Attempts attempts) {
        this.authenticator = authenticator;
        this.derivation = derivation;
        this.attempts = attempts;
    }

    /** What is kept of a user, or the like of it for one who does not exist. */
    record Account<T>(Lookup<T> lookup, T value) {
        /** The user if it exists and its proof is right; else a refusal that tells nobody which. */
        Step judge(boolean proofIsRight) {
            if (lookup instanceof Lookup.Unavailable) {
                return new Step.Unavailable();
            }
            return proofIsRight && lookup instanceof Lookup.Found<T> found
                    ? new Step.Accepted(found.identity())
                    : new Step.Rejected();
        }

        boolean isUnavailable() {
            return lookup instanceof Lookup.Unavailable;
        }
    }

    /** Checks a password as it was sent. */
    Step password(String rawUser, String rawPassword) {
        String user;
        String password;
        try {
            // RFC 4616 §2: prepared before anything is compared.
            user = SaslPrep.prepare(rawUser);
            password = SaslPrep.prepare(rawPassword);
        } catch (SyntaxException e) {
            return reject(rawUser);
        }
        if (user.isEmpty() || password.isEmpty()) {
            return reject(user);
        }
        return judge(user, () -> check(user, password));
    }

    private Step check(String user, String password) {
        if (authenticator.passwords().isPresent()) {
            return answer(() -> authenticator.passwords().get().check(user, password));
        }
        Account<ScramVerifier> account = verifier(user);
        if (account.isUnavailable()) {
            return new Step.Unavailable();
        }
        ScramVerifier kept = account.value();
        byte[] given = derivation.derive(password, kept.salt(), kept.iterations()).storedKey();
        return account.judge(MessageDigest.isEqual(given, kept.storedKey()));
    }

    /** Refuses what nobody may do, and counts it as an attempt. */
    Step reject(String rawUser) {
        return judge(preparedOrNobody(rawUser), Step.Rejected::new);
    }

    private static String preparedOrNobody(String rawUser) {
        try {
            return SaslPrep.prepare(rawUser);
        } catch (SyntaxException e) {
            return "";
        }
    }

    /** Checks a token, which is no proof of the name beside it, if there is one. */
    Step token(String user, String token) {
        // So a good one must not forgive what failed in that name with passwords. Without a name,
        // the token itself tells one device from another.
        return judge(
                TOKEN + (user.isEmpty() ? token : user),
                () -> answer(() -> authenticator.tokens().orElseThrow().check(user, token)));
    }

    /**
     * Judges what the client has sent, if it may be judged now.
     *
     * @param user who it says it is, prepared
     */
    Step judge(String user, Supplier<Step> judgement) {
        return attempts.judge(user, judgement);
    }

    /** Asks for a verifier; the user's name is prepared. */
    Account<ScramVerifier> verifier(String user) {
        Verifiers verifiers = authenticator.verifiers().orElseThrow();
        Lookup<ScramVerifier> lookup = lookup(() -> verifiers.find(user));
        ScramVerifier value =
                lookup instanceof Lookup.Found<ScramVerifier> found
                        ? found.value()
                        : fake(user, iterations(verifiers), key(verifiers));
        return new Account<>(lookup, value);
    }

    /** Asks for a password in plain; the user's name is prepared. */
    Account<String> secret(String user) {
        Secrets secrets = authenticator.secrets().orElseThrow();
        Lookup<String> lookup = lookup(() -> secrets.find(user));
        String value =
                lookup instanceof Lookup.Found<String> found && !found.value().isEmpty()
                        ? found.value()
                        : Base64.getEncoder().encodeToString(fakeOctets(FAKE_KEY, "secret", user));
        return new Account<>(lookup, value);
    }

    /**
     * RFC 5802 says nothing of it, but a salt that changed would tell that there is no such user.
     */
    private static ScramVerifier fake(String user, int iterations, byte[] key) {
        Base64.Encoder base64 = Base64.getEncoder();
        return ScramVerifier.parse(
                "SCRAM-SHA-256$"
                        + iterations
                        + ":"
                        + base64.encodeToString(
                                Arrays.copyOf(fakeOctets(key, "salt", user), FAKE_SALT_OCTETS))
                        + "$"
                        + base64.encodeToString(fakeOctets(key, "stored key", user))
                        + ":"
                        + base64.encodeToString(fakeOctets(key, "server key", user)));
    }

    private static byte[] fakeOctets(byte[] key, String what, String user) {
        return Octets.hmacSha256(key, Octets.of(what + '\0' + user));
    }

    private static byte[] key(Verifiers verifiers) {
        try {
            return verifiers.disguise().orElse(FAKE_KEY);
        } catch (RuntimeException e) {
            LOG.error("The authenticator failed.", e);
            return FAKE_KEY;
        }
    }

    private static int iterations(Verifiers verifiers) {
        try {
            int usual = Math.max(ScramVerifier.MIN_ITERATIONS, verifiers.iterations());
            return Math.min(ScramVerifier.MAX_ITERATIONS, usual);
        } catch (RuntimeException e) {
            LOG.error("The authenticator failed.", e);
            return ScramVerifier.DEFAULT_ITERATIONS;
        }
    }

    private interface Question<T> {
        T ask() throws IOException;
    }

    private static Step answer(Question<AuthAnswer> question) {
        AuthAnswer answer;
        try {
            answer = question.ask();
        } catch (IOException | RuntimeException e) {
            // I8.
            LOG.error("The authenticator failed.", e);
            return new Step.Unavailable();
        }
        if (answer instanceof AuthAnswer.Accepted accepted) {
            return new Step.Accepted(accepted.identity());
        }
        if (answer instanceof AuthAnswer.Unavailable unavailable) {
            LOG.warn("The authenticator cannot tell now: {}", unavailable.why());
            return new Step.Unavailable();
        }
        return new Step.Rejected();
    }

    private static <T> Lookup<T> lookup(Question<Lookup<T>> question) {
        Lookup<T> lookup;
        try {
            lookup = question.ask();
        } catch (IOException | RuntimeException e) {
            // I8.
            LOG.error("The authenticator failed.", e);
            return Lookup.unavailable("it failed");
        }
        if (lookup instanceof Lookup.Unavailable<T> unavailable) {
            LOG.warn("The authenticator cannot tell now: {}", unavailable.why());
        }
        return lookup;
    }
}
