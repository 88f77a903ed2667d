package io.embedmta.internal.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DotStuffingOutputStreamTest {

    @ParameterizedTest
    @CsvSource({
        "'', '.~'",
        "'a', 'a~.~'",
        "'a~', 'a~.~'",
        "'.', '..~.~'",
        "'.~', '..~.~'",
        "'..~.~', '...~..~.~'",
        "'a.b~', 'a.b~.~'",
        "'~~.a~~', '~~..a~~.~'",
        "'a~.', 'a~..~.~'",
    })
    void stuffing_ofText_isThatOfRfc5321(String text, String wire) throws IOException {
        String expected = wire.replace("~", "\r\n");
        byte[] message = bytes(text.replace("~", "\r\n"));
        assertEquals(expected, text(stuff(message, message.length)), "in one part");
        assertEquals(expected, text(stuff(message, 1)), "octet by octet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb\r\n", "\n", "a\rb\r\n", "\r\r\n", "a\r", "a\r\n.\n", ".\r"})
    void stuffing_ofBareLineBreak_isRefused_I7(String text) {
        byte[] message = bytes(text);
        assertThrows(BareLineBreakException.class, () -> stuff(message, message.length));
        assertThrows(BareLineBreakException.class, () -> stuff(message, 1));
    }

    @Test
    void bareLineBreak_isNamedByItsPlace() throws IOException {
        DotStuffingOutputStream out = new DotStuffingOutputStream(new ByteArrayOutputStream());
        out.write(bytes("ab\r"));
        IOException cr = assertThrows(IOException.class, () -> out.write(bytes("c")));
        assertEquals("a bare CR at octet 2", cr.getMessage());
        DotStuffingOutputStream other = new DotStuffingOutputStream(new ByteArrayOutputStream());
        other.write(bytes("ab\r\n"));
        IOException lf = assertThrows(IOException.class, () -> other.write(bytes("c\n")));
        assertEquals("a bare LF at octet 5", lf.getMessage());
    }

    @Test
    void stuffing_ofRandomMessagesCutAnywhere_isUndoneByUnstuffing_I7() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] message = randomMessage(random);
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            DotStuffingOutputStream out = new DotStuffingOutputStream(wire);
            for (int at = 0; at < message.length; ) {
                int part = Math.min(message.length - at, random.nextInt(0, 9));
                out.write(message, at, part);
                at += part;
            }
            out.finish();
            assertEquals(message.length, out.octets());
            assertArrayEquals(ended(message), unstuff(wire.toByteArray()), "seed " + seed);
        }
    }

    private static byte[] randomMessage(SplittableRandom random) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        int length = random.nextInt(0, 60);
        while (message.size() < length) {
            switch (random.nextInt(5)) {
                case 0 -> message.writeBytes(bytes("\r\n"));
                case 1, 2 -> message.write('.');
                default -> {
                    int octet = random.nextInt(256);
                    message.write(octet == '\r' || octet == '\n' ? 'x' : octet);
                }
            }
        }
        return message.toByteArray();
    }

    /** The message with the CRLF that DATA makes it end with; an empty one has no line. */
    private static byte[] ended(byte[] message) {
        String text = text(message);
        return text.isEmpty() || text.endsWith("\r\n") ? message : bytes(text + "\r\n");
    }

    /** What a server does, line by line (RFC 5321 §4.5.2). */
    private static byte[] unstuff(byte[] wire) {
        StringBuilder message = new StringBuilder();
        String rest = text(wire);
        while (true) {
            int end = rest.indexOf("\r\n") + 2;
            String line = rest.substring(0, end);
            rest = rest.substring(end);
            if (line.equals(".\r\n")) {
                assertEquals("", rest, "nothing follows the lone dot");
                return bytes(message.toString());
            }
            message.append(line.startsWith(".") ? line.substring(1) : line);
        }
    }

    private static byte[] stuff(byte[] message, int part) throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        DotStuffingOutputStream out = new DotStuffingOutputStream(wire);
        for (int at = 0; at < message.length; at += part) {
            if (part == 1) {
                out.write(message[at]);
            } else {
                out.write(message, at, part);
            }
        }
        out.finish();
        return wire.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
