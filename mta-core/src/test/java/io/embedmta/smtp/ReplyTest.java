package io.embedmta.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTest {

    static Stream<Reply> replies() {
        return Stream.of(
                Reply.plain(220, "mx.example.org ESMTP"),
                Reply.plain(250, "mx.example.org", "PIPELINING", "SIZE 1000", "HELP"),
                Reply.plain(354, "go on"),
                Reply.plain(250),
                Reply.plain(250, "a", "", "b"),
                Reply.of(250, "2.0.0"),
                Reply.of(250, "2.1.5", "recipient ok"),
                Reply.of(421, "4.3.2", "one", "two\tthree"),
                Reply.of(550, "5.999.999", "x".repeat(496)),
                Reply.of(550, "5.1.1", " leading and trailing "));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void reply_encodedThenParsed_isTheSame(Reply reply) {
        assertEquals(reply, Reply.parse(lines(wire(reply))));
        assertEquals(reply.hashCode(), Reply.parse(lines(wire(reply))).hashCode());
    }

    @Test
    void reply_ofManyLines_carriesCodeAndStatusOnEach() {
        assertEquals(
                "550-5.7.1 refused\r\n550-5.7.1 \r\n550 5.7.1 see https://example.org\r\n",
                wire(Reply.of(550, "5.7.1", "refused", "", "see https://example.org")));
    }

    @Test
    void reply_withoutText_keepsItsSpace() {
        // RFC 5321 §4.2: the space is sent even if no text follows.
        assertEquals("250 \r\n", wire(Reply.plain(250)));
        assertEquals("250 2.0.0 \r\n", wire(Reply.of(250, "2.0.0")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 495, 496, 497, 992, 993, 5000})
    void reply_ofAnyLength_hasNoLineAbove512Octets(int length) {
        String text = "y".repeat(length);
        String wire = wire(Reply.of(550, "5.999.999", text));
        for (String line : lines(wire)) {
            assertTrue(line.length() + 2 <= 512, () -> "a line of " + line.length());
        }
        assertEquals(text, String.join("", Reply.parse(lines(wire)).lines()));
    }

    @Test
    void reply_ofHostileText_staysOneReply() {
        assertEquals(
                "550 5.1.1 no ??250 2.0.0 ok?????\r\n",
                wire(Reply.of(550, "5.1.1", "no \r\n250 2.0.0 ok\u0000\u007f\u0085\u00e9\u2028")));
    }

    @Test
    void reply_ofRandomText_isAsciiLinesOfItsCode() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            char[] text = new char[random.nextInt(1200)];
            for (int i = 0; i < text.length; i++) {
                text[i] = (char) random.nextInt(random.nextBoolean() ? 128 : 65536);
            }
            String wire = wire(Reply.of(451, "4.3.0", new String(text), "end"));
            String why = "seed " + seed;
            assertTrue(wire.endsWith("\r\n"), why);
            for (String line : lines(wire)) {
                assertTrue(line.startsWith("451") && line.length() <= 510, why);
                assertTrue(line.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 127)), why);
            }
        }
    }

    /** A reply's text goes into logs and DSNs; a peer's bare CR must not get there. */
    @Test
    void reply_parsedWithControls_holdsNone() {
        Reply reply = Reply.parse(List.of("550-5.1.1 a\rb", "550 5.1.1 c\u0000\u001bd"));
        assertEquals(List.of("a?b", "c??d"), reply.lines());
        assertEquals("550 5.1.1 a?b c??d", reply.toString());
    }

    @Test
    void reply_madeWithLineBreak_holdsNone() {
        Reply reply = Reply.plain(220, "a\r\nb\tc");
        assertEquals("a??b\tc", reply.text());
        assertEquals(reply, Reply.parse(lines(wire(reply))));
    }

    @Test
    void peersReply_takesStatusOfItsOwnClassAlone() {
        assertEquals(EnhancedCode.of("5.1.1"), Reply.parse(List.of("550 5.1.1 no")).status());
        assertEquals("no", Reply.parse(List.of("550 5.1.1 no")).text());
        Reply disagreeing = Reply.parse(List.of("550 2.1.1 no"));
        assertTrue(disagreeing.enhanced().isEmpty());
        assertEquals("2.1.1 no", disagreeing.text());
        assertEquals(EnhancedCode.of("5.0.0"), disagreeing.status());
        assertEquals(EnhancedCode.of("2.0.0"), Reply.plain(354, "go on").status());
    }

    @Test
    void peersReply_withStatusOnOneLineOnly_isRead() {
        Reply reply = Reply.parse(List.of("550-5.7.1 one", "550 two"));
        assertEquals(EnhancedCode.of("5.7.1"), reply.status());
        assertEquals(List.of("one", "two"), reply.lines());
    }

    @Test
    void peersReply_ofBareCode_isRead() {
        assertEquals(Reply.plain(250), Reply.parse(List.of("250")));
        assertEquals(Reply.plain(250), Reply.parse(List.of("250 ")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2",
                "25",
                "2x0 no",
                "x50",
                " 250",
                "250_ok",
                "2500",
                "199 low",
                "600 high",
                "\u0662\u0665\u0660 digits",
                "-50 no"
            })
    void peersReply_malformed_isRefused(String line) {
        assertThrows(SyntaxException.class, () -> Reply.parse(List.of(line)));
    }

    @Test
    void peersReply_ofTwoCodes_isRefused() {
        assertThrows(SyntaxException.class, () -> Reply.parse(List.of("250-ok", "251 elsewhere")));
        assertThrows(SyntaxException.class, () -> Reply.parse(List.of()));
    }

    @Test
    void reply_whoseCodesDisagree_isRefused() {
        // RFC 2034 §4; and a 3yz reply has no enhanced status code at all.
        assertThrows(SyntaxException.class, () -> Reply.of(550, "4.1.1", "no"));
        assertThrows(SyntaxException.class, () -> Reply.of(354, "2.0.0", "go on"));
        assertThrows(SyntaxException.class, () -> Reply.plain(199, "low"));
        assertThrows(SyntaxException.class, () -> Reply.plain(600, "high"));
    }

    @Test
    void reply_knowsItsClass() {
        assertTrue(Reply.plain(250).isPositive());
        assertTrue(Reply.plain(354).isIntermediate());
        assertFalse(Reply.plain(354).isPositive());
        assertTrue(Reply.plain(451).isTransient());
        assertTrue(Reply.plain(550).isPermanent());
        assertFalse(Reply.plain(451).isPermanent());
    }

    @Test
    void reply_differsByCodeStatusOrText() {
        Reply reply = Reply.of(550, "5.1.1", "no");
        assertNotEquals(reply, Reply.of(551, "5.1.1", "no"));
        assertNotEquals(reply, Reply.of(550, "5.1.2", "no"));
        assertNotEquals(reply, Reply.plain(550, "no"));
        assertNotEquals(reply, Reply.of(550, "5.1.1", "yes"));
    }

    private static String wire(Reply reply) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            reply.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static List<String> lines(String wire) {
        List<String> lines = new ArrayList<>(Arrays.asList(wire.split("\r\n", -1)));
        assertEquals("", lines.remove(lines.size() - 1));
        return lines;
    }
}
