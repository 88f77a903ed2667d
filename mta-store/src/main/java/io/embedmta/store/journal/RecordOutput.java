package io.embedmta.store.journal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** Writes the values that records are made of, in network order, into an array that grows. */
final class RecordOutput {
    private byte[] octets = new byte[512];
    private int length;

    void octet(int value) {
        ensure(1);
        octets[length++] = (byte) value;
    }

    void flag(boolean value) {
        octet(value ? 1 : 0);
    }

    void int32(int value) {
        ensure(4);
        setInt32(length, value);
        length += 4;
    }

    void int64(long value) {
        int32((int) (value >>> 32));
        int32((int) value);
    }

    void instant(Instant value) {
        int64(value.getEpochSecond());
        int32(value.getNano());
    }

    void text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int32(utf8.length);
        ensure(utf8.length);
        System.arraycopy(utf8, 0, octets, length, utf8.length);
        length += utf8.length;
    }

    /** Makes room for a number that is known later. */
    int skipInt32() {
        int32(0);
        return length - 4;
    }

    void setInt32(int at, int value) {
        octets[at] = (byte) (value >>> 24);
        octets[at + 1] = (byte) (value >>> 16);
        octets[at + 2] = (byte) (value >>> 8);
        octets[at + 3] = (byte) value;
    }

    int length() {
        return length;
    }

    /** The array itself, of which the first {@link #length} octets are written. */
    byte[] octets() {
        return octets;
    }

    private void ensure(int more) {
        if (length + more > octets.length) {
            octets = Arrays.copyOf(octets, Math.max(length + more, 2 * octets.length));
        }
    }
}
