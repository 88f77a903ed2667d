package io.embedmta.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.embedmta.smtp.SyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of RFC 4013 §3, and the tables that it names. */
class SaslPrepTest {

    @Test
    void prepare_ofTheRfcsExamples_givesTheirForms() {
        assertEquals("IX", SaslPrep.prepare("I\u00adX"));
        assertEquals("user", SaslPrep.prepare("user"));
        assertEquals("USER", SaslPrep.prepare("USER"));
        assertEquals("a", SaslPrep.prepare("\u00aa"));
        assertEquals("IX", SaslPrep.prepare("\u2168"));
    }

    @Test
    void prepare_ofOtherSpaces_makesThemSpaces() {
        assertEquals("a b c", SaslPrep.prepare("a\u00a0b\u3000c"));
    }

    @Test
    void prepare_ofRightToLeftText_keepsIt() {
        assertEquals("\u0627\u0628", SaslPrep.prepare("\u0627\u0628"));
        assertEquals("\u06271\u0628", SaslPrep.prepare("\u06271\u0628"));
    }

    /** Unicode 3.2 did not know it. */
    @Test
    void prepare_ofNewerCharacter_keepsIt() {
        assertEquals("\ud83d\ude00", SaslPrep.prepare("\ud83d\ude00"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0007",
                "a\nb",
                "a\u007f",
                "\u06271",
                "\u0627a\u0628",
                "\ue000",
                "\ufffe",
                "\ud800",
                "\ufffd",
                "\u2ff0",
                "\u200e",
                "\u202e",
                "\u06dd",
                "\u2028",
                "\udb40\udc01",
                "\udb80\udc00"
            })
    void prepare_ofProhibitedText_failsWithoutQuotingIt(String text) {
        SyntaxException refused =
                assertThrows(SyntaxException.class, () -> SaslPrep.prepare("pencil" + text));
        assertFalse(refused.getMessage().contains("pencil"));
    }
}
