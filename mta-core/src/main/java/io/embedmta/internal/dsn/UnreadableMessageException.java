package io.embedmta.internal.dsn;

import java.io.IOException;

/** The message that a DSN is about cannot be read; nothing is wrong with where the DSN goes. */
public final class UnreadableMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What happened to who tried. */
    public UnreadableMessageException(Throwable cause) {
        super("The message cannot be read.", cause);
    }
}
