package io.embedmta.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;

/**
 * Private keys in the forms that PEM files have them. The JDK reads PKCS#8 alone (RFC 5958), which
 * is the older forms with a few octets around them: the version and the algorithm, and the latter
 * stands in the certificate, too.
 */
final class PrivateKeys {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final PSSParameterSpec PSS_SHA_256 =
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    private PrivateKeys() {}

    /**
     * Reads a key.
     *
     * @param label as it stands in the PEM file
     * @param certified the public key that it should belong to
     */
    static PrivateKey of(String label, byte[] der, PublicKey certified)
            throws GeneralSecurityException {
        byte[] pkcs8 =
                switch (label) {
                    case "PRIVATE KEY" -> der;
                    case "RSA PRIVATE KEY" -> wrap(der, "RSA", certified);
                    case "EC PRIVATE KEY" -> wrap(der, "EC", certified);
                    default ->
                            throw new InvalidKeyException(
                                    "its form, " + label + ", is not known here.");
                };
        try {
            return KeyFactory.getInstance(certified.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException(
                    "it is malformed, or no "
                            + certified.getAlgorithm()
                            + " key, as the certificate demands.",
                    e);
        }
    }

    private static byte[] wrap(byte[] key, String algorithm, PublicKey certified)
            throws InvalidKeyException {
        if (!certified.getAlgorithm().equals(algorithm)) {
            throw new InvalidKeyException(
                    "it is an "
                            + algorithm
                            + " key, and the certificate is for one of "
                            + certified.getAlgorithm()
                            + ".");
        }
        return der(
                SEQUENCE, VERSION_0, algorithmOf(certified.getEncoded()), der(OCTET_STRING, key));
    }

    /** The first element of a SubjectPublicKeyInfo (RFC 5280 §4.1). */
    private static byte[] algorithmOf(byte[] publicKey) {
        int start = headerLength(publicKey, 0);
        int header = headerLength(publicKey, start);
        return Arrays.copyOfRange(
                publicKey, start, start + header + contentLength(publicKey, start));
    }

    private static int headerLength(byte[] der, int at) {
        int length = der[at + 1] & 0xff;
        return length < 0x80 ? 2 : 2 + (length & 0x7f);
    }

    private static int contentLength(byte[] der, int at) {
        int length = der[at + 1] & 0xff;
        if (length < 0x80) {
            return length;
        }
        int value = 0;
        for (int i = 0; i < (length & 0x7f); i++) {
            value = (value << 8) | (der[at + 2 + i] & 0xff);
        }
        return value;
    }

    private static byte[] der(int tag, byte[]... contents) {
        int length = 0;
        for (byte[] content : contents) {
            length += content.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        writeLength(out, length);
        for (byte[] content : contents) {
            out.writeBytes(content);
        }
        return out.toByteArray();
    }

    /** X.690 §10.1: in as few octets as do. */
    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
            return;
        }
        int octets = (39 - Integer.numberOfLeadingZeros(length)) / 8;
        out.write(0x80 | octets);
        for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) {
            out.write(length >> shift);
        }
    }

    /** Whether the two are a pair: what the one signs, the other verifies. */
    static boolean fit(PrivateKey key, PublicKey certified) {
        byte[] text = {1, 2, 3};
        try {
            Signature signer = signatureFor(certified);
            signer.initSign(key);
            signer.update(text);
            byte[] signature = signer.sign();
            Signature verifier = signatureFor(certified);
            verifier.initVerify(certified);
            verifier.update(text);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Signature signatureFor(PublicKey certified) throws GeneralSecurityException {
        return switch (certified.getAlgorithm()) {
            case "RSA" -> Signature.getInstance("SHA256withRSA");
            case "EC" -> Signature.getInstance("SHA256withECDSA");
            case "RSASSA-PSS" -> pssFor(certified);
            default -> Signature.getInstance(certified.getAlgorithm());
        };
    }

    /** RFC 4055 §1.2: such a key may say with which parameters alone it is used. */
    private static Signature pssFor(PublicKey certified) throws GeneralSecurityException {
        AlgorithmParameterSpec own = certified instanceof RSAKey key ? key.getParams() : null;
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(own == null ? PSS_SHA_256 : own);
        return signature;
    }
}
