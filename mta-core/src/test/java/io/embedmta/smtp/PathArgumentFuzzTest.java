package io.embedmta.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** What follows MAIL: path and parameters. */
class PathArgumentFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void argument(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        PathArgument read;
        try {
            read = PathArgument.parse("FROM", text);
        } catch (SyntaxException refused) {
            return;
        }
        assertClean(read.path());
        assertTrue(text.contains("<" + read.path() + ">"));
        StringBuilder again = new StringBuilder("FROM:<").append(read.path()).append('>');
        for (String keyword : read.parameters().keywords()) {
            String value = read.parameters().value(keyword).map(v -> "=" + v).orElse("");
            assertClean(keyword + value);
            again.append(' ').append(keyword).append(value);
        }
        assertEquals(read, PathArgument.parse("FROM", again.toString()));
    }

    private static void assertClean(String text) {
        assertTrue(text.chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0), text);
    }
}
