package io.embedmta.queue;

import java.io.IOException;

/** A lease ran out and its work was handed out again. */
public final class LeaseLostException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message which lease
     */
    public LeaseLostException(String message) {
        super(message);
    }
}
