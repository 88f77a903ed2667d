package io.embedmta.auth;

import io.embedmta.smtp.SyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a password for SCRAM-SHA-256 (RFC 5802 §3, RFC 7677): enough to check a proof or
 * a password, not to log in elsewhere. Immutable. Whoever has it may still try passwords on it, so
 * {@link #toString} does not show it; {@link #text} does.
 */
public final class ScramVerifier {
    /** What RFC 7677 §4 asks for at least. */
    public static final int MIN_ITERATIONS = 4096;

    /**
     * Some 20 ms of a core for each password that is checked or tried: a file of hashes that gets
     * lost costs ten times as much to search as at the minimum, and strangers who send wrong
     * passwords do not keep the server from its work.
     */
    public static final int DEFAULT_ITERATIONS = 50_000;

    /** A bound on what a file, or a server that we log in at, may make us compute. */
    public static final int MAX_ITERATIONS = 10_000_000;

    private static final int SALT_OCTETS = 16;
    private static final int HASH_OCTETS = 32;
    private static final int MAX_SALT_OCTETS = 1024;

    /** A server shows it to a client in one line of a reply. */
    private static final int MAX_OWN_SALT_OCTETS = 64;

    private static final Pattern TEXT =
            Pattern.compile(
                    "SCRAM-SHA-256\\$([1-9][0-9]{0,8}):([A-Za-z0-9+/=]+)"
                            + "\\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)");

    private final byte[] salt;
    private final int iterations;
    private final byte[] storedKey;
    private final byte[] serverKey;

    private ScramVerifier(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {
        this.salt = salt;
        this.iterations = iterations;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /**
     * Of a password, with a new salt and the default number of iterations.
     *
     * @throws SyntaxException if the password is empty or holds what {@link SaslPrep} prohibits
     */
    public static ScramVerifier of(String password) {
        return of(password, DEFAULT_ITERATIONS);
    }

    /**
     * Of a password, with a new salt.
     *
     * @param iterations 4096 to 10,000,000
     * @throws SyntaxException if the password is empty or holds what {@link SaslPrep} prohibits
     * @throws IllegalArgumentException if the number is out of range
     */
    public static ScramVerifier of(String password, int iterations) {
        byte[] salt = new byte[SALT_OCTETS];
        new SecureRandom().nextBytes(salt);
        return of(password, salt, iterations);
    }

    /**
     * Of a password, with a given salt.
     *
     * @param salt 1 to 64 octets
     * @param iterations 4096 to 10,000,000
     * @throws SyntaxException if the password is empty or holds what {@link SaslPrep} prohibits
     * @throws IllegalArgumentException if the number or the salt is out of range
     */
    public static ScramVerifier of(String password, byte[] salt, int iterations) {
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException("Give 4096 to 10,000,000 iterations.");
        }
        if (salt.length > MAX_OWN_SALT_OCTETS) {
            throw new IllegalArgumentException("Give a salt of 1 to 64 octets.");
        }
        byte[] salted = saltedPassword(password, salt, iterations);
        byte[] clientKey = hmac(salted, "Client Key");
        return new ScramVerifier(
                salt.clone(), iterations, hash(clientKey), hmac(salted, "Server Key"));
    }

    /**
     * The key that both sides derive theirs from: SaltedPassword of RFC 5802 §3. As secret as the
     * password.
     *
     * @param salt 1 to 1024 octets
     * @param iterations 1 to 10,000,000
     * @throws SyntaxException if the password is empty or holds what {@link SaslPrep} prohibits
     * @throws IllegalArgumentException if the number or the salt is out of range
     */
    public static byte[] saltedPassword(String password, byte[] salt, int iterations) {
        if (iterations < 1 || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException("Give 1 to 10,000,000 iterations.");
        }
        if (salt.length == 0 || salt.length > MAX_SALT_OCTETS) {
            throw new IllegalArgumentException("Give a salt of 1 to 1024 octets.");
        }
        String prepared = SaslPrep.prepare(password);
        if (prepared.isEmpty()) {
            throw new SyntaxException("A password has at least one character.");
        }
        PBEKeySpec spec = new PBEKeySpec(prepared.toCharArray(), salt, iterations, HASH_OCTETS * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no PBKDF2 with HMAC-SHA-256.", e);
        } finally {
            spec.clearPassword();
        }
    }

    /**
     * Reads the form of RFC 5803 that PostgreSQL and others use, too: {@code
     * SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey}, with Base64.
     *
     * @throws SyntaxException if it is not one; the message does not hold the text
     */
    public static ScramVerifier parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new SyntaxException(
                    "A verifier is SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey.");
        }
        int iterations = Integer.parseInt(matcher.group(1));
        byte[] salt = decode(matcher.group(2));
        byte[] storedKey = decode(matcher.group(3));
        byte[] serverKey = decode(matcher.group(4));
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new SyntaxException("A verifier has 4096 to 10,000,000 iterations.");
        }
        if (salt.length > MAX_OWN_SALT_OCTETS) {
            throw new SyntaxException("The salt of a verifier has 64 octets at most.");
        }
        if (storedKey.length != HASH_OCTETS || serverKey.length != HASH_OCTETS) {
            throw new SyntaxException("The keys of a verifier have 32 octets each.");
        }
        return new ScramVerifier(salt, iterations, storedKey, serverKey);
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // Its message would quote what stands there.
            throw new SyntaxException("A part of the verifier is not Base64.");
        }
    }

    /** The form that {@link #parse} reads. */
    public String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        return "SCRAM-SHA-256$"
                + iterations
                + ":"
                + base64.encodeToString(salt)
                + "$"
                + base64.encodeToString(storedKey)
                + ":"
                + base64.encodeToString(serverKey);
    }

    /** The salt; a copy. */
    public byte[] salt() {
        return salt.clone();
    }

    /** The number of iterations. */
    public int iterations() {
        return iterations;
    }

    /** StoredKey of RFC 5802 §3; a copy. */
    public byte[] storedKey() {
        return storedKey.clone();
    }

    /** ServerKey of RFC 5802 §3; a copy. */
    public byte[] serverKey() {
        return serverKey.clone();
    }

    private static byte[] hash(byte[] octets) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no SHA-256.", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no HMAC-SHA-256.", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ScramVerifier that
                && iterations == that.iterations
                && Arrays.equals(salt, that.salt)
                && MessageDigest.isEqual(storedKey, that.storedKey)
                && MessageDigest.isEqual(serverKey, that.serverKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(salt) * 31 + iterations;
    }

    /** Without salt and keys. */
    @Override
    public String toString() {
        return "SCRAM-SHA-256 verifier of " + iterations + " iterations";
    }
}
