package io.embedmta.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A disk that knows what is durable and what is only written, and can stop the world: from some
 * call on, all calls throw. What is left after a crash is a new disk, so that one stop can be
 * looked at with many outcomes. Only calls that change something are counted. Thread-safe.
 */
final class SimulatedDisk implements SpoolDisk {
    private static final int LAST_CALLS = 60;

    private final Map<String, SimulatedFile> now = new HashMap<>();
    private final Map<String, SimulatedFile> durable = new HashMap<>();
    private final List<NameChange> unsynced = new ArrayList<>();
    private final Deque<String> lastCalls = new ArrayDeque<>();

    private long calls;
    private long stopAt = Long.MAX_VALUE;
    private long capacity = Long.MAX_VALUE;
    private Predicate<String> failing = call -> false;
    private boolean stopped;
    private volatile CountDownLatch running = new CountDownLatch(0);

    /**
     * A change of the directory that is not synced.
     *
     * @param gone the name that is taken out, if any
     * @param name the name that gets the file, if any
     */
    private record NameChange(
            @Nullable String gone, @Nullable String name, @Nullable SimulatedFile file) {
        void applyTo(Map<String, SimulatedFile> names) {
            if (gone != null) {
                names.remove(gone);
            }
            if (name != null && file != null) {
                names.put(name, file);
            }
        }
    }

    /** From the call of this number on, counted from 1, all calls throw; that one is half done. */
    synchronized SimulatedDisk stopAt(long call) {
        stopAt = call;
        return this;
    }

    /**
     * Makes calls fail, and do nothing, whose description matches, such as {@code "sync spool"}.
     */
    synchronized SimulatedDisk failAt(Predicate<String> which) {
        failing = which;
        return this;
    }

    /** Lets the disk have room for so many octets. */
    synchronized SimulatedDisk capacity(long octets) {
        capacity = octets;
        return this;
    }

    /** Lets every sync of a file wait. */
    void pauseSyncs() {
        running = new CountDownLatch(1);
    }

    /** Lets syncs go on. */
    void goOn() {
        running.countDown();
    }

