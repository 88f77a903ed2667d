package io.embedmta.internal.wire;

import java.io.InputStream;
import java.util.random.RandomGenerator;

/** A stream that gives its octets in pieces of random length, as a network does. */
final class Pieces extends InputStream {
    private final byte[] octets;
    private final int longest;
    private final RandomGenerator random;
    private int position;

    Pieces(byte[] octets, int longest, RandomGenerator random) {
        this.octets = octets;
        this.longest = longest;
        this.random = random;
    }

    @Override
    public int read() {
        return position == octets.length ? -1 : octets[position++] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        if (position == octets.length) {
            return -1;
        }
        int got = Math.min(Math.min(length, 1 + random.nextInt(longest)), octets.length - position);
        System.arraycopy(octets, position, to, offset, got);
        position += got;
        return got;
    }

    /** Octets drawn from an alphabet, which are likelier to be hard than any others. */
    static byte[] random(RandomGenerator random, String alphabet, int maxLength) {
        byte[] octets = new byte[random.nextInt(maxLength + 1)];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        }
        return octets;
    }
}
