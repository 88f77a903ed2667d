package io.embedmta.queue;

import java.io.IOException;

/** The queue has no room for another message now (452 4.3.1). */
public final class QueueFullException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what is full, for the log
     */
    public QueueFullException(String message) {
        super(message);
    }
}
