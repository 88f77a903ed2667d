package io.embedmta.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.internal.wire.WireInput.LineEnd;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WireInputTest {

    @Test
    void readLine_ofPipelinedLines_waitsOnceForAll() throws IOException {
        AtomicInteger waits = new AtomicInteger();
        WireInput in =
                new WireInput(
                        new ByteArrayInputStream(bytes("RSET\r\nNOOP\r\nQUIT\r\n")),
                        millis -> waits.incrementAndGet());
        assertEquals("RSET", in.readLine(512).text());
        assertEquals("NOOP", in.readLine(512).text());
        assertTrue(in.hasBuffered());
        assertEquals("QUIT", in.readLine(512).text());
        assertEquals(1, waits.get());
    }

    @Test
    void readLine_atItsLimit_isTaken() throws IOException {
        String fits = "x".repeat(510) + "\r\n";
        String tooLong = "x".repeat(511) + "\r\n";
        WireInput in = input(fits + tooLong + "NOOP\r\n");
        assertEquals(LineEnd.CRLF, in.readLine(512).end());
        assertEquals(LineEnd.TOO_LONG, in.readLine(512).end());
        assertEquals("NOOP", in.readLine(512).text());
    }

    @Test
    void readLine_farBeyondItsLimit_isThrownAwayAsOne() throws IOException {
        WireInput in = input("x".repeat(1_000_000) + "\r\nNOOP\r\n");
        assertEquals(LineEnd.TOO_LONG, in.readLine(512).end());
        assertEquals("NOOP", in.readLine(512).text());
    }

    @Test
    void readLine_longerThanFirstBuffer_isWhole() throws IOException {
        String line = "x".repeat(100_000);
        assertEquals(line, input(line + "\r\n").readLine(200_000).text());
    }

    @Test
    void readLine_withBareLineFeed_saysSo() throws IOException {
        WireInput in = input("NOOP\n\nNO\rOP\r\n");
        assertEquals(LineEnd.BARE_LF, in.readLine(512).end());
        assertEquals(LineEnd.BARE_LF, in.readLine(512).end());
        assertEquals("NO\rOP", in.readLine(512).text());
    }

    @Test
    void readLine_ofUtf8_isDecodedAndOfOtherOctetsIsNot() throws IOException {
        WireInput in =
                new WireInput(
                        new ByteArrayInputStream(
                                concat(
                                        "RCPT \u00fc\r\n".getBytes(StandardCharsets.UTF_8),
                                        bytes("RCPT \u00fc\r\nNOOP\r\n"))),
                        millis -> {});
        assertEquals("RCPT \u00fc", in.readLine(512).text());
        assertEquals(LineEnd.NOT_TEXT, in.readLine(512).end());
        assertEquals("NOOP", in.readLine(512).text());
    }

    @Test
    void readLine_whenPeerCloses_givesNoHalfLine() throws IOException {
        WireInput in = input("NOOP\r\nQUI");
        in.readLine(512);
        assertThrows(EOFException.class, () -> in.readLine(512));
    }

    @Test
    void readLine_ofRandomOctetsInAnyPieces_equalsModel() throws IOException {
        long seed = System.nanoTime();
        System.err.println("WireInputTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] octets = Pieces.random(random, "abcd\r\n", 60);
            int max = 4 + random.nextInt(8);
            WireInput in =
                    new WireInput(new Pieces(octets, 1 + random.nextInt(9), random), millis -> {});
            List<String> lines = new ArrayList<>();
            try {
                while (true) {
                    WireInput.Line line = in.readLine(max);
                    lines.add(line.end() + ":" + line.text());
                }
            } catch (EOFException e) {
                assertEquals(model(octets, max), lines, "seed " + seed);
            }
        }
    }

    /** A peer that sends a message, then nothing for a while, and then a command. */
    @Test
    void buffer_ofAnIdlePeer_isGivenBack_I9() throws IOException {
        List<Integer> asked = new ArrayList<>();
        List<Integer> limits = new ArrayList<>();
        Iterator<String> sent = List.of("DATA\r\n", "a\r\n.\r\n", "", "RSET\r\n").iterator();
        InputStream in =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public int read(byte[] to, int offset, int length) throws IOException {
                        asked.add(length);
                        byte[] octets = bytes(sent.next());
                        if (octets.length == 0) {
                            throw new SocketTimeoutException();
                        }
                        System.arraycopy(octets, 0, to, offset, octets.length);
                        return octets.length;
                    }
                };
        WireInput input = new WireInput(in, limits::add);
        assertEquals("DATA", input.readLine(512).text());
        DataDecoder.decode(input, (octets, offset, length) -> {});
        assertEquals("RSET", input.readLine(512).text());
        assertEquals(List.of(512, 16384, 16384, 512), asked);
        assertEquals(
                List.of(Integer.MAX_VALUE, Integer.MAX_VALUE, 1000, Integer.MAX_VALUE), limits);
    }

    private static List<String> model(byte[] octets, int max) {
        List<String> lines = new ArrayList<>();
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        int at = 0;
        for (int lf; (lf = text.indexOf('\n', at)) >= 0; at = lf + 1) {
            String line = text.substring(at, lf + 1);
            if (line.length() > max) {
                lines.add("TOO_LONG:");
            } else if (line.endsWith("\r\n")) {
                lines.add("CRLF:" + line.substring(0, line.length() - 2));
            } else {
                lines.add("BARE_LF:");
            }
        }
        return lines;
    }

    private static WireInput input(String text) {
        return new WireInput(new Pieces(bytes(text), 700, new Random(1)), millis -> {});
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
