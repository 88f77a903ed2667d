package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientBlockTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff",
        "::1, ::1"
    })
    void addresses_ofOneClient_countTogether(String one, String other) throws UnknownHostException {
        assertEquals(block(one), block(other));
        assertEquals(block(one).hashCode(), block(other).hashCode());
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 192.0.2.2", "2001:db8:1:2::1, 2001:db8:1:3::1", "0.0.0.0, ::"})
    void addresses_ofTwoClients_countApart(String one, String other) throws UnknownHostException {
        assertNotEquals(block(one), block(other));
    }

    private static ClientBlock block(String address) throws UnknownHostException {
        return ClientBlock.of(InetAddress.getByName(address));
    }
}
