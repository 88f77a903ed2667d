package io.embedmta.store.journal;

import io.embedmta.queue.QueueFullException;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A frame and the thread that waits for it. */
final class Ticket {
    final Frame frame;
    private final Thread owner = Thread.currentThread();
    private Journal.@Nullable Place place;
    private @Nullable IOException failure;
    private volatile boolean over;

    Ticket(Frame frame) {
        this.frame = frame;
    }

    /** Says where the frame is being written. */
    void place(Journal.Place where) {
        place = where;
    }

    boolean isOver() {
        return over;
    }

    void succeed() {
        over = true;
        LockSupport.unpark(owner);
    }

    void fail(IOException cause) {
        if (place != null) {
            place.counted();
        }
        failure = cause;
        over = true;
        LockSupport.unpark(owner);
    }

    /** Waits even when interrupted: who asked must learn what became of the message. */
    Journal.Place await() throws IOException {
        boolean interrupted = false;
        while (!over) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            String sentence = String.valueOf(failure.getMessage());
            throw failure instanceof QueueFullException
                    ? new QueueFullException(sentence)
                    : new IOException(sentence, failure);
        }
        if (place == null) {
            throw new IllegalStateException("A frame that succeeded has a place.");
        }
        return place;
    }
}
