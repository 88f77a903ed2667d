package io.embedmta.internal.wire;

import java.io.IOException;

/** Reads a chunk sent with BDAT (RFC 3030 §2): a stated number of octets, whatever they are. */
public final class ChunkDecoder {

    private ChunkDecoder() {}

    /**
     * Reads the whole chunk.
     *
     * @param size in octets, zero or more
     * @throws IOException if the peer goes away or its time is up before the end
     */
    public static void decode(WireInput in, long size, BodySink sink) throws IOException {
        in.expectMessage();
        long left = size;
        while (left > 0) {
            in.await();
            int position = in.position();
            int length = (int) Math.min(left, in.limit() - position);
            sink.write(in.buffer(), position, length);
            in.advanceTo(position + length);
            left -= length;
        }
    }
}
