package io.embedmta.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrlfOutputStreamTest {

    @ParameterizedTest
    @CsvSource({
        "a^$b,a^$b",
        "a$b,a^$b",
        "a^b,a^$b",
        "$,^$",
        "^,^$",
        "^$,^$",
        "$^,^$^$",
        "^^$,^$^$",
        "^$$,^$^$",
        "a,a"
    })
    void I7_lineEnds_ofAnyKind_becomeCrlfHoweverTheyAreCut(String given, String expected)
            throws IOException {
        byte[] octets = lineEnds(given).getBytes(StandardCharsets.US_ASCII);
        for (int cut = 0; cut <= octets.length; cut++) {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            try (CrlfOutputStream out = new CrlfOutputStream(target)) {
                out.write(octets, 0, cut);
                out.write(octets, cut, octets.length - cut);
            }
            assertEquals(lineEnds(expected), target.toString(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void I7_lineEnds_ofRandomText_areThoseOfASimpleModel() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                text.append("\r\nab".charAt(random.nextInt(4)));
            }
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            try (CrlfOutputStream out = new CrlfOutputStream(target)) {
                byte[] octets = text.toString().getBytes(StandardCharsets.US_ASCII);
                for (int at = 0; at < octets.length; ) {
                    int size = Math.min(octets.length - at, random.nextInt(1, 5));
                    out.write(octets, at, size);
                    at += size;
                }
            }
            String model = text.toString().replace("\r\n", "\n").replace('\r', '\n');
            assertEquals(
                    model.replace("\n", "\r\n"),
                    target.toString(StandardCharsets.US_ASCII),
                    "seed " + seed);
        }
    }

    private static String lineEnds(String text) {
        return text.replace('^', '\r').replace('$', '\n');
    }
}
