package io.embedmta.internal.dsn;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Passes octets on and makes a CRLF of each bare CR and bare LF. The queue should hold none; a DSN
 * must not depend on it (invariant I7). Closing ends a CR that is still waiting for its LF, and
 * leaves the target open.
 */
final class CrlfOutputStream extends OutputStream {
    private static final byte[] CRLF = {'\r', '\n'};

    private final OutputStream target;
    private boolean afterCr;

    CrlfOutputStream(OutputStream target) {
        this.target = target;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        int end = offset + length;
        int start = offset;
        if (afterCr && length > 0) {
            endLine();
            start += octets[offset] == '\n' ? 1 : 0;
        }
        for (int i = start; i < end; i++) {
            byte octet = octets[i];
            if (octet == '\r' && i + 1 < end && octets[i + 1] == '\n') {
                i++;
            } else if (octet == '\r' || octet == '\n') {
                target.write(octets, start, i - start);
                start = i + 1;
                if (octet == '\r' && start == end) {
                    afterCr = true;
                } else {
                    target.write(CRLF);
                }
            }
        }
        target.write(octets, start, end - start);
    }

    private void endLine() throws IOException {
        target.write(CRLF);
        afterCr = false;
    }

    @Override
    public void close() throws IOException {
        if (afterCr) {
            endLine();
        }
    }
}
