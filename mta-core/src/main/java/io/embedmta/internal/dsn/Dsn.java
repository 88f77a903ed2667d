package io.embedmta.internal.dsn;

import io.embedmta.message.Envelope;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A delivery status notification, ready to be queued. Immutable and thread-safe; it holds the text
 * of the report, but never the original message (invariant I5).
 */
public final class Dsn {
    private final Envelope envelope;
    private final byte[] front;
    private final ReturnedMessage returned;
    private final byte[] end;

    Dsn(Envelope envelope, byte[] front, ReturnedMessage returned, byte[] end) {
        this.envelope = envelope;
        this.front = front;
        this.returned = returned;
        this.end = end;
    }

    /** From the null sender to the sender of the original, who is never told of this one. */
    public Envelope envelope() {
        return envelope;
    }

    /**
     * Writes the message, the original streamed into it. May be called again, and writes the same.
     *
     * @param out not closed; best one that buffers
     * @throws UnreadableMessageException if the original cannot be read
     * @throws IOException if the stream fails
     */
    public void writeTo(OutputStream out) throws IOException {
        out.write(front);
        returned.writeTo(out);
        out.write(end);
    }
}
