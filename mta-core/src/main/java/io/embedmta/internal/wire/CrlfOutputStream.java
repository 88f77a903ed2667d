package io.embedmta.internal.wire;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Passes a message on and makes a CRLF of each bare CR and each bare LF, so that neither reaches
 * another server (RFC 5321 §2.3.8). Closing ends a CR that still waits for its LF, and leaves the
 * target open. For one thread; keeps no octets.
 */
public final class CrlfOutputStream extends OutputStream {
    private static final byte[] CRLF = {'\r', '\n'};

    private final OutputStream target;
    private boolean afterCr;

    /**
     * @param target where the octets go
     */
    public CrlfOutputStream(OutputStream target) {
        this.target = target;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        int end = offset + length;
        int run = offset;
        if (afterCr && length > 0) {
            endLine();
            run += octets[offset] == '\n' ? 1 : 0;
        }
        int at = Octets.indexOfCrOrLf(octets, run, end);
        while (at < end) {
            if (octets[at] == '\r' && at + 1 < end && octets[at + 1] == '\n') {
                at += 2;
            } else {
                target.write(octets, run, at - run);
                run = at + 1;
                if (octets[at] == '\r' && run == end) {
                    afterCr = true;
                } else {
                    target.write(CRLF);
                }
                at = run;
            }
            at = Octets.indexOfCrOrLf(octets, at, end);
        }
        target.write(octets, run, end - run);
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
