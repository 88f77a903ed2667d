package io.embedmta.store.journal;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Keeps what is logged from the console, for the test to look at. One at a time. */
final class QuietLog implements AutoCloseable {
    private final PrintStream console = System.err;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    QuietLog() {
        System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
    }

    /** What was logged since this was last forgotten. */
    String text() {
        return text.toString(StandardCharsets.UTF_8);
    }

    void forget() {
        text.reset();
    }

    /** Says something to who runs the tests. */
    void say(String line) {
        console.println(line);
    }

    @Override
    public void close() {
        System.setErr(console);
    }
}
