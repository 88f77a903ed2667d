package io.embedmta.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DataDecoderTest {

    @Test
    void decode_ofRandomOctetsInAnyPieces_equalsModel() throws IOException {
        long seed = System.nanoTime();
        System.err.println("DataDecoderTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 30_000; round++) {
            String text = latin1(Pieces.random(random, "a.\r\n.\r\n\0\u00e9", 24));
            // Whatever the text, this ends it; what follows must be left alone.
            String wire = text + "\r\n.\r\nNOOP\r\n";
            check(wire, new Random(random.nextLong()), 1 + random.nextInt(6));
        }
    }

    @Test
    void decode_ofLongMessage_equalsModelAcrossBuffers() throws IOException {
        long seed = System.nanoTime();
        System.err.println("DataDecoderTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            String text = latin1(Pieces.random(random, "abcdefghijk.\r\n", 60_000));
            check(text + "\r\n.\r\nNOOP\r\n", new Random(random.nextLong()), 40_000);
        }
    }

    @Test
    void decode_ofEmptyMessage_isEmpty() throws IOException {
        check(".\r\nNOOP\r\n", new Random(1), 100);
    }

    @Test
    void decode_withoutEnd_endsWithPeer() {
        for (String text : new String[] {"", "a", "a\r\n", "a\r\n.", "a\r\n.\r", "a\n.\n"}) {
            WireInput in = new WireInput(new Pieces(bytes(text), 3, new Random(1)), millis -> {});
            assertThrows(
                    EOFException.class, () -> DataDecoder.decode(in, (octets, at, length) -> {}));
        }
    }

    private static void check(String wire, Random random, int longest) throws IOException {
        int end = wire.startsWith(".\r\n") ? 0 : wire.indexOf("\r\n.\r\n") + 2;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        WireInput in = new WireInput(new Pieces(bytes(wire), longest, random), millis -> {});
        DataDecoder.decode(in, out::write);
        assertEquals(unstuffed(wire.substring(0, end)), latin1(out.toByteArray()), wire);
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        ChunkDecoder.decode(in, wire.length() - end - 3, rest::write);
        assertEquals(wire.substring(end + 3), latin1(rest.toByteArray()), wire);
    }

    /** RFC 5321 §4.5.2, line by line. */
    private static String unstuffed(String text) {
        StringBuilder plain = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            int next = text.indexOf("\r\n", at);
            next = next < 0 ? text.length() : next + 2;
            plain.append(text, text.charAt(at) == '.' ? at + 1 : at, next);
            at = next;
        }
        return plain.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String latin1(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
