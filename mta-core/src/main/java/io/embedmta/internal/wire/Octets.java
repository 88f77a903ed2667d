package io.embedmta.internal.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Searches of octets, eight at a time: every octet of every message passes through them, one by one
 * they would cost more than all the rest that we do for a message.
 */
public final class Octets {
    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long CRS = ONES * '\r';
    private static final long LFS = ONES * '\n';

    private Octets() {}

    /**
     * Where the first LF is.
     *
     * @return {@code to} if there is none from {@code from} on
     */
    public static int indexOfLf(byte[] octets, int from, int to) {
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long found = zeros((long) EIGHT.get(octets, at) ^ LFS);
            if (found != 0) {
                return at + first(found);
            }
        }
        while (at < to && octets[at] != '\n') {
            at++;
        }
        return at;
    }

    /**
     * Where the first CR or LF is.
     *
     * @return {@code to} if there is none from {@code from} on
     */
    public static int indexOfCrOrLf(byte[] octets, int from, int to) {
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long eight = (long) EIGHT.get(octets, at);
            long found = zeros(eight ^ CRS) | zeros(eight ^ LFS);
            if (found != 0) {
                return at + first(found);
            }
        }
        while (at < to && octets[at] != '\r' && octets[at] != '\n') {
            at++;
        }
        return at;
    }

    /** Whether there is an octet above 127. */
    public static boolean hasEightBit(byte[] octets, int from, int to) {
        long bits = 0;
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            bits |= (long) EIGHT.get(octets, at);
        }
        for (; at < to; at++) {
            bits |= octets[at] & 0x80;
        }
        return (bits & HIGH_BITS) != 0;
    }

    /**
     * Sets the high bit of each octet that is zero. A borrow may set it above such an octet too,
     * but never below: the lowest is always right.
     */
    private static long zeros(long eight) {
        return (eight - ONES) & ~eight & HIGH_BITS;
    }

    private static int first(long highBits) {
        return Long.numberOfTrailingZeros(highBits) / Byte.SIZE;
    }
}
