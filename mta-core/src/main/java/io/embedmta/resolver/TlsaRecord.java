package io.embedmta.resolver;

import java.util.HexFormat;

/**
 * A TLSA record (RFC 6698 §2.1).
 *
 * @param usage certificate usage, 0 to 255
 * @param selector 0 to 255
 * @param matchingType 0 to 255
 * @param association the certificate association data, in lower-case hexadecimal
 */
public record TlsaRecord(int usage, int selector, int matchingType, String association) {

    /** A record of its wire form. */
    public static TlsaRecord of(int usage, int selector, int matchingType, byte[] association) {
        return new TlsaRecord(usage, selector, matchingType, HexFormat.of().formatHex(association));
    }
}
