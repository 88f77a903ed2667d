package io.embedmta.examples.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.embedmta.examples.comparison.Candidate.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same tests for each fake server; the table in the documentation says how they end. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ComparisonTest {
    private static final Path TABLE = Path.of("..", "docs", "moving-to-fakemail.md");

    @ParameterizedTest
    @EnumSource(Feature.class)
    void table_saysWhatEachServerCan(Feature feature) throws IOException {
        String row =
                Files.readAllLines(TABLE).stream()
                        .filter(line -> line.startsWith("| " + feature.label + " |"))
                        .findFirst()
                        .orElse("There is no row for " + feature.label);
        assertEquals(
                "| "
                        + feature.label
                        + " | "
                        + has(Candidate.FAKE_MAIL, feature)
                        + " | "
                        + has(Candidate.GREEN_MAIL, feature)
                        + " |",
                row);
    }

    private static String has(Candidate candidate, Feature feature) {
        try (Running server = candidate.start(feature.mode)) {
            feature.use(server);
            return "yes";
        } catch (Exception | AssertionError e) {
            System.out.println(candidate + ", " + feature.label + ": " + e);
            return "no";
        }
    }
}
