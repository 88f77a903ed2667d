package io.embedmta.store.journal;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of the journal. It stays on disk as long as it holds a message that is not over, and as
 * long as an older one does: outcomes stand behind their message, so none is gone before it.
 */
final class Segment {
    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);
    private static final String SUFFIX = ".journal";

    final long number;
    private final String name;
    private final SpoolFile file;

    /** Of readers, and one of the journal; the last one closes the file. */
    private final AtomicInteger users = new AtomicInteger(1);

    /** Frames that are durable, but whose messages are not yet counted. */
    private final AtomicInteger arriving = new AtomicInteger();

    /** Behind the last frame. */
    private volatile int end;

    // Guarded by the queue's lock: its messages that are not over.
    @Nullable JournalMail first;
    long liveOctets;

    Segment(long number, SpoolFile file, int end) {
        this.number = number;
        this.name = name(number);
        this.file = file;
        this.end = end;
    }

    String name() {
        return name;
    }

    static String name(long number) {
        return String.format("%016d", number) + SUFFIX;
    }

    /** The number in a name, or -1 if it is not that of a segment. */
    static long numberOf(String name) {
        return SpoolNames.number(name, SUFFIX);
    }

    SpoolFile file() {
        return file;
    }

    int end() {
        return end;
    }

    void end(int octets) {
        end = octets;
    }

    void frameArrives() {
        arriving.incrementAndGet();
    }

    void frameArrived() {
        arriving.decrementAndGet();
    }

    /** Whether nothing in it is needed; by the queue's lock. */
    boolean isOver() {
        return arriving.get() == 0 && first == null;
    }

    /** Keeps the file open. Returns false if it is closed already. */
    boolean retain() {
        int now = users.get();
        while (now > 0 && !users.compareAndSet(now, now + 1)) {
            now = users.get();
        }
        return now > 0;
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("{} could not be closed", name(), e);
            }
        }
    }
}
