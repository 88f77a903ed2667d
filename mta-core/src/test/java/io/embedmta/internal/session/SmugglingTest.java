package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.listener.SmtpListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * I7: CRLF.CRLF alone ends DATA. What other servers were found to take for it hides a second
 * message here from nobody: the octets are one message, refused or mended.
 */
class SmugglingTest {
    private static final String SMUGGLED =
            crlf(
                    """
                    MAIL FROM:<admin@ours.example>
                    RCPT TO:<victim@ours.example>
                    DATA
                    Subject: smuggled

                    evil
                    """);
    private static final String OPENING =
            crlf(
                    """
                    EHLO client.example
                    MAIL FROM:<ann@client.example>
                    RCPT TO:<bob@ours.example>
                    """);

    private static String crlf(String text) {
        return text.replace("\n", "\r\n");
    }

    private static final Random RANDOM = seeded();

    private static Random seeded() {
        long seed = System.nanoTime();
        System.err.println("SmugglingTest seed " + seed);
        return new Random(seed);
    }

    private static String body(String end) {
        return "Subject: a\r\n\r\nhello" + end + SMUGGLED;
    }

    private static String plain(String escaped) {
        return escaped.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
    }

    static List<String> falseEnds() {
        return List.of(
                "\\n.\\n",
                "\\n.\\r",
                "\\r.\\n",
                "\\r.\\r",
                "\\n.\\r\\n",
                "\\r.\\r\\n",
                "\\r\\n.\\n",
                "\\r\\n.\\r",
                "\\r\\n.\\r\\r\\n",
                "\\r\\r\\n.\\n",
                "\\n\\r.\\r\\n");
    }

    @ParameterizedTest
    @MethodSource("falseEnds")
    void data_withFalseEnd_isOneRefusedMessage_I7(String escaped) {
        String wire = OPENING + "DATA\r\n" + body(plain(escaped)) + ".\r\nQUIT\r\n";
        for (MemorySession.Result result : inAllPieces(MemorySession.listener(), wire)) {
            assertEquals(0, result.messages().size());
            assertTrue(
                    result.said().matches("(?s).*\r\n354 [^\n]*\n550 5.5.2 [^\n]*\n221 [^\n]*\n"),
                    result.said());
        }
    }

