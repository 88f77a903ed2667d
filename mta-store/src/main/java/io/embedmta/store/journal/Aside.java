package io.embedmta.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Keeps what cannot be read, for somebody to look at. */
final class Aside {
    private static final int BUFFER = 256 << 10;

    private Aside() {}

    /**
     * Copies part of a file into a new one, durably, unless it is there already. It gets its name
     * only when it is whole: the octets may be cut off where they were as soon as they are there.
     */
    static void copy(SpoolDisk disk, SpoolFile source, long from, long to, String name)
            throws IOException {
        if (!disk.list().contains(name)) {
            write(disk, source, from, to, name);
        }
        disk.syncDirectory();
    }

    private static void write(SpoolDisk disk, SpoolFile source, long from, long to, String name)
            throws IOException {
        String unfinished = SpoolNames.unfinished(name);
        disk.delete(unfinished);
        try (SpoolFile target = disk.create(unfinished)) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            for (long at = from; at < to; at += BUFFER) {
                buffer.clear().limit((int) Math.min(BUFFER, to - at));
                source.readFully(buffer, at);
                target.write(buffer.flip(), at - from);
            }
            target.sync();
        }
        disk.rename(unfinished, name);
    }
}
