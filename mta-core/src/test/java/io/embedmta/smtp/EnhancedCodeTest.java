package io.embedmta.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnhancedCodeTest {

    @ParameterizedTest
    @ValueSource(strings = {"2.0.0", "4.2.2", "5.1.1", "5.7.509", "4.999.999"})
    void code_wellFormed_roundTrips(String text) {
        assertEquals(text, EnhancedCode.of(text).toString());
        assertEquals(Optional.of(EnhancedCode.of(text)), EnhancedCode.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "5",
                "5.",
                "5.1",
                "5.1.",
                "5..1",
                ".1.1",
                "1.0.0",
                "3.0.0",
                "6.0.0",
                "55.1.1",
                "5.1.1.1",
                "5.1000.1",
                "5.1.1000",
                "5.1.-1",
                "5.+1.1",
                "5.1.1 ",
                " 5.1.1",
                "5.1.x",
                "5.\u0661.1",
                "5,1,1"
            })
    void code_malformed_isRefused(String text) {
        assertTrue(EnhancedCode.parse(text).isEmpty());
        assertThrows(SyntaxException.class, () -> EnhancedCode.of(text));
    }

    @Test
    void code_outOfRange_isRefused() {
        assertThrows(SyntaxException.class, () -> new EnhancedCode(3, 0, 0));
        assertThrows(SyntaxException.class, () -> new EnhancedCode(5, -1, 0));
        assertThrows(SyntaxException.class, () -> new EnhancedCode(5, 0, 1000));
    }

    @Test
    void code_underAnotherCategory_keepsSubjectAndDetail() {
        assertEquals(EnhancedCode.of("5.4.7"), EnhancedCode.of("4.4.7").withCategory(5));
        assertThrows(SyntaxException.class, () -> EnhancedCode.of("4.4.7").withCategory(3));
    }
}
