package io.embedmta.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The first octets of each segment, and all of the file that names the spool. Every later format
 * keeps this layout, so that each version can name what it does not know.
 *
 * <pre>
 *  0  magic "EMTASPL\n"    8 octets
 *  8  format               4
 * 12  number of the file   8   0 for the spool itself
 * 20  salt                 8
 * 28  CRC-32C              4   of all before
 * </pre>
 *
 * @param salt what the checksums of all frames begin with; random, and the same in all of a spool
 */
record SpoolHeader(int format, long number, long salt) {
    static final int LENGTH = 32;
    static final int FORMAT = 1;

    private static final long MAGIC = 0x454D54_4153504C_0AL;

    static SpoolHeader of(long number, long salt) {
        return new SpoolHeader(FORMAT, number, salt);
    }

    ByteBuffer octets() {
        ByteBuffer out = ByteBuffer.allocate(LENGTH);
        out.putLong(MAGIC).putInt(format).putLong(number).putLong(salt);
        out.putInt(checksum(out.array()));
        return out.flip();
    }

    private static int checksum(byte[] octets) {
        CRC32C crc = new CRC32C();
        crc.update(octets, 0, LENGTH - 4);
        return (int) crc.getValue();
    }

    /**
     * Reads the header of a file.
     *
     * @param name for the sentence that refuses another format
     * @return empty if it is damaged
     * @throws IOException if it cannot be read, or is of a format that this version does not know
     */
    static Optional<SpoolHeader> read(SpoolFile file, String name) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(LENGTH);
        file.readFully(in, 0);
        if (in.flip().remaining() < LENGTH || in.getLong() != MAGIC) {
            return Optional.empty();
        }
        SpoolHeader header = new SpoolHeader(in.getInt(), in.getLong(), in.getLong());
        if (in.getInt() != checksum(in.array())) {
            return Optional.empty();
        }
        if (header.format != FORMAT) {
            throw new IOException(
                    "The spool's file "
                            + name
                            + " is of format "
                            + header.format
                            + "; this version reads format "
                            + FORMAT
                            + " only.");
        }
        return Optional.of(header);
    }
}
