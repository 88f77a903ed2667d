package io.embedmta.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustAnchorsTest {
    private static final String DS =
            ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
    private static final String KEY =
            " IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+"
                    + "KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";

    @TempDir Path directory = Path.of("");

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("root.key"), text);
    }

    @Test
    void read_dsRecord_isAnAnchor() throws IOException {
        assertEquals(1, TrustAnchors.read(file(DS)).records().size());
        assertEquals(
                1, TrustAnchors.read(file("; a comment\n\n" + DS + ";end\n")).records().size());
    }

    /** RFC 5011, as unbound-anchor and unbound write it down. */
    @Test
    void read_fileOfUnbound_takesTheKeysThatAreValid() throws IOException {
        String text =
                "; autotrust trust anchor file\n;;id: . 1\n"
                        + (". 86400" + KEY + " ;{id = 1 (ksk), size = 256b} ;;state=2 [ VALID ]\n")
                        + (". 86400" + KEY + " ;{id = 2 (ksk)} ;;state=1 [ ADDPEND ]\n")
                        + (". 86400" + KEY + " ;{id = 3 (ksk)} ;;state=4 [ REVOKED ]\n");
        assertEquals(1, TrustAnchors.read(file(text)).records().size());
    }

    @Test
    void read_revokedKey_isNone() throws IOException {
        Path file = file("example.org. 60" + KEY.replace("257", "385") + "\n");
        assertThrows(IllegalArgumentException.class, () -> TrustAnchors.read(file));
    }

    @Test
    void read_fileWithoutAnchor_saysWhatToGive() throws IOException {
        Path file = file("example.org. 60 IN A 192.0.2.1\n");
        Exception e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> DnsResolver.system().withTrustAnchor(file));
        assertTrue(String.valueOf(e.getMessage()).startsWith("Give a file with the DS"));
    }

    @Test
    void read_fileOfSomethingElse_isRefused() throws IOException {
        Path file = file("-----BEGIN CERTIFICATE-----\n");
        Exception e = assertThrows(IllegalArgumentException.class, () -> TrustAnchors.read(file));
        assertTrue(String.valueOf(e.getMessage()).startsWith("Give trust anchors as lines"));
    }

    @Test
    void read_anchorBelowAnother_isRefused() throws IOException {
        Path file = file(DS + DS.replaceFirst("\\.", "corp.example."));
        assertThrows(IllegalArgumentException.class, () -> TrustAnchors.read(file));
        Path beside =
                file(DS.replaceFirst("\\.", "a.example.") + DS.replaceFirst("\\.", "b.example."));
        assertEquals(2, TrustAnchors.read(beside).records().size());
    }

    @Test
    void read_missingFile_saysWhich() {
        Path none = directory.resolve("none");
        Exception e = assertThrows(UncheckedIOException.class, () -> TrustAnchors.read(none));
        assertTrue(String.valueOf(e.getMessage()).contains(none.toString()));
    }
}
