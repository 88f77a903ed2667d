package io.embedmta.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/**
 * The secret of {@link Authenticator.Verifiers#disguise}, made of what is kept of one user, the
 * first by name: nobody but who keeps the users knows that, and it seldom changes.
 */
final class Disguise {
    private static final byte[] PURPOSE =
            "salts of users that do not exist".getBytes(StandardCharsets.US_ASCII);

    private Disguise() {}

    static byte[] of(ScramVerifier verifier) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(PURPOSE);
            return digest.digest(verifier.serverKey());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no SHA-256.", e);
        }
    }
}
