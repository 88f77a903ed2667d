package io.embedmta.internal.wire;

/**
 * Watches over the lines of a message: each ends with CRLF (RFC 5321 §2.3.8). A bare CR or LF is
 * either remembered as an offence, or mended to CRLF. For one thread; state is kept between writes.
 *
 * <p>Where servers disagree on what ends a line, a sender can smuggle a second message past one of
 * them. So nothing that comes out of here carries a bare CR or LF, unless {@link #sawBareLineEnd}
 * says so and the message is refused.
 */
public final class LineEnds implements BodySink {
    private static final byte[] CRLF = {'\r', '\n'};

    private final BodySink next;
    private final boolean repair;
    private boolean afterCr;
    private boolean sawBare;
    private long lineLength;
    private long longestLine;

    /**
     * @param next where the octets go
     * @param repair whether a bare CR or LF becomes CRLF
     */
    public LineEnds(BodySink next, boolean repair) {
        this.next = next;
        this.repair = repair;
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
        if (length == 0) {
            return;
        }
        int end = offset + length;
        int run = offset;
        int line = offset;
        if (repair && afterCr) {
            releaseHeldCr(octets[offset]);
        }
        int i = afterCr ? offset : Octets.indexOfCrOrLf(octets, offset, end);
        while (i < end) {
            byte octet = octets[i];
            if (octet == '\n') {
                if (!afterCr) {
                    run = offence(octets, run, i, i + 1);
                }
                afterCr = false;
                endLine(i + 1 - line);
                line = i + 1;
            } else {
                if (afterCr) {
                    run = offence(octets, run, i - 1, i);
                    endLine(i - line);
                    line = i;
                }
                afterCr = octet == '\r';
            }
            i = afterCr ? i + 1 : Octets.indexOfCrOrLf(octets, i + 1, end);
        }
        lineLength += end - line;
        // When repairing, a final CR is held back until its LF comes, or does not.
        emit(octets, run, repair && afterCr ? end - 1 : end);
    }

    private void releaseHeldCr(byte first) {
        if (first == '\n') {
            next.write(CRLF, 0, 1);
        } else {
            mend();
            afterCr = false;
            endLine(0);
        }
    }

    /** A bare CR or LF stands at {@code at}; returns where the next run begins. */
    private int offence(byte[] octets, int run, int at, int after) {
        if (!repair) {
            sawBare = true;
            return run;
        }
        emit(octets, run, at);
        mend();
        return after;
    }

    private void mend() {
        sawBare = true;
        next.write(CRLF, 0, 2);
    }

    private void emit(byte[] octets, int from, int to) {
        if (to > from) {
            next.write(octets, from, to - from);
        }
    }

    private void endLine(long rest) {
        longestLine = Math.max(longestLine, lineLength + rest);
        lineLength = 0;
    }

    /** The message is complete: a CR held back is bare after all. */
    public void finish() {
        if (afterCr) {
            sawBare = true;
            if (repair) {
                next.write(CRLF, 0, 2);
            }
            afterCr = false;
        }
        endLine(0);
    }

    /** Whether there was a bare CR or LF. */
    public boolean sawBareLineEnd() {
        return sawBare;
    }

    /** The longest line so far, its CRLF included, in octets. */
    public long longestLine() {
        return longestLine;
    }
}
