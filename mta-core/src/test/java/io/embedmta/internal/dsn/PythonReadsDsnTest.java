package io.embedmta.internal.dsn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The email package of Python as a second opinion; skipped where there is no python3. */
class PythonReadsDsnTest {
    @TempDir Path directory;

    @Test
    void python_readsEveryCombination_withoutADefect() throws Exception {
        List<Combination> all = Combination.all();
        List<byte[]> messages = new ArrayList<>();
        for (Combination each : all) {
            messages.add(Reports.compose(each.report()));
        }
        List<String> answers = read(messages);
        assertEquals(all.size(), answers.size());
        for (int i = 0; i < answers.size(); i++) {
            Combination each = all.get(i);
            String json = answers.get(i);
            String types = each.statusType() + "\", \"" + each.returnedType();
            assertHas(json, "\"type\": \"multipart/report\"");
            assertHas(json, "\"reportType\": \"delivery-status\"");
            assertHas(json, "\"parts\": [\"text/plain\", \"" + types + "\"]");
            assertHas(json, "\"defects\": []");
            String address = each.utf8() ? "utf-8; b\\u00f8b@y" : "rfc822; bob@y";
            assertHas(json, "\"finalRecipient\": [\"" + address + ".example\"]");
            assertHas(json, "\"action\": [\"" + each.action().word() + "\"]");
            assertHas(json, "\"status\": [\"" + Reports.usualStatus(each.action()) + "\"]");
        }
    }

    @Test
    void python_readsHostileReplies_withoutADefect() throws Exception {
        List<byte[]> messages = new ArrayList<>();
        for (DsnReport report : HostileReplies.reports()) {
            messages.add(Reports.compose(report));
        }
        List<String> answers = read(messages);
        assertEquals(messages.size(), answers.size());
        for (String json : answers) {
            assertHas(json, "\"defects\": []");
            assertHas(json, "\"action\": [\"failed\"]");
            assertHas(json, "\"finalRecipient\": [\"rfc822; bob@y.example\"]");
        }
    }

    private static void assertHas(String json, String expected) {
        assertTrue(json.contains(expected), () -> "expected " + expected + " in " + json);
    }

    private List<String> read(List<byte[]> messages) throws Exception {
        Path script = directory.resolve("read_dsn.py");
        try (InputStream in = getClass().getResourceAsStream("read_dsn.py")) {
            Files.write(script, in.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of("python3", script.toString()));
        for (int i = 0; i < messages.size(); i++) {
            Path file = directory.resolve("dsn" + i + ".eml");
            Files.write(file, messages.get(i));
            command.add(file.toString());
        }
        Path output = directory.resolve("output");
        Process python = start(new ProcessBuilder(command), output);
        try {
            assertTrue(python.waitFor(60, TimeUnit.SECONDS), "python3 took too long");
        } finally {
            python.destroyForcibly();
        }
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertEquals(0, python.exitValue(), text);
        return text.lines().toList();
    }

    private static Process start(ProcessBuilder builder, Path output) {
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        try {
            return builder.start();
        } catch (IOException e) {
            return abort("python3 is not installed");
        }
    }
}
