package io.embedmta.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The secret of {@link Authenticator.Verifiers#disguise}, made of what is kept of the first user by
 * name: nobody but who keeps the users knows that, and it seldom changes.
 */
final class Disguise {
    private static final byte[] PURPOSE =
            "salts of users that do not exist".getBytes(StandardCharsets.US_ASCII);

    private Disguise() {}

    static <U> Optional<byte[]> of(Map<String, U> users, Function<U, ScramVerifier> verifier) {
        return users.entrySet().stream()
                .min(Comparator.comparing(Map.Entry::getKey))
                .map(first -> of(verifier.apply(first.getValue())));
    }

    private static byte[] of(ScramVerifier verifier) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(PURPOSE);
            return digest.digest(verifier.serverKey());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no SHA-256.", e);
        }
    }
}
