package io.embedmta.internal.wire;

/**
 * Watches over the lines of a message as it passes: whether each ends with CRLF (RFC 5321 §2.3.8),
 * and how long the longest is. For one thread; state is kept between writes, octets are not.
 *
 * <p>Where servers disagree on what ends a line, a sender can smuggle a second message past one of
 * them. So whatever any of them takes for a line end is one here, and whoever passes a message on
 * asks {@link #sawBareLineEnd} first, or mends it with a {@link CrlfOutputStream}.
 */
public final class LineEnds implements BodySink {
    private final BodySink next;
    private boolean afterCr;
    private boolean sawBare;
    private long lineLength;
    private long longestLine;

    /**
     * @param next where the octets go, after they were looked at
     */
    public LineEnds(BodySink next) {
        this.next = next;
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
        int end = offset + length;
        int line = offset;
        int at = afterCr ? offset : Octets.indexOfCrOrLf(octets, offset, end);
        while (at < end) {
            if (octets[at] == '\n') {
                sawBare |= !afterCr;
                afterCr = false;
                endLine(at + 1 - line);
                line = at + 1;
            } else {
                if (afterCr) {
                    sawBare = true;
                    endLine(at - line);
                    line = at;
                }
                afterCr = octets[at] == '\r';
            }
            at = afterCr ? at + 1 : Octets.indexOfCrOrLf(octets, at + 1, end);
        }
        lineLength += end - line;
        next.write(octets, offset, length);
    }

    private void endLine(long rest) {
        longestLine = Math.max(longestLine, lineLength + rest);
        lineLength = 0;
    }

    /** The message is complete: a CR at its end is bare. */
    public void finish() {
        sawBare |= afterCr;
        afterCr = false;
        endLine(0);
    }

    /** Whether there was a bare CR or LF. */
    public boolean sawBareLineEnd() {
        return sawBare;
    }

    /** The longest line so far, its line end included, in octets. */
    public long longestLine() {
        return longestLine;
    }
}
