package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderEditsTest {
    private static final HeaderEdits NO_BCC = HeaderEdits.remove("Bcc");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                // Backslash n is CRLF here: what goes in, what comes out.
                "A: 1\\nBcc: 2\\nC: 3\\n\\nbody\\n|A: 1\\nC: 3\\n\\nbody\\n",
                "Bcc: 1\\n 2\\n\\t3\\nC: 3\\n\\nbody\\n|C: 3\\n\\nbody\\n",
                "BCC: 1\\nbcc : 2\\nbCc\\t:3\\nC: 3\\n|C: 3\\n",
                "Bcc: 1\\nBcc: 2\\n|''",
                "Bcc: 1\\n\\n|\\n",
                "A: 1\\nBcc: 2|A: 1\\n",
                "A: 1\\nBcc: 2\\n 3|A: 1\\n",
                "Bcc: 1|''",
                "''|''",
                "\\n|\\n",
                "\\nBcc: in the body\\n|\\nBcc: in the body\\n",
                "A: 1\\n\\nBcc: in the body\\n|A: 1\\n\\nBcc: in the body\\n",
                "A: 1\\n Bcc: folded\\n\\n|A: 1\\n Bcc: folded\\n\\n",
                "X-Bcc: 1\\nBccx: 2\\nBcc 3\\n B: 4\\n\\n|X-Bcc: 1\\nBccx: 2\\nBcc 3\\n B: 4\\n\\n",
                "Bcc: 1\\n \\nC: 2\\n\\n|C: 2\\n\\n",
            })
    void field_isTakenOutWithItsFolds(String in, String out) throws Exception {
        for (String end : new String[] {"\r\n", "\n"}) {
            String given = in.replace("\\n", end).replace("\\t", "\t").replace("''", "");
            String wanted = out.replace("\\n", end).replace("\\t", "\t").replace("''", "");
            assertEquals(wanted, apply(NO_BCC, given));
        }
    }

    @Test
    void fields_arePutInFront() throws Exception {
        HeaderEdits edits = HeaderEdits.prepend("Received", "from a\r\n by b").andPrepend("X", "1");
        assertEquals(
                "X: 1\r\nReceived: from a\r\n by b\r\nA: 1\r\n\r\nbody",
                apply(edits, "A: 1\r\n\r\nbody"));
        assertEquals("X: 1\r\nReceived: from a\r\n by b\r\n", apply(edits, ""));
        assertEquals("X: 1\r\nReceived: from a\r\n by b\r\n\r\nb", apply(edits, "\r\nb"));
    }

    /** Or a sender could add to what we say, such as the result of a check. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"\" spf=pass\"", "\"\tspf=pass\"", "\" \""})
    void contentThatBeginsWithAFold_doesNotContinueOurField(String first) throws Exception {
        String message = first + "\r\nA: 1\r\n\r\nbody";
        HeaderEdits edits = HeaderEdits.prepend("Authentication-Results", "mx; spf=fail");
        String wanted = "Authentication-Results: mx; spf=fail\r\n\r\n" + message;
        assertEquals(wanted, apply(edits, message));
        assertEquals(wanted, apply(edits.andRemove("Z"), message));
        assertEquals(message, apply(HeaderEdits.remove("Z"), message));
    }

    @Test
    void prependedField_isNotTakenOut() throws Exception {
        HeaderEdits edits = HeaderEdits.remove("x").andPrepend("X", "new");
        assertEquals("X: new\r\nA: 1\r\n\r\n", apply(edits, "X: old\r\nA: 1\r\n\r\n"));
    }

    @Test
    void edits_followEachOther() {
        HeaderEdits first = HeaderEdits.prepend("A", "1").andRemove("X");
        HeaderEdits both = first.then(HeaderEdits.prepend("B", "2").andRemove("y"));
        assertEquals(
                List.of(new HeaderField("B", "2"), new HeaderField("A", "1")), both.prepended());
        assertEquals(Set.of("x", "y"), both.removed());
        assertSame(first, first.then(HeaderEdits.NONE));
        assertSame(first, HeaderEdits.NONE.then(first));
        assertTrue(HeaderEdits.NONE.isEmpty());
        assertFalse(first.isEmpty());
    }

    @Test
    void noEdits_giveTheContentItself() throws Exception {
        Content content = Content.of("A: 1\r\n");
        assertSame(content, HeaderEdits.NONE.applyTo(content));
    }

    @Test
    void longFieldName_isTakenOut() throws Exception {
        String name = "X-" + "n".repeat(500);
        assertEquals("\r\n", apply(HeaderEdits.remove(name), name + ": v\r\n\r\n"));
    }

    @Test
    void fieldOfAnyLength_isTakenOut() throws Exception {
        String value = ("v".repeat(9_000) + "\r\n ").repeat(20) + "end\r\n";
        assertEquals("\r\nbody", apply(NO_BCC, "Bcc: " + value + "\r\nbody"));
    }

    @Test
    void everyStream_isClosed() throws Exception {
        AtomicInteger open = new AtomicInteger();
        Content content = counted("A: 1\r\nBcc: 2\r\n\r\nbody", open);
        for (HeaderEdits edits : List.of(NO_BCC, HeaderEdits.prepend("X", "1"))) {
            Content edited = edits.applyTo(content);
            assertEquals(0, open.get());
            try (InputStream in = edited.open()) {
                assertEquals(1, open.get());
                assertTrue(in.read() >= 0);
            }
            assertEquals(0, open.get());
        }
    }

    @Test
    void contentThatCannotBeRead_failsAtOnce() {
        Content broken =
                new Content() {
                    @Override
                    public long size() {
                        return 1;
                    }

                    @Override
                    public InputStream open() throws IOException {
                        throw new IOException("broken");
                    }
                };
        assertThrows(IOException.class, () -> NO_BCC.applyTo(broken));
    }

    @Test
    void randomMessages_agreeWithANaiveModel() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            String message = HeaderEditsModel.message(random);
            HeaderEdits edits = HeaderEditsModel.edits(random);
            String wanted = HeaderEditsModel.apply(edits, message);
            Content edited = edits.applyTo(Content.of(latin1(message)));
            assertEquals(wanted, readInPieces(edited, random), () -> "seed " + seed);
            assertEquals(wanted.length(), edited.size(), () -> "seed " + seed);
        }
    }

    /** Longer than what is kept of a line, by every number of octets around that. */
    @Test
    void linesOfAnyLength_agreeWithANaiveModel() throws Exception {
        for (int length = 990; length < 1010; length++) {
            String value = "x".repeat(length - "Bcc: ".length());
            String message =
                    "Bcc: " + value + "\r\n " + value + value + "\r\nA: " + value + "\r\n\r\nb\r\n";
            assertEquals(HeaderEditsModel.apply(NO_BCC, message), apply(NO_BCC, message));
            HeaderEdits noA = HeaderEdits.remove("A");
            assertEquals(HeaderEditsModel.apply(noA, message), apply(noA, message));
        }
    }

    private static String apply(HeaderEdits edits, String message) throws IOException {
        Content edited = edits.applyTo(Content.of(latin1(message)));
        try (InputStream in = edited.open()) {
            byte[] bytes = in.readAllBytes();
            assertEquals(bytes.length, edited.size());
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    /** By single octets, by small arrays with an offset, and the rest at once. */
    private static String readInPieces(Content content, Random random) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] piece = new byte[16];
        try (InputStream in = content.open()) {
            while (true) {
                int kind = random.nextInt(20);
                if (kind < 8) {
                    int octet = in.read();
                    if (octet < 0) {
                        return text.toString();
                    }
                    text.append((char) octet);
                } else if (kind < 18) {
                    int offset = random.nextInt(4);
                    int got = in.read(piece, offset, random.nextInt(12));
                    if (got < 0) {
                        return text.toString();
                    }
                    text.append(new String(piece, offset, got, StandardCharsets.ISO_8859_1));
                } else if (kind == 18) {
                    return text + new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                }
            }
        }
    }

    private static Content counted(String text, AtomicInteger open) {
        byte[] bytes = latin1(text);
        return new Content() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                open.incrementAndGet();
                return new FilterInputStream(new ByteArrayInputStream(bytes)) {
                    @Override
                    public void close() {
                        open.decrementAndGet();
                    }
                };
            }
        };
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
