package io.embedmta.resolver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class DnsNameTest {

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