    @ParameterizedTest
    @MethodSource("falseEnds")
    void data_withFalseEndAndRepair_isOneMendedMessage_I7(String escaped) throws IOException {
        String end = plain(escaped);
        String wire = OPENING + "DATA\r\n" + body(end) + ".\r\nQUIT\r\n";
        // A dot after a true CRLF is stuffing; one after a false line end is content.
        String expected = body(end.replace("\r\n.", "\r\n")).replaceAll("\r\n|\r|\n", "\r\n");
        for (MemorySession.Result result :
                inAllPieces(MemorySession.listener().repairLineEnds(), wire)) {
            assertEquals(1, result.messages().size(), result.said());
            assertEquals(expected, result.messages().get(0).text());
            assertTrue(result.said().endsWith("Bye\r\n"), result.said());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\\r\\n\\0.\\r\\n", "\\r\\n.\\0\\r\\n", "\\r\\n..\\r\\n", "\\r\\n. \\r\\n"})
    void data_withLineThatIsAlmostADot_isOneMessage_I7(String escaped) throws IOException {
        String end = plain(escaped);
        String wire = OPENING + "DATA\r\n" + body(end) + ".\r\nQUIT\r\n";
        for (MemorySession.Result result : inAllPieces(MemorySession.listener(), wire)) {
            assertEquals(1, result.messages().size(), result.said());
            assertEquals(body(end.replace("\r\n.", "\r\n")), result.messages().get(0).text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\n.\\n", "\\r.\\r", "\\n.\\r\\n", "\\r\\n.\\n", "\\n", "\\r"})
    void chunk_withBareLineEnd_isRefusedOrMended_I7(String escaped) throws IOException {
        String body = body(plain(escaped));
        String wire = OPENING + "BDAT " + body.length() + " LAST\r\n" + body + "QUIT\r\n";
        for (MemorySession.Result result : inAllPieces(MemorySession.listener(), wire)) {
            assertEquals(0, result.messages().size());
            assertTrue(
                    result.said().matches("(?s).*\r\n550 5.5.2 [^\n]*\n221 [^\n]*\n"),
                    result.said());
        }
        for (MemorySession.Result result :
                inAllPieces(MemorySession.listener().repairLineEnds(), wire)) {
            assertEquals(1, result.messages().size(), result.said());
            assertEquals(body.replaceAll("\r\n|\r|\n", "\r\n"), result.messages().get(0).text());
        }
    }

    /** A chunk may hold what would end DATA; it is content, and stuffed again on its way out. */
    @ParameterizedTest
    @ValueSource(strings = {"\\r\\n.\\r\\n", "\\r\\n..\\r\\n"})
    void chunk_withTrueEnd_isOneMessage_I7(String escaped) throws IOException {
        String body = body(plain(escaped));
        String wire = OPENING + "BDAT " + body.length() + " LAST\r\n" + body + "QUIT\r\n";
        for (MemorySession.Result result : inAllPieces(MemorySession.listener(), wire)) {
            assertEquals(1, result.messages().size(), result.said());
            assertEquals(body, result.messages().get(0).text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\n.\\n", "\\n.\\r\\n", "\\r.\\r", "\\r\\n\\0.\\r\\n"})
    void data_overSocketInSingleOctets_isNeverTwoMessages_I7(String escaped) throws IOException {
        RecordingQueue queue = new RecordingQueue();
        try (Mta mta = Servers.start(queue);
                SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
            client.say("DATA").expect("354 ");
            for (byte octet :
                    (body(plain(escaped)) + ".\r\n").getBytes(StandardCharsets.US_ASCII)) {
                client.send(new byte[] {octet});
            }
            String reply = client.reply();
            assertTrue(reply.startsWith("550 5.5.2") || reply.startsWith("250 2.0.0"), reply);
            client.say("QUIT").expect("221 ").expectClosed();
        }
        assertTrue(queue.messages().size() <= 1);
    }

    /** Whole, octet by octet, cut once at each place, and cut at random. */
    private static List<MemorySession.Result> inAllPieces(SmtpListener settings, String wire) {
        byte[] octets = wire.getBytes(StandardCharsets.ISO_8859_1);
        List<MemorySession.Result> results = new ArrayList<>();
        results.add(MemorySession.run(settings, octets, () -> Integer.MAX_VALUE));
        results.add(MemorySession.run(settings, octets, () -> 1));
        for (int cut = 1; cut < octets.length; cut++) {
            int[] next = {cut, Integer.MAX_VALUE};
            int[] calls = {0};
            results.add(MemorySession.run(settings, octets, () -> next[Math.min(calls[0]++, 1)]));
        }
        for (int i = 0; i < 20; i++) {
            results.add(MemorySession.run(settings, octets, () -> 1 + RANDOM.nextInt(9)));
        }
        return results;
    }

    @Test
    void bareCr_atTheEndOfTheLastChunk_isMendedWhereTheListenerMends_I7() throws IOException {
        MemorySession.Result result =
                MemorySession.run(
                        MemorySession.listener().repairLineEnds(),
                        OPENING + "BDAT 2\r\na\rBDAT 2 LAST\r\nb\r");
        assertEquals("a\r\nb\r\n", result.messages().get(0).text());
    }

    /** A page in a browser can have it post to any port, with a body of the page's choice. */
    @ParameterizedTest
    @ValueSource(
            strings = {"POST / HTTP/1.1", "GET /x HTTP/1.0", "PUT a HTTP/1.1", "PRI * HTTP/2.0"})
    void httpRequest_endsTheSessionBeforeItsBodyIsRead(String request) throws IOException {
        RecordingQueue queue = new RecordingQueue();
        try (Mta mta = Servers.start(queue);
                SmtpDialogue client = SmtpDialogue.connect(mta).expect("220 ")) {
            client.send(request + "\r\nHost: mx\r\n\r\n" + OPENING + "DATA\r\na\r\n.\r\n")
                    .expect("500 5.5.1")
                    .expectClosed();
        }
        assertEquals(0, queue.messages().size());
    }
}
