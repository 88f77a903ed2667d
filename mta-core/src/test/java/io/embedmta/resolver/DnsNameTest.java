package io.embedmta.resolver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsNameTest {

    @ParameterizedTest
    @CsvSource({
        "example.org,example.org",
        "EXAMPLE.Org.,example.org",
        "_25._tcp.mx.example.org,_25._tcp.mx.example.org",
        "org,org",
        ".,.",
        "1.2.0.192.in-addr.arpa,1.2.0.192.in-addr.arpa",
        "xn--BCHER-kva.example,xn--bcher-kva.example",
        "-a.b-,-a.b-",
    })
    void name_isKeptInOneForm(String text, String kept) {
        DnsName name = DnsName.of(text);
        assertEquals(kept, name.text());
        assertEquals(kept, name.toString());
        assertEquals(name, DnsName.of(kept));
        assertEquals(kept.equals("."), name.isRoot());
    }

    /** The Kelvin sign folds to an ASCII k. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "..",
                ".a",
                "a..",
                "a..b",
                " ",
                "a b",
                "a\r\n",
                "a\u0000",
                "a\u007f",
                "b\u00fc",
                "\u212aelvin.org",
                "\u0130.org"
            })
    void name_malformed_isRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> DnsName.of(text));
    }

    @Test
    void name_hasLabelsOf63And253InAll() {
        String longest = ("a".repeat(63) + ".").repeat(3) + "b".repeat(61);
        assertEquals(253, longest.length());
        assertEquals(longest, DnsName.of(longest).text());
        assertEquals(longest, DnsName.of(longest + ".").text());
        assertThrows(IllegalArgumentException.class, () -> DnsName.of(longest + "b"));
        assertThrows(IllegalArgumentException.class, () -> DnsName.of("a".repeat(64)));
        assertTrue(DnsName.of(".").isRoot());
        assertFalse(DnsName.of("a").isRoot());
    }

    @Test
    void reverse_ofIpv4_isOctetsBackwards() throws UnknownHostException {
        assertEquals(
                "7.2.0.192.in-addr.arpa",
                DnsName.reverse(InetAddress.getByName("192.0.2.7")).text());
    }

    @Test
    void reverse_ofIpv6_isNibblesBackwards() throws UnknownHostException {
        assertEquals(
                "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa",
                DnsName.reverse(InetAddress.getByName("4321:0:1:2:3:4:567:89ab")).text());
    }

    @Test
    void parent_ofName_dropsOneLabel() {
        assertEquals(DnsName.of("example.org"), DnsName.of("mx.example.org").parent());
        assertEquals(DnsName.of("."), DnsName.of("org").parent());
        assertEquals(DnsName.of("."), DnsName.of(".").parent());
    }
}
