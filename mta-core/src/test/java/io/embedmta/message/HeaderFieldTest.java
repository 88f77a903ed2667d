package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.embedmta.smtp.SyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderFieldTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "a\r\n b",
                "a\r\n\tb\r\n c",
                "\r\n a",
                "\u5b66",
                "a: b",
                "a\tb"
            })
    void field_onOneOrMoreFoldedLines_isWritten(String value) {
        assertEquals("X-A: " + value + "\r\n", new HeaderField("X-A", value).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\nb",
                "a\r\nEvil: 1",
                "a\nb",
                "a\rb",
                "a\r",
                "a\n",
                "a\r\n",
                "a\n b",
                "a\r b",
                "a\r\r\n b",
                "a\r\n\r\n b",
                "a\u0000b",
                // Some readers take a line of blanks for the end of the header section.
                "a\r\n \r\n b",
                "a\r\n\t ",
                "\r\n \r\n\tb"
            })
    void value_thatWouldLeaveItsField_isRefused(String value) {
        assertThrows(SyntaxException.class, () -> new HeaderField("X-A", value));
        assertThrows(SyntaxException.class, () -> HeaderEdits.prepend("X-A", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "X A", "X:", "X\r\nY", "X\t", "\u00e9", "X\u0000", "\u007f"})
    void name_malformed_isRefused(String name) {
        assertThrows(SyntaxException.class, () -> new HeaderField(name, "v"));
        assertThrows(SyntaxException.class, () -> HeaderEdits.remove(name));
    }

    @Test
    void name_mayHoldAnyOtherPrintable() {
        assertEquals("!X_1~: v\r\n", new HeaderField("!X_1~", "v").toString());
    }
}
