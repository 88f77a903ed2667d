package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.smtp.SyntaxException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailAddressTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                // text|local part|domain|as printed
                "ann@example.org|ann|example.org|ann@example.org",
                "Ann@EXAMPLE.Org|Ann|example.org|Ann@example.org",
                "a.b.c@x|a.b.c|x|a.b.c@x",
                "!#$%&'*+-/=?^_`{}~@x|!#$%&'*+-/=?^_`{}~|x|!#$%&'*+-/=?^_`{}~@x",
                "\"ann\"@x|ann|x|ann@x",
                "\"a b\"@x|a b|x|\"a b\"@x",
                "\"a@b\"@x|a@b|x|\"a@b\"@x",
                "\".a..b.\"@x|.a..b.|x|\".a..b.\"@x",
                "\"a\\\"b\\\\c\"@x|a\"b\\c|x|\"a\\\"b\\\\c\"@x",
                "\"\\a\\ \"@x|a |x|\"a \"@x",
                "\">\"@x|>|x|\">\"@x",
                "\u5b66\u00e9@x|\u5b66\u00e9|x|\u5b66\u00e9@x",
                "\"\u5b66 \u00e9\"@x|\u5b66 \u00e9|x|\"\u5b66 \u00e9\"@x",
                "\ud83d\ude00@x|\ud83d\ude00|x|\ud83d\ude00@x",
                "a@[192.0.2.1]|a|[192.0.2.1]|a@[192.0.2.1]",
                "a@[ipv6:2001:DB8::1]|a|[IPv6:2001:db8:0:0:0:0:0:1]|a@[IPv6:2001:db8:0:0:0:0:0:1]",
                "a@b\u00fccher.example|a|xn--bcher-kva.example|a@xn--bcher-kva.example",
                "a@1.2.3.4|a|1.2.3.4|a@1.2.3.4",
            })
    void address_wellFormed_isRead(String text, String local, String domain, String printed) {
        MailAddress address = MailAddress.of(text);
        assertEquals(local, address.localPart());
        assertEquals(domain, address.domain());
        assertEquals(printed, address.toString());
        assertEquals(address, MailAddress.of(printed));
        assertEquals(address.hashCode(), MailAddress.of(printed).hashCode());
        assertEquals(address, MailAddress.ofPath(printed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@",
                "a",
                "a@",
                "@x",
                ".a@x",
                "a.@x",
                "a..b@x",
                ".@x",
                "a b@x",
                " a@x",
                "a@x ",
                "a@ x",
                "a@b@x",
                "a\"b@x",
                "\"a@x",
                "\"a\"b@x",
                "\"a\"",
                "\"a\\\"@x",
                "\"a\\",
                "\"",
                "\"\"@x",
                "a\\b@x",
                "a,b@x",
                "a:b@x",
                "a;b@x",
                "a<b@x",
                "a>b@x",
                "(c)a@x",
                "a[b]@x",
                "<a@x>",
                "a\rb@x",
                "a\nb@x",
                "a\u0000b@x",
                "\"a\rb\"@x",
                "\"a\nb\"@x",
                "\"a\\\nb\"@x",
                "\"a\u0000b\"@x",
                "\"a\u007fb\"@x",
                "\"a\tb\"@x",
                "a\u0085b@x",
                "\ud800@x",
                "\"a\udc00\"@x",
                "\udc00\ud800@x",
                "a@x\r\n",
                "a@[1.2.3.4]x",
                "@r:a@x"
            })
    void address_malformed_isRefused(String text) {
        assertThrows(SyntaxException.class, () -> MailAddress.of(text));
    }

    @Test
    void localPart_hasAtMost256Characters() {
        String longest = "l".repeat(256) + "@x";
        assertEquals(longest, MailAddress.of(longest).toString());
        assertThrows(SyntaxException.class, () -> MailAddress.of("l" + longest));
        MailDomain x = MailDomain.of("x");
        assertThrows(SyntaxException.class, () -> MailAddress.of("", x));
        assertThrows(SyntaxException.class, () -> MailAddress.of("q".repeat(257), x));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@r:a@x", "@r,@s.example:a@x", "@r,@s,@t:a@x"})
    void sourceRoute_isReadAndIgnored(String path) {
        assertEquals(MailAddress.of("a@x"), MailAddress.ofPath(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@:a@x",
                "@r",
                "@r:",
                "@r,:a@x",
                "@r,s:a@x",
                ",@r:a@x",
                "@r,,@s:a@x",
                "@-r:a@x",
                "@r:@s:a@x",
                "@r\r:a@x",
                "@[IPv6:::1]:a@x"
            })
    void sourceRoute_malformed_isRefused(String path) {
        assertThrows(SyntaxException.class, () -> MailAddress.ofPath(path));
    }

    @Test
    void localPart_isComparedLetterForLetter() {
        assertNotEquals(MailAddress.of("Ann@x"), MailAddress.of("ann@x"));
        assertEquals(MailAddress.of("ann@X"), MailAddress.of("ann@x"));
        assertNotEquals(MailAddress.of("ann@y"), MailAddress.of("ann@x"));
    }

    @Test
    void address_knowsWhetherItIsAscii() {
        assertTrue(MailAddress.of("ann@b\u00fccher.example").isAscii());
        assertFalse(MailAddress.of("\u5b66@x").isAscii());
    }

    @Test
    void detail_isTakenOff() {
        assertEquals(MailAddress.of("ann@x"), MailAddress.of("ann+l+m@x").withoutDetail('+'));
        assertEquals(MailAddress.of("ann@x"), MailAddress.of("ann@x").withoutDetail('+'));
        assertEquals(MailAddress.of("+l@x"), MailAddress.of("+l@x").withoutDetail('+'));
    }

    @Test
    void anyLocalPart_roundTripsThroughItsText() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        MailDomain domain = MailDomain.of("example.org");
        for (int round = 0; round < 2000; round++) {
            StringBuilder local = new StringBuilder();
            int length = 1 + random.nextInt(20);
            while (local.length() < length) {
                local.append(random.nextInt(4) == 0 ? '\u00e9' : (char) (32 + random.nextInt(95)));
            }
            MailAddress address = MailAddress.of(local.toString(), domain);
            assertEquals(address, MailAddress.of(address.toString()), () -> "seed " + seed);
        }
    }
}
