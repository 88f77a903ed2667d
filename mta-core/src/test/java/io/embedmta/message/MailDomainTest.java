package io.embedmta.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.smtp.SyntaxException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailDomainTest {
    private static final String LONG = ("a".repeat(63) + ".").repeat(3);

    @ParameterizedTest
    @CsvSource({
        "example.org,example.org",
        "EXAMPLE.Org,example.org",
        "localhost,localhost",
        "a-b.c--d.0x,a-b.c--d.0x",
        "XN--BCHER-KVA.example,xn--bcher-kva.example",
        "b\u00fccher.example,xn--bcher-kva.example",
        "B\u00dcCHER.example,xn--bcher-kva.example",
        // The same name with a combining diaeresis, and with an ideographic full stop.
        "bu\u0308cher.example,xn--bcher-kva.example",
        "b\u00fccher\u3002example,xn--bcher-kva.example",
        "\u4f8b\u3048.jp,xn--r8jz45g.jp",
    })
    void name_isKeptInLowerCaseALabels(String text, String kept) {
        MailDomain domain = MailDomain.of(text);
        assertEquals(kept, domain.text());
        assertEquals(kept, domain.toString());
        assertEquals(domain, MailDomain.of(domain.unicode()));
        assertTrue(domain.address().isEmpty());
    }

    @Test
    void name_isShownInULabels() {
        assertEquals("b\u00fccher.example", MailDomain.of("xn--bcher-kva.example").unicode());
        assertEquals("example.org", MailDomain.of("example.org").unicode());
        assertEquals("[192.0.2.1]", MailDomain.of("[192.0.2.1]").unicode());
        // An A-label that decodes to nothing stays what it is.
        assertEquals("xn--a.example", MailDomain.of("xn--a.example").unicode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a.",
                ".a",
                "a..b",
                "-a",
                "a-",
                "a.-b",
                "a-.b",
                "a_b",
                "a b",
                "a\t",
                "a\r\n",
                "a\u0000",
                "a@b",
                "a/b",
                "*",
                "\u00e9.",
                "\u00e9..b",
                "\u3002",
                "a\u3002",
                // Letters that nameprep would turn into a dot, a slash, or nothing at all.
                "a\u2024b.example",
                "\u2100.example",
                "\u00ad",
                "\u00e9\u202eb",
                "\u00e9 b",
                "\ud800",
                "a\udc00.org",
                "\udc00\ud800",
                "\uffff",
                "\ufffd.org",
                "\u00e9_a.org",
                "-\u00e9.org"
            })
    void name_malformed_isRefused(String text) {
        assertThrows(SyntaxException.class, () -> MailDomain.of(text));
    }

    /** IDNA 2003, which the JDK speaks, reads these as other names than IDNA 2008 does. */
    @ParameterizedTest
    @ValueSource(
            strings = {"fa\u00df.de", "\u03b2\u03cc\u03bb\u03bf\u03c2.gr", "a\u200db", "a\u200cb"})
    void name_thatOldAndNewIdnaReadDifferently_isRefused(String text) {
        assertThrows(SyntaxException.class, () -> MailDomain.of(text));
    }

    @Test
    void name_thatNewIdnaReads_isTakenInALabels() {
        MailDomain domain = MailDomain.of("xn--fa-hia.de");
        assertEquals("xn--fa-hia.de", domain.text());
        assertEquals(domain, MailDomain.of(domain.unicode()));
    }

    @Test
    void name_hasAtMost255Octets() {
        String longest = LONG + "a".repeat(63);
        assertEquals(255, longest.length());
        assertEquals(longest, MailDomain.of(longest).text());
        assertThrows(SyntaxException.class, () -> MailDomain.of("b." + longest));
        assertThrows(SyntaxException.class, () -> MailDomain.of("a".repeat(64) + ".org"));
        assertThrows(SyntaxException.class, () -> MailDomain.of("\u00e9".repeat(63) + ".org"));
    }

    /** The JDK's own IDN takes such a name apart before it refuses it, or fails otherwise. */
    @ParameterizedTest
    @ValueSource(ints = {256, 5_000, 100_000, 1_000_000})
    void name_ofHostileLength_isRefused(int length) {
        assertThrows(SyntaxException.class, () -> MailDomain.of("\u00e9" + "a".repeat(length - 1)));
        assertThrows(SyntaxException.class, () -> MailDomain.of("\u5b66".repeat(length)));
        assertThrows(SyntaxException.class, () -> MailDomain.of("\u00e9.".repeat(length)));
        assertThrows(
                SyntaxException.class, () -> MailDomain.of("[IPv6:" + ":".repeat(length) + "]"));
    }

    @ParameterizedTest
    @CsvSource({
        "[192.0.2.1],[192.0.2.1]",
        "[0.0.0.0],[0.0.0.0]",
        "[255.255.255.255],[255.255.255.255]",
        // RFC 5321 §4.1.3: Snum is decimal, with one to three digits.
        "[010.001.000.009],[10.1.0.9]",
        "[IPv6:::],[IPv6:0:0:0:0:0:0:0:0]",
        "[IPv6:::1],[IPv6:0:0:0:0:0:0:0:1]",
        "[ipv6:2001:DB8::],[IPv6:2001:db8:0:0:0:0:0:0]",
        "[IPV6:1:2:3:4:5:6:7:8],[IPv6:1:2:3:4:5:6:7:8]",
        "[IPv6:1::8],[IPv6:1:0:0:0:0:0:0:8]",
        "[IPv6:1:2:3:4:5:6:7::],[IPv6:1:2:3:4:5:6:7:0]",
        "[IPv6:64:ff9b::192.0.2.33],[IPv6:64:ff9b:0:0:0:0:c000:221]",
        "[IPv6:1:2:3:4:5:6:192.0.2.33],[IPv6:1:2:3:4:5:6:c000:221]",
        "[IPv6:::ffff:192.0.2.1],[192.0.2.1]",
    })
    void literal_isKeptInOneForm(String text, String kept) throws Exception {
        MailDomain domain = MailDomain.of(text);
        assertEquals(kept, domain.text());
        assertEquals(domain, MailDomain.of(kept));
        assertEquals(domain, MailDomain.literal(domain.address().orElseThrow()));
        assertEquals(domain.hashCode(), MailDomain.of(kept).hashCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[",
                "]",
                "[[1.2.3.4]]",
                "[1.2.3.4",
                "1.2.3.4]",
                "[1.2.3]",
                "[1.2.3.4.5]",
                "[1.2.3.256]",
                "[1.2.3.0004]",
                "[1.2..4]",
                "[.1.2.3]",
                "[1.2.3.]",
                "[1.2.3.-4]",
                "[1.2.3.+4]",
                "[ 1.2.3.4]",
                "[0x1.2.3.4]",
                "[16909060]",
                "[::1]",
                "[2001:db8::1]",
                "[IPv6:]",
                "[IPv6:1]",
                "[IPv6::]",
                "[IPv6:::::]",
                "[IPv6:1:2:3:4:5:6:7]",
                "[IPv6:1:2:3:4:5:6:7:8:9]",
                "[IPv6:1::2::3]",
                "[IPv6:1:2:3:4::5:6:7:8]",
                "[IPv6:12345::]",
                "[IPv6:1:]",
                "[IPv6:1:2:3:4:5:6:7:]",
                "[IPv6::1:2:3:4:5:6:7]",
                "[IPv6:g::]",
                "[IPv6:1.2.3.4]",
                "[IPv6:::1.2.3]",
                "[IPv6:::1.2.3.4:1]",
                "[IPv6:1:2:3:4:5:6:7:1.2.3.4]",
                "[IPv6:fe80::1%eth0]",
                "[IPv6:fe80::1%1]",
                // Not an address, and yet of its letters alone: must not become a DNS query.
                "[IPv6:.:1]",
                "[IPv6:\uff11::]",
                "[IPv6:\u0661::]",
                "[\u0131pv6:::1]",
                "[1.2.3.\u0664]",
                "[tag:content]",
                "[localhost]",
                "[IPv6:localhost]"
            })
    void literal_malformed_isRefused(String text) {
        assertThrows(SyntaxException.class, () -> MailDomain.of(text));
    }

    @Test
    void literal_leavesTheZoneOut() throws Exception {
        byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
        MailDomain domain = MailDomain.literal(Inet6Address.getByAddress(null, linkLocal, 7));
        assertEquals("[IPv6:fe80:0:0:0:0:0:0:1]", domain.text());
        assertEquals(domain, MailDomain.of(domain.text()));
    }

    @Test
    void randomAddresses_roundTripAsLiterals() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 1000; round++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextBoolean() ? 0 : random.nextInt());
            }
            InetAddress address = InetAddress.getByAddress(bytes);
            MailDomain domain = MailDomain.of(MailDomain.literal(address).text());
            assertEquals(address, domain.address().orElseThrow(), () -> "seed " + seed);
        }
    }

    @Test
    void randomUnicode_isRefusedOrRoundTrips() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int refusals = 0;
        for (int round = 0; round < 5000; round++) {
            StringBuilder text = new StringBuilder();
            int length = 1 + random.nextInt(10);
            for (int i = 0; i < length; i++) {
                text.append(random.nextInt(5) == 0 ? '.' : (char) random.nextInt(65536));
            }
            try {
                MailDomain domain = MailDomain.of(text.toString());
                assertEquals(domain, MailDomain.of(domain.text()), () -> "seed " + seed);
                assertEquals(domain, MailDomain.of(domain.unicode()), () -> "seed " + seed);
            } catch (SyntaxException refused) {
                refusals++;
            }
        }
        assertTrue(refusals > 0, () -> "seed " + seed);
    }
}
