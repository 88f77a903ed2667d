package io.embedmta.store.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;

/** Reads what {@link RecordOutput} wrote. What cannot be read is an {@link IOException}. */
final class RecordInput {
    private final byte[] octets;
    private final int end;
    private int at;

    RecordInput(byte[] octets, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, octets.length);
        this.octets = octets;
        this.at = offset;
        this.end = offset + length;
    }

    boolean hasMore() {
        return at < end;
    }

    int octet() throws IOException {
        ensure(1);
        return octets[at++] & 0xFF;
    }

    boolean flag() throws IOException {
        return octet() != 0;
    }

    int int32() throws IOException {
        ensure(4);
        int value = int32(octets, at);
        at += 4;
        return value;
    }

    long int64() throws IOException {
        long high = int32();
        return high << 32 | (int32() & 0xFFFF_FFFFL);
    }

    /** A number of things that each take an octet or more. */
    int count() throws IOException {
        int count = int32();
        ensure(count);
        return count;
    }

    Instant instant() throws IOException {
        long second = int64();
        int nano = int32();
        try {
            return Instant.ofEpochSecond(second, nano);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IOException("A record holds an impossible time.", e);
        }
    }

    String text() throws IOException {
        int length = count();
        String text = new String(octets, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    /** The next octets as an input of their own, which are passed over here. */
    RecordInput part(int length) throws IOException {
        ensure(length);
        RecordInput part = new RecordInput(octets, at, length);
        at += length;
        return part;
    }

    static int int32(byte[] octets, int at) {
        return octets[at] << 24
                | (octets[at + 1] & 0xFF) << 16
                | (octets[at + 2] & 0xFF) << 8
                | (octets[at + 3] & 0xFF);
    }

    private void ensure(int length) throws IOException {
        if (length < 0 || length > end - at) {
            throw new IOException("A record ends before its time.");
        }
    }
}
