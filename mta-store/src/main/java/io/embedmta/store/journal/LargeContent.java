package io.embedmta.store.journal;

import io.embedmta.message.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Content in a file of its own. Who reads it to its end learns whether it is what was written:
 * before the last octets are given, so that no damaged message is sent whole.
 */
final class LargeContent implements Content {
    private final SpoolDisk disk;
    private final ContentPlace place;

    LargeContent(SpoolDisk disk, ContentPlace place) {
        this.disk = disk;
        this.place = place;
    }

    @Override
    public long size() {
        return place.length();
    }

    @Override
    public InputStream open() throws IOException {
        return new Reader(disk.open(SpoolNames.large(place.file())), place);
    }

    /** Reads ahead by one buffer, whose octets are checked before they are given. */
    private static final class Reader extends InputStream {
        private final SpoolFile file;
        private final ContentPlace place;
        private final CRC32C crc = new CRC32C();
        private final byte[] buffer = new byte[64 << 10];
        private int at;
        private int filled;
        private long position;

        Reader(SpoolFile file, ContentPlace place) {
            this.file = file;
            this.place = place;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            if (at == filled && !fill()) {
                return -1;
            }
            int count = Math.min(length, filled - at);
            System.arraycopy(buffer, at, target, offset, count);
            at += count;
            return count;
        }

        private boolean fill() throws IOException {
            int wanted = (int) Math.min(buffer.length, place.length() - position);
            if (wanted == 0) {
                return false;
            }
            ByteBuffer into = ByteBuffer.wrap(buffer, 0, wanted);
            file.readFully(into, position);
            crc.update(buffer, 0, into.position());
            at = 0;
            filled = into.position();
            position += filled;
            boolean last = position == place.length();
            if (into.hasRemaining() || (last && (int) crc.getValue() != place.checksum())) {
                filled = 0;
                throw new IOException(SpoolNames.large(place.file()) + " is damaged.");
            }
            return true;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
