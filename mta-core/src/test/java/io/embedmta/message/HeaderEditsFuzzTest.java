package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.embedmta.smtp.SyntaxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Edits of a message. The input is two lines, a field value to put in front and a name to take out,
 * and then the message.
 */
class HeaderEditsFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void edits(byte[] input) throws IOException {
        String[] parts = new String(input, StandardCharsets.ISO_8859_1).split("\n", 3);
        if (parts.length < 3) {
            return;
        }
        try {
            compare(HeaderEdits.prepend("X-New", parts[0]), parts[2]);
        } catch (SyntaxException refused) {
            assertTrue(parts[0].chars().anyMatch(c -> c == '\r' || c == 0), parts[0]);
        }
        try {
            compare(HeaderEdits.remove(parts[1]).andPrepend("X-New", "v"), parts[2]);
            compare(HeaderEdits.remove(parts[1]).andRemove("Bcc"), parts[2]);
        } catch (SyntaxException refused) {
            assertTrue(parts[1].isEmpty() || !parts[1].matches("[!-9;-~]+"), parts[1]);
        }
    }

    private static void compare(HeaderEdits edits, String message) throws IOException {
        Content edited = edits.applyTo(Content.of(message.getBytes(StandardCharsets.ISO_8859_1)));
        try (InputStream in = edited.open()) {
            // The field put in front is in UTF-8, the message in no charset at all.
            byte[] octets = in.readAllBytes();
            assertEquals(octets.length, edited.size());
            String wanted = HeaderEditsModel.apply(edits, message);
            int cut = wanted.length() - kept(edits, message);
            byte[] front = wanted.substring(0, cut).getBytes(StandardCharsets.UTF_8);
            assertEquals(
                    new String(front, StandardCharsets.ISO_8859_1) + wanted.substring(cut),
                    new String(octets, StandardCharsets.ISO_8859_1));
        }
    }

    /** How many octets of the message stay. */
    private static int kept(HeaderEdits edits, String message) {
        HeaderEdits removals = new HeaderEdits(List.of(), edits.removed());
        return HeaderEditsModel.apply(removals, message).length();
    }
}
