package io.embedmta.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates in PEM (RFC 7468 §5): what stands outside of their lines is explanation (§5.2). */
final class CertificateFile {
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final Pattern CERTIFICATE =
            Pattern.compile(BEGIN + "([^-]*)-----END CERTIFICATE-----");
    private static final Pattern BEGINNING = Pattern.compile(BEGIN);

    private CertificateFile() {}

    static List<X509Certificate> read(Path pem) {
        String text = text(pem);
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher block = CERTIFICATE.matcher(text);
        while (block.find()) {
            certificates.add(certificate(block.group(1), certificates.size() + 1, pem));
        }
        if (BEGINNING.matcher(text).results().count() != certificates.size()) {
            throw new IllegalArgumentException(
                    "In " + pem + ", a certificate begins that does not end: it was cut off.");
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(
                    "Give a PEM file with certificates: "
                            + pem
                            + " has no line \""
                            + BEGIN
                            + "\".");
        }
        return certificates;
    }

    private static String text(Path pem) {
        try {
            // Latin-1 reads any octets; a comment may be in any character set.
            return Files.readString(pem, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the certificates in " + pem, e);
        }
    }

    private static X509Certificate certificate(String base64, int number, Path pem) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(base64);
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Certificate " + number + " in " + pem + " cannot be read.", e);
        }
    }
}
