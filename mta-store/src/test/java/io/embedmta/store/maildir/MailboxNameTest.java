package io.embedmta.store.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailboxNameTest {

    @ParameterizedTest
    @CsvSource({
        "ann, ann",
        "Ann.Lee, ann.lee",
        "ann+lists, ann+lists",
        "ann-lee_2=x, ann-lee_2=x",
        "'odd one', odd%20one",
        "100%, 100%25",
        "a/b, a%2Fb",
        "a\\b, a%5Cb",
        "a:2, a%3A2",
        "a@b, a%40b",
        "é, %C3%A9",
        "É, %C3%A9",
        "😀, %F0%9F%98%80",
        ".., %2E%2E",
        "., %2E",
        "..., %2E.%2E",
        ".ssh, %2Essh",
        "ann., ann%2E",
        "-rf, %2Drf",
        "../../etc, %2E.%2F..%2Fetc",
    })
    void of_localPart_isItsSafeName(String localPart, String name) {
        assertEquals(name, MailboxName.of(localPart));
    }

    @Test
    void of_control_isEscaped() {
        assertEquals("a%00b%0A", MailboxName.of("a\0b\n"));
    }

    @Test
    void of_halfACharacter_isNoQuestionMarkAndNoOtherHalf() {
        assertEquals("%uD83D", MailboxName.of("\uD83D"));
        assertEquals("%3F", MailboxName.of("?"));
        assertNotEquals(MailboxName.of("\uD83D"), MailboxName.of("\uDE00"));
    }

    @Test
    void of_composedAndDecomposed_stayApartOnAnyFileSystem() {
        assertNotEquals(MailboxName.of("e\u0301"), MailboxName.of("\u00e9"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\u00e9", "/", "."})
    void of_longLocalParts_areShortAndApart(String letter) {
        String one = MailboxName.of(letter.repeat(255) + "1");
        String two = MailboxName.of(letter.repeat(255) + "2");
        assertNotEquals(one, two);
        assertTrue(one.length() <= 140 && two.length() <= 140);
    }

    @Test
    void of_shortenedNameAsLocalPart_isAnother() {
        String shortened = MailboxName.of("a".repeat(256));
        assertNotEquals(shortened, MailboxName.of(shortened));
    }

    @Test
    void of_underTurkishLocale_foldsAsEverywhere() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr"));
        try {
            assertEquals("info", MailboxName.of("INFO"));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void of_anyTwoLocalParts_shareANameOnlyIfTheyShareTheirFold() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "aA.%-/+u2Ef\u00e9\uD83D\uDE00 \\";
        Map<String, String> foldOf = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            StringBuilder local = new StringBuilder();
            for (int n = 1 + random.nextInt(6); n > 0; n--) {
                local.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String fold = local.toString().toLowerCase(Locale.ROOT);
            String name = MailboxName.of(local.toString());
            String other = foldOf.putIfAbsent(name, fold);
            assertTrue(other == null || other.equals(fold), () -> "seed " + seed + ": " + name);
            assertTrue(
                    name.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':'),
                    () -> "seed " + seed + ": " + name);
        }
        assertNull(foldOf.get(".."));
        assertNull(foldOf.get("."));
    }
}
