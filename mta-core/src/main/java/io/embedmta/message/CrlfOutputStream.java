package io.embedmta.message;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes every line end as CRLF: a bare CR or LF must not reach another server (RFC 5321 §2.3.8).
 * Not thread-safe.
 */
final class CrlfOutputStream extends FilterOutputStream {
    private boolean afterCr;

    CrlfOutputStream(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        int from = offset;
        for (int i = offset; i < offset + length; i++) {
            byte octet = octets[i];
            if (octet == '\r' || octet == '\n') {
                out.write(octets, from, i - from);
                from = i + 1;
                if (octet == '\r' || !afterCr) {
                    out.write('\r');
                    out.write('\n');
                }
            }
            afterCr = octet == '\r';
        }
        out.write(octets, from, offset + length - from);
    }
}
