package io.embedmta.queue;

/**
 * How much a {@link MemoryQueue} holds, and where. Immutable.
 *
 * @param spillAbove octets a message may have in the heap; a larger one is written to a temporary
 *     file; 0 to 16 MiB
 * @param maxHeapOctets octets that all messages together may take in the heap; beyond, every
 *     message is written to a file; 0 or more
 * @param maxMessages how many messages may wait; beyond, the queue is full and takes only notices
 *     about the others; 1 or more
 */
public record MemoryLimits(int spillAbove, long maxHeapOctets, int maxMessages) {
    private static final int MAX_SPILL_ABOVE = 16 << 20;

    /** Checks the values. */
    public MemoryLimits {
        if (spillAbove < 0 || spillAbove > MAX_SPILL_ABOVE) {
            throw new IllegalArgumentException("Let messages spill above 0 to 16 MiB.");
        }
        if (maxHeapOctets < 0) {
            throw new IllegalArgumentException("Give the heap zero octets or more.");
        }
        if (maxMessages < 1) {
            throw new IllegalArgumentException("Let one message or more into the queue.");
        }
    }

    /** 64 KiB a message, 64 MiB in all, 100,000 messages. */
    public static MemoryLimits defaults() {
        return new MemoryLimits(64 << 10, 64L << 20, 100_000);
    }

    /** The same limits with another size above which a message goes to a file. */
    public MemoryLimits withSpillAbove(int octets) {
        return new MemoryLimits(octets, maxHeapOctets, maxMessages);
    }

    /** The same limits with another bound for all messages in the heap. */
    public MemoryLimits withMaxHeapOctets(long octets) {
        return new MemoryLimits(spillAbove, octets, maxMessages);
    }

    /** The same limits with another number of messages. */
    public MemoryLimits withMaxMessages(int messages) {
        return new MemoryLimits(spillAbove, maxHeapOctets, messages);
    }
}
