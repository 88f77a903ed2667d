package io.embedmta.store.journal;

/**
 * How a {@link JournalQueue} lays out its spool. Immutable.
 *
 * @param largeAbove octets; the content of a larger message goes to a file of its own, all others
 *     into the journal; 0 to 1 MiB
 * @param segmentSize octets after which the journal goes on in another file; 64 KiB to 1 GiB
 * @param reserve octets to be left on the disk; with less, no message is accepted (452 4.3.1), but
 *     what becomes of those in the queue is still recorded; 0 or more
 */
public record JournalLimits(int largeAbove, int segmentSize, long reserve) {

    /** Checks the values. */
    public JournalLimits {
        if (largeAbove < 0 || largeAbove > 1 << 20) {
            throw new IllegalArgumentException("Let messages be large above 0 to 1 MiB.");
        }
        if (segmentSize < 64 << 10 || segmentSize > 1 << 30) {
            throw new IllegalArgumentException("Give a segment 64 KiB to 1 GiB.");
        }
        if (reserve < 0) {
            throw new IllegalArgumentException("Leave zero octets or more.");
        }
    }

    /** Large above 256 KiB, segments of 64 MiB, 64 MiB left on the disk. */
    public static JournalLimits defaults() {
        return new JournalLimits(256 << 10, 64 << 20, 64L << 20);
    }

    /** The same limits with another size above which a message has a file of its own. */
    public JournalLimits withLargeAbove(int octets) {
        return new JournalLimits(octets, segmentSize, reserve);
    }

    /** The same limits with another size of segments. */
    public JournalLimits withSegmentSize(int octets) {
        return new JournalLimits(largeAbove, octets, reserve);
    }

    /** The same limits with other octets left on the disk. */
    public JournalLimits withReserve(long octets) {
        return new JournalLimits(largeAbove, segmentSize, octets);
    }
}
