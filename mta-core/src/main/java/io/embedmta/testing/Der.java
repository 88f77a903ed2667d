package io.embedmta.testing;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The few forms of DER (X.690) that a certificate is made of. */
final class Der {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return value(0x30, join(parts));
    }

    static byte[] set(byte[]... parts) {
        return value(0x31, join(parts));
    }

    static byte[] integer(BigInteger number) {
        return value(0x02, number.toByteArray());
    }

    static byte[] bool(boolean yes) {
        return value(0x01, new byte[] {(byte) (yes ? 0xff : 0)});
    }

    static byte[] utf8(String text) {
        return value(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] octets(byte[] content) {
        return value(0x04, content);
    }

    /** A string of bits, whole octets of them. */
    static byte[] bits(byte[] content) {
        return value(0x03, join(new byte[] {0}, content));
    }

    /** A string of bits with so many of the last octet's unused. */
    static byte[] flags(int octet, int unused) {
        return value(0x03, new byte[] {(byte) unused, (byte) octet});
    }

    /** GeneralizedTime, in whole seconds (RFC 5280 §4.1.2.5.2). */
    static byte[] time(Instant instant) {
        return value(0x18, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    /** An object identifier such as {@code 2.5.29.17}. */
    static byte[] oid(String dotted) {
        String[] arcs = dotted.split("\\.", -1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        arc(out, Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            arc(out, Integer.parseInt(arcs[i]));
        }
        return value(0x06, out.toByteArray());
    }

    /** In base 128, each octet but the last with its highest bit set. */
    private static void arc(ByteArrayOutputStream out, int number) {
        for (int shift = 28; shift > 0; shift -= 7) {
            if (number >>> shift != 0) {
                out.write((number >>> shift & 0x7f) | 0x80);
            }
        }
        out.write(number & 0x7f);
    }

    /** In the context's own tag: constructed if it wraps others. */
    static byte[] tagged(int number, boolean constructed, byte[] content) {
        return value(0x80 | number | (constructed ? 0x20 : 0), content);
    }

    private static byte[] value(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
        out.write(tag);
        int length = content.length;
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
