package io.embedmta.internal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was read from files, and is read anew, within a second or so of its use, once they have
 * changed. If they cannot be used then, what there is stays, and the log says why, once for each
 * reason. Thread-safe.
 */
public final class Reloaded<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Reloaded.class);
    private static final long LOOK_EVERY = Duration.ofSeconds(1).toNanos();

    private final String what;
    private final List<Path> files;
    private final Supplier<T> reader;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private volatile T value;
    private volatile long lastLook;

    /**
     * Of the files as they were read last. Not of files that could not be used: whatever was wrong,
     * such as an owner who could not read them yet, need not show in their state once it is mended.
     */
    private List<Object> state;

    /** Why they could not be used when they were looked at last; empty if they could. */
    private String failure = "";

    /**
     * Reads the files.
     *
     * @param what is in them, for the log: a plural, such as {@code users}
     * @param reader throws an {@link IllegalArgumentException} if they cannot be used; its message
     *     says which and why
     * @param nanoTime of a clock that may be set back
     * @throws IllegalArgumentException of the reader
     */
    public Reloaded(String what, List<Path> files, Supplier<T> reader, LongSupplier nanoTime) {
        this.what = what;
        this.files = List.copyOf(files);
        this.reader = reader;
        this.nanoTime = nanoTime;
        this.lastLook = nanoTime.getAsLong();
        this.state = state();
        this.value = reader.get();
    }

    /** What the files hold, or held before they could not be used. */
    public T current() {
        // Whoever comes while another looks goes on with what there is.
        if (isTimeToLook() && lock.tryLock()) {
            try {
                lastLook = nanoTime.getAsLong();
                look();
            } finally {
                lock.unlock();
            }
        }
        return value;
    }

    /** By the distance either way, lest a clock that was set back stops all looks. */
    private boolean isTimeToLook() {
        return Math.abs(nanoTime.getAsLong() - lastLook) >= LOOK_EVERY;
    }

    private void look() {
        // Before they are read: what changes meanwhile is found the next time.
        List<Object> now = state();
        if (now.equals(state)) {
            failure = "";
            return;
        }
        try {
            value = reader.get();
            state = now;
            failure = "";
            LOG.info("The {} were read anew from {}.", what, files);
        } catch (RuntimeException e) {
            String why = e.getMessage() == null ? e.toString() : e.getMessage();
            if (!why.equals(failure)) {
                failure = why;
                LOG.error("The {} stay as they were: {}", what, why);
            }
        }
    }

    /**
     * Tells one state of the files from another. Links are followed, since a renewed certificate is
     * often put in place by a new link.
     */
    private List<Object> state() {
        List<Object> all = new ArrayList<>();
        for (Path file : files) {
            try {
                BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
                all.add(found.lastModifiedTime());
                all.add(found.size());
                all.add(String.valueOf(found.fileKey()));
            } catch (IOException e) {
                all.add("missing");
            }
        }
        return all;
    }
}
