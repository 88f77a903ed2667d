package io.embedmta.examples;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every snippet of the README and of the pages stands in an example, so it compiles. */
class ReadmeTest {
    private static final Path EXAMPLES = Path.of("src");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/testing.md"})
    void everySnippet_standsInAnExample(String name) throws IOException {
        Path page = Path.of("..").resolve(name);
        List<String> sources = sources();
        List<String> snippets = snippets(page);
        assertFalse(snippets.isEmpty(), "no snippet was found in " + page.toAbsolutePath());
        for (String snippet : snippets) {
            String wanted = squeeze(snippet);
            assertTrue(
                    sources.stream().anyMatch(source -> source.contains(wanted)),
                    "no example holds this snippet of " + name + ":\n" + snippet);
        }
    }

    private static List<String> snippets(Path page) throws IOException {
        List<String> snippets = new ArrayList<>();
        StringBuilder snippet = new StringBuilder();
        boolean inside = false;
        for (String line : Files.readAllLines(page)) {
            if (line.equals("```java")) {
                inside = true;
            } else if (inside && line.equals("```")) {
                snippets.add(snippet.toString());
                snippet.setLength(0);
                inside = false;
            } else if (inside) {
                snippet.append(line).append('\n');
            }
        }
        return snippets;
    }

    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.add(squeeze(Files.readString(file)));
            }
        }
        return sources;
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "");
    }
}
