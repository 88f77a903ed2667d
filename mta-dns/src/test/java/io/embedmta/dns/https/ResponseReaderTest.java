package io.embedmta.dns.https;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Framing of HTTP/1.1, from octets alone. */
class ResponseReaderTest {
    private static final int MAX = 100;

    private static HttpsResponse read(String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        return new ResponseReader(new ByteArrayInputStream(octets), MAX).read();
    }

    private static String body(String text) throws IOException {
        return new String(read(text).body(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void body_withLength_isCutThere() throws IOException {
        assertEquals("abc", body("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"));
        assertEquals("", body("HTTP/1.0 200\nContent-Length: 0\n\n"));
    }

    @Test
    void body_withoutLength_endsWithTheConnection() throws IOException {
        assertEquals("abc", body("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nabc"));
        assertEquals(MAX, body("HTTP/1.0 200 OK\r\n\r\n" + "x".repeat(MAX)).length());
        assertThrows(
                IOException.class, () -> body("HTTP/1.0 200 OK\r\n\r\n" + "x".repeat(MAX + 1)));
    }

    @Test
    void body_inChunks_isPutTogether() throws IOException {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n";
        assertEquals("abcde", body(head + "3;x=y\r\nabc\r\n02 \r\nde\r\n0\r\nTrailer: x\r\n\r\n"));
        String chunk = "a\r\n0123456789\r\n";
        assertEquals(MAX, body(head + chunk.repeat(10) + "0\r\n\r\n").length());
        assertThrows(IOException.class, () -> body(head + chunk.repeat(11) + "0\r\n\r\n"));
        assertThrows(IOException.class, () -> body(head + "65\r\n"));
    }

    @Test
    void interimAnswers_areSkipped_butNotForEver() throws IOException {
        String interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
        String last = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
        assertEquals("x", body(interim.repeat(3) + last));
        assertThrows(IOException.class, () -> body(interim.repeat(9) + last));
    }

    @Test
    void fields_areByName_whateverItsCase() throws IOException {
        HttpsResponse response =
                read(
                        "HTTP/1.1 404 No\r\nCONTENT-type:  Text/Plain ; charset=x \r\nA: 1\r\na: 2\r\n\r\n");
        assertEquals(404, response.status());
        assertEquals("text/plain", response.mediaType().orElseThrow());
        assertEquals("1, 2", response.fields().get("a"));
        assertArrayEquals(new byte[0], response.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
                "HTTP/1.1 200 OK\r\nnothing\r\n\r\n",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 2000\r\n\r\n",
                "HTTP/1.1 600 x\r\n\r\n",
                "220 mx.example.org ESMTP\r\n"
            })
    void whatIsNoAnswer_isRefused(String text) {
        assertThrows(IOException.class, () -> read(text));
    }

    @Test
    void endlessLinesAndFields_areRefused() {
        assertThrows(IOException.class, () -> read("HTTP/1.1 200 " + "x".repeat(10_000)));
        assertThrows(IOException.class, () -> read("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(300)));
    }

    /** Nothing but an IOException comes out, and never a body larger than is allowed. */
    @Test
    void anyOctets_areRefused_orStayWithinTheBound() {
        long seed = System.nanoTime();
        System.out.println("ResponseReaderTest seed " + seed);
        Random random = new Random(seed);
        String[] pieces = {
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 100 C\r\n",
            "Content-Length: 5\r\n",
            "\r\n",
            "\n",
            "0",
            "Transfer-Encoding: chunked\r\n",
            "a",
            "5\r\nabcde\r\n",
            "0\r\n\r\n",
            ":",
            "\u00ff",
            "\r"
        };
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder("HTTP/1.1 200 OK\r\n");
            for (int j = random.nextInt(8); j >= 0; j--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            try {
                assertTrue(read(text.toString()).body().length <= MAX, "seed " + seed);
            } catch (IOException refused) {
                // As it may be.
            }
        }
    }
}
