package io.embedmta.internal.wire;

import io.embedmta.smtp.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Gathers replies, so that a batch of them goes out in one write. For one thread. */
public final class ReplyBuffer {
    /** A client that pipelines and never reads must not make this grow. */
    private static final int FLUSH_AT = 4096;

    private final OutputStream out;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream(256);

    /** Writes to the stream, which its owner closes. */
    public ReplyBuffer(OutputStream out) {
        this.out = out;
    }

    /**
     * Adds a reply.
     *
     * @throws IOException if the peer is gone
     */
    public void add(Reply reply) throws IOException {
        reply.writeTo(pending);
        if (pending.size() >= FLUSH_AT) {
            flush();
        }
    }

    /**
     * Sends what was gathered.
     *
     * @throws IOException if the peer is gone
     */
    public void flush() throws IOException {
        if (pending.size() > 0) {
            pending.writeTo(out);
            pending.reset();
        }
    }
}
