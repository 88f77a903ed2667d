package io.embedmta.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The blocks of a PEM file (RFC 7468). What stands between them is left out.
 *
 * @param file for what is said of it
 */
record PemFile(Path file, List<Block> blocks) {
    private static final int MAX_OCTETS = 1 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private static final Pattern BEGINNING = Pattern.compile("-----BEGIN [A-Z0-9 ]+-----");

    /** One block; its text may begin with header lines (RFC 1421), as encrypted keys have them. */
    record Block(String label, String text) {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it cannot be read, or was cut off
     */
    static PemFile read(Path file) {
        byte[] octets;
        try (InputStream in = Files.newInputStream(file)) {
            octets = in.readNBytes(MAX_OCTETS + 1);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "Cannot read " + file + ": " + e.getClass().getSimpleName() + ".", e);
        }
        if (octets.length > MAX_OCTETS) {
            throw new IllegalArgumentException(file + " is too large for keys or certificates.");
        }
        // Latin-1 reads any octets; what stands between the blocks may be in any character set.
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        if (BEGINNING.matcher(text).results().count() != blocks.size()) {
            throw new IllegalArgumentException(
                    "In " + file + ", a block begins that does not end: it was cut off.");
        }
        return new PemFile(file, blocks);
    }

    /**
     * The certificates, in the order of the file.
     *
     * @throws IllegalArgumentException if there is none, or one is malformed
     */
    List<X509Certificate> certificates() {
        List<X509Certificate> found = new ArrayList<>();
        for (Block block : blocks) {
            if (block.label.equals("CERTIFICATE")) {
                found.add(certificate(block, found.size() + 1));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "Give a PEM file with certificates: "
                            + file
                            + " holds no certificate (-----BEGIN CERTIFICATE-----).");
        }
        return found;
    }

    private X509Certificate certificate(Block block, int number) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(octets(block)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "Certificate " + number + " in " + file + " is malformed.", e);
        }
    }

    /**
     * The private key.
     *
     * @param certified the key that the certificate is for
     * @throws IllegalArgumentException if there is none, or it cannot be used
     */
    PrivateKey privateKey(PublicKey certified) {
        for (Block block : blocks) {
            if (!block.label.endsWith("PRIVATE KEY")) {
                continue;
            }
            if (block.label.startsWith("ENCRYPTED") || block.text.contains("ENCRYPTED")) {
                throw new IllegalArgumentException(
                        "The key in "
                                + file
                                + " is encrypted; decrypt it (openssl pkey -in FILE -out FILE) and"
                                + " guard the file by its permissions.");
            }
            try {
                return PrivateKeys.of(block.label, octets(block), certified);
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException(
                        "The key in " + file + " cannot be used: " + e.getMessage(), e);
            }
        }
        throw new IllegalArgumentException(
                file + " holds no private key (-----BEGIN PRIVATE KEY-----).");
    }

    private byte[] octets(Block block) {
        try {
            return Base64.getMimeDecoder().decode(block.text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    file + " holds a block that is not Base64: " + block.label + ".", e);
        }
    }
}
