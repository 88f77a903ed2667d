package io.embedmta;

import io.embedmta.smtp.Reply;

/** A submitted message was refused as a whole: nothing of it is in the queue. */
public final class SubmissionRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;

    SubmissionRefusedException(Reply reply, Throwable cause) {
        super("The message was refused: " + reply, cause);
        this.reply = reply;
    }

    /** Why: temporary (4yz), so that it may be submitted again, or for good (5yz). */
    public Reply reply() {
        return reply;
    }
}
