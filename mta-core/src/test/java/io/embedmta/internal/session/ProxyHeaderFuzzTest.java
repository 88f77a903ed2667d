package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;

/** What a proxy may send before a session. */
class ProxyHeaderFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void header_ofAnyOctets_isReadOrRefused(byte[] octets) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(octets);
        Optional<InetSocketAddress> client;
        try {
            client = ProxyHeader.read(in);
        } catch (ProxyHeader.MalformedException | EOFException e) {
            return;
        }
        assertTrue(client.isEmpty() || !client.get().isUnresolved());
        // Nothing behind it was taken, and all of it was needed.
        int length = octets.length - in.available();
        byte[] alone = Arrays.copyOf(octets, length);
        assertEquals(client, ProxyHeader.read(new ByteArrayInputStream(alone)));
        try {
            ProxyHeader.read(new ByteArrayInputStream(alone, 0, length - 1));
            throw new AssertionError("The last octet was not needed.");
        } catch (EOFException e) {
            // As it should be.
        }
    }
}
