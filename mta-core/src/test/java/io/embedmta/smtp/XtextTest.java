package io.embedmta.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XtextTest {

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "'',''",
                "abc,abc",
                "a+b,a+2Bb",
                "a=b,a+3Db",
                "a b,a+20b",
                "+,+2B",
                "\u00e9,+C3+A9",
                "\ud83d\ude00,+F0+9F+98+80",
                "~!,~!"
            })
    void text_isEncodedAndBack(String plain, String xtext) {
        assertEquals(xtext, Xtext.encode(plain));
        assertEquals(plain, Xtext.decode(xtext));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+",
                "a+",
                "+2",
                "+2b",
                "+G0",
                "+ 1",
                "a=b",
                "a b",
                "a\tb",
                "a\r",
                "\u007f",
                "\u00e9",
                "+C3",
                "+C0+80",
                "+ED+A0+80",
                "+F8",
                "++2B"
            })
    void xtext_malformed_isRefused(String xtext) {
        assertThrows(SyntaxException.class, () -> Xtext.decode(xtext));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\udc00b", "\udc00\ud800"})
    void text_withHalfACharacter_isRefused(String text) {
        assertThrows(SyntaxException.class, () -> Xtext.encode(text));
    }

    @Test
    void randomText_roundTrips() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            for (int i = 0; i < length; i++) {
                int bound = random.nextBoolean() ? 128 : 0xd800;
                text.appendCodePoint(random.nextInt(bound));
            }
            String xtext = Xtext.encode(text.toString());
            assertEquals(text.toString(), Xtext.decode(xtext), () -> "seed " + seed);
            assertTrue(xtext.chars().allMatch(c -> c > ' ' && c < 127 && c != '='));
        }
    }
}
