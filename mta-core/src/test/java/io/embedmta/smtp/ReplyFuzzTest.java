package io.embedmta.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a peer answers: lines of any text, without their CRLF. */
class ReplyFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void reply(byte[] input) throws IOException {
        Reply reply;
        try {
            reply = Reply.parse(List.of(new String(input, StandardCharsets.UTF_8).split("\n", -1)));
        } catch (SyntaxException refused) {
            return;
        }
        for (String text :
                List.of(reply.text(), reply.toString(), String.join("", reply.lines()))) {
            assertTrue(text.chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0), text);
        }
        String wire = encode(reply);
        assertTrue(wire.endsWith("\r\n"), wire);
        List<String> lines = List.of(wire.substring(0, wire.length() - 2).split("\r\n", -1));
        for (String line : lines) {
            assertTrue(line.length() <= 510, line);
            assertTrue(line.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 127)), line);
        }
        Reply again = Reply.parse(lines);
        assertEquals(reply.code(), again.code());
        // What we encoded is ASCII of short lines, and so encodes to itself.
        assertEquals(encode(again), encode(Reply.parse(lines)));
        if (reply.enhanced().isPresent()) {
            assertTrue(again.enhanced().isPresent());
        }
    }

    private static String encode(Reply reply) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reply.writeTo(out);
        return out.toString(StandardCharsets.US_ASCII);
    }
}
