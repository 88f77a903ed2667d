package io.embedmta.store.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A file of a {@link SimulatedDisk}, which guards it: what it is, what of it is durable, and all
 * that was done to it in between.
 */
final class SimulatedFile {
    /** What a disk writes as a whole or not at all. */
    private static final int SECTOR = 512;

    private byte[] now = new byte[0];
    private int size;
    private byte[] durable = new byte[0];
    private final List<Change> unsynced = new ArrayList<>();

    /** A write, or a cut, which writes nothing. */
    private static final class Change {
        final int position;
        final byte[] octets;
        final boolean cut;

        Change(int position, byte[] octets, boolean cut) {
            this.position = position;
            this.octets = octets;
            this.cut = cut;
        }

        int end() {
            return position + octets.length;
        }
    }

    static SimulatedFile durable(byte[] octets) {
        SimulatedFile file = new SimulatedFile();
        file.now = octets.clone();
        file.size = octets.length;
        file.durable = octets.clone();
        return file;
    }

    SimulatedFile copy() {
        SimulatedFile copy = new SimulatedFile();
        copy.now = now.clone();
        copy.size = size;
        copy.durable = durable;
        copy.unsynced.addAll(unsynced);
        return copy;
    }

    int size() {
        return size;
    }

    byte[] octets() {
        return Arrays.copyOf(now, size);
    }

    int read(ByteBuffer target, int position) {
        if (position >= size) {
            return -1;
        }
        int count = Math.min(target.remaining(), size - position);
        target.put(now, position, count);
        return count;
    }

    void write(int position, byte[] octets) {
        Change change = new Change(position, octets, false);
        unsynced.add(change);
        if (change.end() > now.length) {
            now = Arrays.copyOf(now, Math.max(change.end(), 2 * now.length));
        }
        System.arraycopy(octets, 0, now, position, octets.length);
        size = Math.max(size, change.end());
    }

    void truncate(int newSize) {
        if (newSize < size) {
            unsynced.add(new Change(newSize, new byte[0], true));
            Arrays.fill(now, newSize, size, (byte) 0);
            size = newSize;
        }
    }

    void sync() {
        for (Change change : unsynced) {
            if (change.cut) {
                durable = Arrays.copyOf(durable, Math.min(durable.length, change.position));
            } else {
                durable = Arrays.copyOf(durable, Math.max(durable.length, change.end()));
                System.arraycopy(change.octets, 0, durable, change.position, change.octets.length);
            }
        }
        unsynced.clear();
    }

    /** What a failed sync does: all is still read as if it were there, but no sync writes it. */
    void forget() {
        unsynced.clear();
    }

    /**
     * What is there when the machine has stopped: of each sector some state since the last sync,
     * whatever the others have; and some size, whatever the sectors have.
     *
     * @param kept how likely each change has got there
     */
    byte[] afterCrash(Random random, double kept) {
        if (unsynced.isEmpty()) {
            return durable.clone();
        }
        int sized = newest(random, kept);
        int end = durable.length;
        int capacity = end;
        for (int i = 0; i < unsynced.size(); i++) {
            Change change = unsynced.get(i);
            capacity = Math.max(capacity, change.end());
            if (i <= sized) {
                end = change.cut ? change.position : Math.max(end, change.end());
            }
        }
        byte[] octets = Arrays.copyOf(durable, capacity);
        for (int from = 0; from < capacity; from += SECTOR) {
            int to = Math.min(from + SECTOR, capacity);
            int written = newest(random, kept);
            for (int i = 0; i < unsynced.size(); i++) {
                apply(unsynced.get(i), i <= written, i <= sized, octets, from, to);
            }
        }
        return Arrays.copyOf(octets, end);
    }

    /** The last of the changes that has got there, or -1. */
    private int newest(Random random, double kept) {
        if (random.nextDouble() >= kept) {
            return random.nextDouble() < kept ? random.nextInt(unsynced.size()) : -1;
        }
        return unsynced.size() - 1;
    }

    private static void apply(
            Change change, boolean written, boolean sized, byte[] octets, int from, int to) {
        if (change.cut) {
            if (sized && change.position < to) {
                Arrays.fill(octets, Math.max(from, change.position), to, (byte) 0);
            }
        } else if (written && change.position < to && change.end() > from) {
            int start = Math.max(from, change.position);
            int stop = Math.min(to, change.end());
            System.arraycopy(change.octets, start - change.position, octets, start, stop - start);
        }
    }
}
