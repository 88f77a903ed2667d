package io.embedmta.internal.dsn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuotedPrintableTest {

    @Test
    void text_withSpecials_isEncoded() {
        assertEquals("a=3Db caf=C3=A9 =20\r\n=09\r\n.=00=0D", encode("a=b café  \r\n\t\r\n.\0\r"));
    }

    @Test
    void text_ofAnything_decodesToItselfAndHasShortLines() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] octets = new byte[random.nextInt(500)];
            random.nextBytes(octets);
            byte[] encoded = QuotedPrintable.encode(octets);
            String text = new String(encoded, StandardCharsets.US_ASCII);
            assertTrue(text.lines().allMatch(line -> line.length() <= 76), "seed " + seed);
            assertTrue(text.chars().allMatch(c -> c < 127), "seed " + seed);
            assertArrayEquals(
                    octets,
                    MimeUtility.decode(new ByteArrayInputStream(encoded), "quoted-printable")
                            .readAllBytes(),
                    "seed " + seed);
        }
    }

    private static String encode(String text) {
        return new String(
                QuotedPrintable.encode(text.getBytes(StandardCharsets.UTF_8)),
                StandardCharsets.US_ASCII);
    }
}
