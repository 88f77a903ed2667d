package io.embedmta.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,10.255.255.255,true",
        "10.0.0.0/8,11.0.0.0,false",
        "10.1.2.3/8,10.9.9.9,true",
        "192.0.2.128/25,192.0.2.128,true",
        "192.0.2.128/25,192.0.2.127,false",
        "192.0.2.1,192.0.2.1,true",
        "192.0.2.1,192.0.2.2,false",
        "192.0.2.1/32,192.0.2.1,true",
        "0.0.0.0/0,203.0.113.9,true",
        "0.0.0.0/0,::1,false",
        "::/0,2001:db8::1,true",
        "::/0,192.0.2.1,false",
        "2001:db8::/32,2001:db8:ffff::1,true",
        "2001:db8::/32,2001:db9::1,false",
        "2001:db8::/33,2001:db8:8000::,false",
        "2001:db8::1,2001:db8::1,true",
        "::1/128,::1,true",
    })
    void block_containsItsAddresses(String block, String address, boolean inside) throws Exception {
        assertEquals(inside, Cidr.of(block).contains(InetAddress.getByName(address)));
    }

    @Test
    void mappedAddress_countsAsIpv4() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        mapped[12] = 10;
        InetAddress address = Inet6Address.getByAddress(null, mapped, 0);
        assertEquals(16, address.getAddress().length);
        assertTrue(Cidr.of("10.0.0.0/8").contains(address));
        assertEquals(Cidr.of("10.0.0.0"), Cidr.of("::ffff:10.0.0.0"));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,10.0.0.0/8",
        "10.1.2.3/8,10.0.0.0/8",
        "10.1.2.255/31,10.1.2.254/31",
        "192.0.2.1,192.0.2.1/32",
        "2001:DB8:1::/32,2001:db8:0:0:0:0:0:0/32",
    })
    void block_hasOneForm(String text, String printed) {
        Cidr block = Cidr.of(text);
        assertEquals(printed, block.toString());
        assertEquals(block, Cidr.of(printed));
        assertEquals(block.hashCode(), Cidr.of(printed).hashCode());
        assertNotEquals(block, Cidr.of("172.16.0.0/12"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/0x8",
                "10.0.0.0/8 ",
                "10.0.0.0/\u0668",
                "10.0.0.0/8/8",
                "10.0.0.0/255.0.0.0",
                "10.0.0.0/99999999999",
                "10.0.0/8",
                "10/8",
                "localhost",
                "localhost/8",
                "::/129",
                "[::1]/128",
                "::1%1/128",
                "IPv6:::1/128",
                "10.0.0.0/008888",
                "::ffff:10.0.0.0/104"
            })
    void block_malformed_isRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Cidr.of(text));
    }

    @Test
    void randomBlocks_agreeWithArithmetic() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            byte[] network = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(network);
            int bits = random.nextInt(network.length * 8 + 1);
            byte[] other = network.clone();
            other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
            Cidr block = Cidr.of(InetAddress.getByAddress(network).getHostAddress() + "/" + bits);
            int shift = network.length * 8 - bits;
            boolean inside =
                    new BigInteger(1, network)
                            .shiftRight(shift)
                            .equals(new BigInteger(1, other).shiftRight(shift));
            assertEquals(
                    inside, block.contains(InetAddress.getByAddress(other)), () -> "seed " + seed);
        }
    }
}
