package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.smtp.SyntaxException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginalRecipientTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "rfc822;ann@example.org|rfc822|ann@example.org|rfc822;ann@example.org",
                "RFC822;ann+2Bx@y|RFC822|ann+x@y|RFC822;ann+2Bx@y",
                "rfc822;a+3Db@y|rfc822|a=b@y|rfc822;a+3Db@y",
                "rfc822;+22a+20b+22@y|rfc822|\"a b\"@y|rfc822;\"a+20b\"@y",
                "rfc822;\\x{41}@y|rfc822|\\x{41}@y|rfc822;\\x{41}@y",
                "rfc822;+C3+A9@y|rfc822|\u00e9@y|rfc822;+C3+A9@y",
                "x400;/c+3Dus;/|x400|/c=us;/|x400;/c+3Dus;/",
                // RFC 6533 §3: the native form, and the one for hops without SMTPUTF8.
                "utf-8;\u5b66@y|utf-8|\u5b66@y|utf-8;\\x{5B66}@y",
                "utf-8;\\x{5B66}@y|utf-8|\u5b66@y|utf-8;\\x{5B66}@y",
                "UTF-8;\\x{1f600}@y|UTF-8|\ud83d\ude00@y|UTF-8;\\x{1F600}@y",
                "utf-8;a\\x{2B}b\\x{3D}c\\x{5C}d@y|utf-8|a+b=c\\d@y|utf-8;a\\x{2B}b\\x{3D}c\\x{5C}d@y",
                "utf-8;a+2Bb@y|utf-8|a+b@y|utf-8;a\\x{2B}b@y",
                "utf-8;a\\x{5C}x{41}@y|utf-8|a\\x{41}@y|utf-8;a\\x{5C}x{41}@y",
                "utf-8;a\\x@y|utf-8|a\\x@y|utf-8;a\\x{5C}x@y",
            })
    void parameter_isReadAndWritten(String value, String type, String address, String written) {
        OriginalRecipient read = OriginalRecipient.parse(value);
        assertEquals(new OriginalRecipient(type, address), read);
        assertEquals(written, read.toParameter());
        assertEquals(read, OriginalRecipient.parse(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "rfc822",
                "rfc822;",
                ";ann@y",
                "rfc 822;a",
                "rfc(822);a",
                "rfc=822;a",
                "rfc\r\n822;a",
                "\u00e9;a",
                "rfc822;a b",
                "rfc822;a=b",
                "rfc822;a+2b",
                "rfc822;a+0D+0Ab",
                "rfc822;a+00",
                "rfc822;a+7F",
                "rfc822;+C2+85",
                "rfc822;\u00e9",
                "utf-8;a\\x{0D}\\x{0A}b",
                "utf-8;\\x{0}",
                "utf-8;\\x{D800}\\x{DC00}",
                "utf-8;\\x{110000}",
                "utf-8;\\x{}",
                "utf-8;\\x{+41}",
                "utf-8;\\x{-1}",
                "utf-8;\\x{2B",
                "utf-8;\\x{\u0661\u0661}",
                "utf-8;\\x{0000041}",
                "utf-8;\u00e9\r\nb",
                "utf-8;\ud800"
            })
    void parameter_malformed_isRefused(String value) {
        assertThrows(SyntaxException.class, () -> OriginalRecipient.parse(value));
    }

    /** Not by the parser alone: a DSN prints both parts as they are. */
    @ParameterizedTest
    @ValueSource(strings = {"", "a\r\nX-Evil: 1", "a\u0000", "a\u0085", "\ud800"})
    void address_thatWouldBreakADsn_isRefused(String address) {
        assertThrows(SyntaxException.class, () -> new OriginalRecipient("rfc822", address));
        assertThrows(SyntaxException.class, () -> new OriginalRecipient("utf-8", address));
        assertThrows(SyntaxException.class, () -> new OriginalRecipient(address, "a@b"));
    }

    @Test
    void original_ofAnAddress_isNamedByItsCharacters() {
        assertEquals("rfc822", OriginalRecipient.of(MailAddress.of("ann@x")).type());
        assertEquals("utf-8", OriginalRecipient.of(MailAddress.of("\u5b66@x")).type());
        assertEquals("rfc822", OriginalRecipient.of(MailAddress.of("a@b\u00fccher.de")).type());
    }

    @Test
    void original_ofTheLongestAddress_roundTrips() {
        MailDomain domain = MailDomain.of(("d".repeat(63) + ".").repeat(3) + "d".repeat(63));
        for (String local : new String[] {"\\".repeat(256), "\u5b66".repeat(255) + " "}) {
            OriginalRecipient original = OriginalRecipient.of(MailAddress.of(local, domain));
            assertEquals(original, OriginalRecipient.parse(original.toParameter()));
        }
    }

    @Test
    void original_ofAnyText_roundTripsInAscii() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] bits = {
            "\\", "\\x{", "}", "41", "+", "+2B", "=", " ", "\u00e9", "\u5b66", "@", ";"
        };
        for (int round = 0; round < 2000; round++) {
            StringBuilder address = new StringBuilder("a");
            int length = random.nextInt(12);
            for (int i = 0; i < length; i++) {
                address.append(bits[random.nextInt(bits.length)]);
            }
            for (String type : new String[] {"rfc822", "utf-8", "UTF-8", "x+y"}) {
                OriginalRecipient original = new OriginalRecipient(type, address.toString());
                String value = original.toParameter();
                assertEquals(original, OriginalRecipient.parse(value), () -> "seed " + seed);
                assertTrue(value.chars().allMatch(c -> c > ' ' && c < 127 && c != '='), value);
            }
        }
    }
}
