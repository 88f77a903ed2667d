package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static String read(byte[] octets, int left) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(octets);
        String client =
                ProxyHeader.read(in)
                        .map(a -> a.getAddress().getHostAddress() + " " + a.getPort())
                        .orElse("unknown");
        assertEquals(left, in.available(), "not all of the header was taken, or more");
        return client;
    }

    private static byte[] text(String header) {
        return header.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String header) {
        return HexFormat.of().parseHex(SIGNATURE + header.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25, 192.0.2.1 56324",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255 65535",
        "PROXY TCP6 2001:db8::1 2001:db8::2 0 25, 2001:db8:0:0:0:0:0:1 0",
        "PROXY UNKNOWN, unknown",
        "PROXY UNKNOWN whatever stands here, unknown"
    })
    void text_namesTheClient(String header, String client) throws IOException {
        assertEquals(client, read(text(header + "\r\nEHLO"), 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EHLO client.example\r\n",
                "PROXY TCP4\r\n ",
                "PROXY TCP4 192.0.2.1 192.0.2.2 56324\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25 1\r\n",
                "PROXY TCP4  192.0.2.1 192.0.2.2 56324 25\r\n",
                "PROXY TCP4 localhost 192.0.2.2 56324 25\r\n",
                "PROXY TCP4 192.0.2.1] 192.0.2.2 56324 25\r\n",
                "PROXY TCP4 192.0.2.256 192.0.2.2 56324 25\r\n",
                "PROXY TCP4 2001:db8::1 2001:db8::2 56324 25\r\n",
                "PROXY TCP6 192.0.2.1 192.0.2.2 56324 25\r\n",
                "PROXY TCP6 fe80::1%eth0 fe80::2 56324 25\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 65536 25\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 -1 25\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 \r\n",
                "PROXY UDP4 192.0.2.1 192.0.2.2 56324 25\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\nEHLO client.example\nMAIL FROM:<eve@evil.example>"
                        + "\nRCPT TO:<bob@ours.example>\nDATA\n",
                "proxy TCP4 192.0.2.1 192.0.2.2 56324 25\r\n"
            })
    void text_thatIsMalformed_isRefused(String header) {
        assertThrows(ProxyHeader.MalformedException.class, () -> read(text(header), 0));
    }

    @Test
    void text_hasAtMost107Octets() throws IOException {
        String most = "PROXY UNKNOWN " + "x".repeat(91) + "\r\n";
        assertEquals(107, most.length());
        assertEquals("unknown", read(text(most), 0));
        assertThrows(
                ProxyHeader.MalformedException.class, () -> read(text("PROXY UNKNOWN " + most), 0));
    }

    @ParameterizedTest
    @CsvSource({
        "21 11 000c c0000201 c0000202 dc04 0019, 192.0.2.1 56324",
        // With two TLVs that say nothing to us.
        "21 11 0015 c0000201 c0000202 dc04 0019 04 0001 00 20 0002 0102, 192.0.2.1 56324",
        "21 21 0024 20010db8000000000000000000000001 20010db8000000000000000000000002 0001 0019, 2001:db8:0:0:0:0:0:1 1",
        "21 21 0024 00000000000000000000ffffc0000201 00000000000000000000ffffc0000202 0001 0019, 192.0.2.1 1",
        // LOCAL, also with addresses.
        "20 00 0000, unknown",
        "20 11 000c c0000201 c0000202 dc04 0019, unknown",
        // Of a family that is not ours.
        "21 00 0000, unknown",
        "21 12 000c c0000201 c0000202 dc04 0019, unknown",
        "21 31 0004 01020304, unknown"
    })
    void binary_namesTheClient(String header, String client) throws IOException {
        assertEquals(client, read(hex(header + "45484c4f"), 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "11 11 000c c0000201 c0000202 dc04 0019",
                "22 11 000c c0000201 c0000202 dc04 0019",
                "21 11 000b c0000201 c0000202 dc04 00",
                "21 21 000c c0000201 c0000202 dc04 0019"
            })
    void binary_thatIsMalformed_isRefused(String header) {
        assertThrows(ProxyHeader.MalformedException.class, () -> read(hex(header), 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "21", "21 11 000c c0000201", "21 11 ffff c0000201 c0000202 dc04 0019"})
    void binary_thatEnds_isSaidToEnd(String header) {
        assertThrows(EOFException.class, () -> read(hex(header), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROXY", "PROXY UNKNOWN\r"})
    void text_thatEnds_isSaidToEnd(String header) {
        assertThrows(EOFException.class, () -> read(text(header), 0));
    }
}
