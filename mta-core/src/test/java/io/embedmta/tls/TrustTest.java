package io.embedmta.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustTest {
    private final X509Certificate first = TestAuthority.create().certificate();
    private final TestAuthority second = TestAuthority.create();

    @TempDir Path directory = Path.of("");
    private Path file = directory;

    @BeforeEach
    void writeFile() {
        file = directory.resolve("anchors.pem");
    }

    @Test
    void of_fileOfSeveralWithComments_isTheseAlone() throws IOException {
        second.writeCertificate(file);
        String pem = Files.readString(file);
        second.intermediate().writeCertificate(file);
        Files.writeString(
                file, "# ours -- café\n" + pem + "\nsubject=x\r\n" + Files.readString(file));
        Trust trust = Trust.of(file);
        assertFalse(trust.withSystem());
        assertEquals(2, trust.anchors().size());
        assertTrue(trust.anchors().contains(second.certificate()));
    }

    @Test
    void of_fileWithWindowsLines_isRead() throws IOException {
        second.writeCertificate(file);
        Files.writeString(file, Files.readString(file).replace("\n", "\r\n"));
        assertEquals(Set.of(second.certificate()), Trust.of(file).anchors());
    }

    @Test
    void and_addsToWhatThereIs() {
        Trust trust = Trust.system().and(first).and(second.writeCertificate(file));
        assertTrue(trust.withSystem());
        assertEquals(Set.of(first, second.certificate()), trust.anchors());
        assertEquals(Set.of(first), Trust.of(first).anchors());
    }

    @Test
    void of_fileWithoutCertificate_saysWhatToGive() throws IOException {
        second.issue("x.example").writeKey(file);
        String said = said(assertThrows(IllegalArgumentException.class, () -> Trust.of(file)));
        assertTrue(said.startsWith("Give a PEM file with certificates: " + file), said);
    }

    @Test
    void of_fileThatIsCutOff_isRefused() throws IOException {
        second.writeCertificate(file);
        String pem = Files.readString(file);
        Files.writeString(file, pem + pem.substring(0, pem.length() / 2));
        String said = said(assertThrows(IllegalArgumentException.class, () -> Trust.of(file)));
        assertTrue(said.contains("cut off"), said);
    }

    @Test
    void of_fileWithDamagedCertificate_saysWhich() throws IOException {
        second.writeCertificate(file);
        String pem = Files.readString(file);
        Files.writeString(file, pem + pem.replaceFirst("\nMI", "\nAA"));
        String said = said(assertThrows(IllegalArgumentException.class, () -> Trust.of(file)));
        assertTrue(said.startsWith("Certificate 2 in "), said);
    }

    @Test
    void of_missingFile_saysWhich() {
        String said =
                said(assertThrows(IllegalArgumentException.class, () -> Trust.system().and(file)));
        assertTrue(said.contains(file.toString()), said);
    }

    @Test
    void of_nothing_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Trust.of());
    }

    private static String said(Exception e) {
        return String.valueOf(e.getMessage());
    }
}
