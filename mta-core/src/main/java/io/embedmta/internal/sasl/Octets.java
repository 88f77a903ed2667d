package io.embedmta.internal.sasl;

import io.embedmta.smtp.SyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What several mechanisms do with octets. */
final class Octets {

    private Octets() {}

    /**
     * Text of UTF-8 octets.
     *
     * @throws SyntaxException if they are not UTF-8
     */
    static String text(byte[] octets) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (CharacterCodingException e) {
            throw new SyntaxException("The response is not UTF-8.");
        }
    }

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] sha256(byte[] octets) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no SHA-256.", e);
        }
    }

    static byte[] hmacSha256(byte[] key, byte[] octets) {
        return hmac("HmacSHA256", key, octets);
    }

    /**
     * A keyed hash.
     *
     * @param key not empty
     */
    static byte[] hmac(String algorithm, byte[] key, byte[] octets) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(octets);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no " + algorithm + ".", e);
        }
    }

    static byte[] xor(byte[] one, byte[] other) {
        byte[] result = new byte[one.length];
        for (int i = 0; i < one.length; i++) {
            result[i] = (byte) (one[i] ^ other[i]);
        }
        return result;
    }
}