    private void awaitRunning() {
        try {
            running.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    synchronized long calls() {
        return calls;
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    synchronized List<String> lastCalls() {
        return List.copyOf(lastCalls);
    }

    /** Octets that all files have now. */
    synchronized long used() {
        return now.values().stream().mapToLong(SimulatedFile::size).sum();
    }

    /** The octets of a file as they are now. */
    synchronized byte[] octets(String name) {
        return file(name).octets();
    }

    /** Puts a file there, durably, in place of what has the name. */
    synchronized void put(String name, byte[] octets) {
        SimulatedFile file = SimulatedFile.durable(octets);
        now.put(name, file);
        durable.put(name, file);
    }

    /** Takes a file away, durably. */
    synchronized void take(String name) {
        now.remove(name);
        durable.remove(name);
    }

    /** The disk as another process finds it when this one has died: nothing more is durable. */
    synchronized SimulatedDisk afterKill() {
        Map<SimulatedFile, SimulatedFile> copies = new HashMap<>();
        SimulatedDisk disk = new SimulatedDisk();
        now.forEach((name, file) -> disk.now.put(name, copy(file, copies)));
        durable.forEach((name, file) -> disk.durable.put(name, copy(file, copies)));
        for (NameChange change : unsynced) {
            SimulatedFile file = change.file == null ? null : copy(change.file, copies);
            disk.unsynced.add(new NameChange(change.gone, change.name, file));
        }
        return disk;
    }

    private static SimulatedFile copy(
            SimulatedFile file, Map<SimulatedFile, SimulatedFile> copies) {
        return copies.computeIfAbsent(file, SimulatedFile::copy);
    }

    /** The disk after the machine has stopped, with whatever happened to get there. */
    synchronized SimulatedDisk afterCrash(Random random) {
        double kept = List.of(0.0, 0.1, 0.5, 0.9, 1.0).get(random.nextInt(5));
        Map<String, SimulatedFile> names = new HashMap<>(durable);
        for (NameChange change : unsynced) {
            if (random.nextDouble() < kept) {
                change.applyTo(names);
            }
        }
        SimulatedDisk disk = new SimulatedDisk();
        names.forEach((name, file) -> disk.put(name, file.afterCrash(random, kept)));
        return disk;
    }

    @Override
    public synchronized List<String> list() throws IOException {
        refuseIfStopped();
        return List.copyOf(now.keySet());
    }

    @Override
    public synchronized SpoolFile create(String name) throws IOException {
        begin("create " + name);
        if (now.containsKey(name)) {
            throw new IOException(name + " is there already");
        }
        SimulatedFile file = new SimulatedFile();
        change(new NameChange(null, name, file));
        end();
        return new Handle(name, file);
    }

    @Override
    public synchronized SpoolFile open(String name) throws IOException {
        refuseIfStopped();
        if (!now.containsKey(name)) {
            throw new IOException(name + " is not there");
        }
        return new Handle(name, file(name));
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        begin("rename " + from + " " + to);
        change(new NameChange(from, to, file(from)));
        end();
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        if (now.containsKey(name)) {
            begin("delete " + name);
            change(new NameChange(name, null, null));
            end();
        } else {
            refuseIfStopped();
        }
    }

    @Override
    public synchronized void syncDirectory() throws IOException {
        begin("syncDirectory");
        refuseIfStopped();
        unsynced.clear();
        durable.clear();
        durable.putAll(now);
    }

    @Override
    public synchronized long usableSpace() throws IOException {
        refuseIfStopped();
        return Math.max(0, capacity - used());
    }

    private SimulatedFile file(String name) {
        SimulatedFile file = now.get(name);
        if (file == null) {
            throw new IllegalStateException(name + " is not there");
        }
        return file;
    }

    private void change(NameChange change) {
        unsynced.add(change);
        change.applyTo(now);
    }

    /** Counts a call. What it does may happen, even if it is the one at which the world stops. */
    private void begin(String call) throws IOException {
        refuseIfStopped();
        if (failing.test(call)) {
            note(call + " failed");
            throw new IOException("Input/output error");
        }
        note(call);
        calls++;
        stopped = calls >= stopAt;
    }

    private void note(String call) {
        if (lastCalls.size() == LAST_CALLS) {
            lastCalls.removeFirst();
        }
        lastCalls.add(Thread.currentThread().getName() + ": " + call);
    }

    private void end() throws IOException {
        refuseIfStopped();
    }

    private void refuseIfStopped() throws IOException {
        if (stopped) {
            throw new IOException("the world has stopped");
        }
    }

    /** One opening of a file. */
    private final class Handle implements SpoolFile {
        private final String name;
        private final SimulatedFile file;
        private boolean closed;

        Handle(String name, SimulatedFile file) {
            this.name = name;
            this.file = file;
        }

        private void refuseIfClosed() throws IOException {
            refuseIfStopped();
            if (closed) {
                throw new IOException(name + " is closed");
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (SimulatedDisk.this) {
                refuseIfClosed();
                return file.size();
            }
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (SimulatedDisk.this) {
                refuseIfClosed();
                return file.read(target, (int) position);
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (SimulatedDisk.this) {
                refuseIfClosed();
                begin("write " + name + " " + position + "+" + source.remaining());
                long growth = Math.max(0, position + source.remaining() - file.size());
                long room = Math.max(0, capacity - used());
                if (growth > room) {
                    int written = (int) (source.remaining() - growth + room);
                    byte[] octets = new byte[Math.max(0, written)];
                    source.get(octets);
                    file.write((int) position, octets);
                    throw new IOException("No space left on device");
                }
                byte[] octets = new byte[source.remaining()];
                source.get(octets);
                file.write((int) position, octets);
                end();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (SimulatedDisk.this) {
                refuseIfClosed();
                begin("truncate " + name + " " + size);
                file.truncate((int) size);
                end();
            }
        }

        @Override
        public void sync() throws IOException {
            awaitRunning();
            synchronized (SimulatedDisk.this) {
                refuseIfClosed();
                try {
                    begin("sync " + name);
                } catch (IOException e) {
                    file.forget();
                    throw e;
                }
                refuseIfStopped();
                file.sync();
            }
        }

        @Override
        public void close() {
            synchronized (SimulatedDisk.this) {
                closed = true;
            }
        }
    }
}
