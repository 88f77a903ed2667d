package io.embedmta.queue;

import io.embedmta.message.Content;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The first octets of an array, which nobody changes any more. */
final class HeapContent implements Content {
    private final byte[] octets;
    private final int length;

    HeapContent(byte[] octets, int length) {
        this.octets = octets;
        this.length = length;
    }

    @Override
    public long size() {
        return length;
    }

    @Override
    public InputStream open() {
        return new ByteArrayInputStream(octets, 0, length);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(octets, 0, length);
    }
}
