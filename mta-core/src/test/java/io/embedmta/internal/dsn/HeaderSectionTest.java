package io.embedmta.internal.dsn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Content;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderSectionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"A: 1\r\nB: 2\r\n\r\nbody\r\n", "A: 1\nB: 2\n\nbody\n", "A: 1\rB: 2\r\r"})
    void section_withAnyLineEnds_endsBeforeTheEmptyLine(String message) throws IOException {
        assertEquals("A: 1\r\nB: 2\r\n", text(HeaderSection.of(Content.of(message))));
    }

    @Test
    void section_withoutBody_isTheWholeMessage() throws IOException {
        assertEquals("A: 1\r\n", text(HeaderSection.of(Content.of("A: 1\r\n"))));
        assertEquals("", text(HeaderSection.of(Content.of(""))));
        assertEquals("", text(HeaderSection.of(Content.of("\r\nbody"))));
    }

    @Test
    void I5_section_beyondTheBound_isCutAfterAWholeLine() throws IOException {
        String line = "X-Filler: " + "x".repeat(61) + "\r\n";
        HeaderSection section = HeaderSection.of(Content.of(line.repeat(10_000) + "\r\nbody\r\n"));
        assertTrue(section.octets().length <= HeaderSection.MAX);
        assertEquals(HeaderSection.MAX / line.length() * line.length(), section.octets().length);
        assertTrue(text(section).endsWith(line));
    }

    @Test
    void I5_section_ofOneEndlessLine_isEmpty() throws IOException {
        assertEquals("", text(HeaderSection.of(Content.of("X: " + "x".repeat(1 << 20)))));
    }

    @Test
    void section_knowsItsOctetsAndItsLines() throws IOException {
        assertFalse(HeaderSection.of(Content.of("A: b\r\n\r\né")).isEightBit());
        assertTrue(HeaderSection.of(Content.of("A: é\r\n\r\n")).isEightBit());
        String limit = "A: " + "x".repeat(995);
        assertFalse(HeaderSection.of(Content.of(limit + "\r\n\r\n")).isOverlong());
        assertTrue(HeaderSection.of(Content.of(limit + "x\r\n\r\n")).isOverlong());
    }

    @Test
    void value_ofAFoldedField_isUnfolded() throws IOException {
        HeaderSection section =
                HeaderSection.of(
                        Content.of(
                                "subject: one\r\n two\r\n\tthree\r\nSubject: no\r\n\r\nFrom: x\r\n"));
        assertEquals(Optional.of("one two\tthree"), section.value("Subject"));
        assertEquals(Optional.empty(), section.value("From"));
    }

    private static String text(HeaderSection section) {
        return new String(section.octets(), StandardCharsets.UTF_8);
    }
}
