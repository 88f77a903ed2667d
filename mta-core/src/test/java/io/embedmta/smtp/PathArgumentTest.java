package io.embedmta.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathArgumentTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "FROM:<>|''",
                "FROM:<a@b>|a@b",
                "from:<a@b>|a@b",
                "From:  <a@b>|a@b",
                "FROM:<@x,@y:a@b>|@x,@y:a@b",
                "FROM:<\"a>b\"@c>|\"a>b\"@c",
                "FROM:<\"a\\\">b\"@c>|\"a\\\">b\"@c",
                "FROM:<[1]>|[1]",
            })
    void path_isWhatStandsInBrackets(String argument, String path) {
        PathArgument read = PathArgument.parse("FROM", argument);
        assertEquals(path.equals("''") ? "" : path, read.path());
        assertTrue(read.parameters().keywords().isEmpty());
    }

    @Test
    void path_isFollowedByParameters() {
        PathArgument read = PathArgument.parse("TO", "TO:<\"> NOTIFY=\"@c> NOTIFY=NEVER X");
        assertEquals("\"> NOTIFY=\"@c", read.path());
        assertEquals(Optional.of("NEVER"), read.parameters().value("NOTIFY"));
        assertTrue(read.parameters().has("X"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "FROM",
                "FROM:",
                "FROM: ",
                "FROM <a@b>",
                "TO:<a@b>",
                "FROM:a@b",
                "FROM:<a@b",
                "FROM:<\"a@b>",
                "FROM:<\"a\\",
                "FROM:<\"a\\\">",
                "FROM:<a@b>SIZE=1",
                "FROM:<a@b>>",
                "FROM:\t<a@b>",
                "FROM:<a@b>\tSIZE=1",
                "FROM:<a@b> \t",
                "FROM :<a@b>",
                "XFROM:<a@b>",
                "FROM:<a\rb>",
                "FROM:<a\nb>",
                "FROM:<a\u0000b>",
                "FROM:<a@b> \r"
            })
    void argument_malformed_isRefused(String argument) {
        assertThrows(SyntaxException.class, () -> PathArgument.parse("FROM", argument));
    }
}
