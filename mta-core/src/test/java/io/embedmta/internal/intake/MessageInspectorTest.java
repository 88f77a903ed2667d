package io.embedmta.internal.intake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MessageInspectorTest {
    private static final Pattern RECEIVED =
            Pattern.compile("(?<=\r\n)received:", Pattern.CASE_INSENSITIVE);

    private static final Pattern WAIVED =
            Pattern.compile(
                    "(?<=\r\n)tls-required[ \t]*:([ \t]|\r\n(?=[ \t]))*no([ \t]|\r\n(?=[ \t]))*\r\n(?![ \t])",
                    Pattern.CASE_INSENSITIVE);

    private static final String[] PARTS = {
        "TLS-Required:",
        "\r\ntls-required : No\r\n",
        "No",
        "NO ",
        "\r\n\t",
        "n",
        "TLS-Required",
        "Received:",
        "RECEIVED:",
        "received :",
        "X-Received:",
        "Receive",
        "d:",
        " Received:",
        "\r\n",
        "\r\n",
        "\r\n",
        "a",
        "\u00e9"
    };

    @Test
    void write_ofRandomMessageInAnyPieces_equalsModel() throws IOException {
        long seed = System.nanoTime();
        System.err.println("MessageInspectorTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 30_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i > 0; i--) {
                text.append(PARTS[random.nextInt(PARTS.length)]);
            }
            check(text.toString(), random);
        }
    }

    private static void check(String text, Random random) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MessageInspector inspector = new MessageInspector(out)) {
            for (int at = 0; at < octets.length; ) {
                int length = Math.min(random.nextInt(6), octets.length - at);
                inspector.write(octets, at, length);
                at += length;
            }
            int end = ("\r\n" + text).indexOf("\r\n\r\n");
            String header = end < 0 ? text : text.substring(0, end);
            long received = RECEIVED.matcher("\r\n" + header).results().count();
            assertArrayEquals(octets, out.toByteArray(), text);
            assertEquals(
                    WAIVED.matcher("\r\n" + header + "\r\n").find(), inspector.waivesTls(), text);
            assertEquals(received, inspector.receivedFields(), text);
            assertEquals(text.indexOf('\u00e9') >= 0, inspector.hasEightBit(), text);
            assertEquals(header.indexOf('\u00e9') >= 0, inspector.hasEightBitHeader(), text);
        }
    }
}
