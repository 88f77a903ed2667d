package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.listener.SmtpListener;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** What holds for every session, whatever the client sends. */
final class SessionProperties {
    private static final Pattern LINE = Pattern.compile("[245][0-9]{2}[ -][\\x20-\\x7e\\t]*");
    private static final Pattern WITHOUT_STATUS =
            Pattern.compile("220 .*|354 .*|250[ -](mx\\.ours\\.example.*|[A-Z0-9]+( [0-9]+)?)");
    private static final Pattern WITH_STATUS =
            Pattern.compile("([245])[0-9]{2}[ -]\\1\\.[0-9]{1,3}\\.[0-9]{1,3} .*");
    private static final Pattern BARE = Pattern.compile("\r(?!\n)|(?<!\r)\n");

    private SessionProperties() {}

    /** What a session came to. */
    record Checked(int replies, int accepted) {}

    /** Runs the session, in one piece and octet by octet, and checks it. */
    static Checked check(byte[] octets) throws IOException {
        SmtpListener strict = MemorySession.listener();
        MemorySession.Result whole = MemorySession.run(strict, octets, () -> Integer.MAX_VALUE);
        Checked checked = check(whole);
        MemorySession.Result slow = MemorySession.run(strict, octets, () -> 1);
        assertEquals(withoutIds(whole.said()), withoutIds(slow.said()), "depends on segments");
        assertEquals(texts(whole), texts(slow), "depends on segments");
        check(MemorySession.run(strict.repairLineEnds(), octets, () -> 3));
        return checked;
    }

    private static Checked check(MemorySession.Result result) throws IOException {
        String said = result.said();
        assertTrue(said.startsWith("220 ") && said.endsWith("\r\n"), said);
        int replies = 0;
        int accepted = 0;
        for (String line : said.split("\r\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            assertTrue(LINE.matcher(line).matches() || line.startsWith("354 "), line);
            assertTrue(line.length() <= 510, line);
            assertTrue(
                    WITHOUT_STATUS.matcher(line).matches() || WITH_STATUS.matcher(line).matches(),
                    line);
            assertFalse(line.contains("Something went wrong"), said);
            replies += line.charAt(3) == ' ' ? 1 : 0;
            accepted += line.startsWith("250 2.0.0 Queued as ") ? 1 : 0;
        }
        // I1: what is promised is there, and what is there was promised.
        assertEquals(accepted, result.messages().size(), said);
        assertEquals(0, result.openWriters(), said);
        for (RecordingQueue.Message message : result.messages()) {
            assertFalse(message.mail().envelope().recipients().isEmpty());
            assertFalse(BARE.matcher(message.text()).find(), "I7: a bare line end went through");
        }
        return new Checked(replies, accepted);
    }

    private static String withoutIds(String said) {
        return said.replaceAll("Queued as .*", "Queued");
    }

    private static List<String> texts(MemorySession.Result result) throws IOException {
        StringBuilder all = new StringBuilder();
        for (RecordingQueue.Message message : result.messages()) {
            all.append(message.mail().envelope()).append(message.text()).append('\0');
        }
        return List.of(all.toString());
    }
}
