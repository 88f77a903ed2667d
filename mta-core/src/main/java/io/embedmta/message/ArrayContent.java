package io.embedmta.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/** Content that is small enough for the heap: part of an array that nobody changes any more. */
final class ArrayContent implements Content {
    private final byte[] octets;
    private final int offset;
    private final int length;

    ArrayContent(byte[] octets) {
        this(octets, 0, octets.length);
    }

    ArrayContent(byte[] octets, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, octets.length);
        this.octets = octets;
        this.offset = offset;
        this.length = length;
    }

    @Override
    public long size() {
        return length;
    }

    @Override
    public InputStream open() {
        return new ByteArrayInputStream(octets, offset, length);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(octets, offset, length);
    }
}
