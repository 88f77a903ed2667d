package io.embedmta.store.maildir;

import io.embedmta.message.Content;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real disk that notes what is done to it, by one thread, and fails where a test says so. */
final class RecordingDisk extends Disk {
    final List<String> calls = new ArrayList<>();
    private final Path root;
    private String failing = "";
    private IOException failure = new IOException();
    private boolean full;

    RecordingDisk(Path root) {
        this.root = root;
    }

    /** Makes calls fail whose note begins so. */
    RecordingDisk failAt(String call, IOException with) {
        failing = call;
        failure = with;
        return this;
    }

    RecordingDisk heal() {
        failing = "";
        full = false;
        return this;
    }

    RecordingDisk fill() {
        full = true;
        return this;
    }

    private void note(String call, Path path) throws IOException {
        String relative = root.relativize(path).toString();
        String entry =
                call
                        + " "
                        + (relative.isEmpty() ? "." : relative.replaceAll("[0-9]+\\.M.*", "FILE"));
        calls.add(entry);
        if (!failing.isEmpty() && entry.startsWith(failing)) {
            throw failure;
        }
    }

    @Override
    void createDirectory(Path directory) throws IOException {
        note("mkdir", directory);
        super.createDirectory(directory);
    }

    @Override
    FileChannel createFile(Path file) throws IOException {
        note("create", file);
        return super.createFile(file);
    }

    @Override
    void write(FileChannel file, Content content) throws IOException {
        super.write(file, content);
        note("write", root);
    }

    @Override
    void sync(FileChannel file) throws IOException {
        note("fsync", root);
        super.sync(file);
    }

    @Override
    void rename(Path from, Path to) throws IOException {
        note("rename", to);
        super.rename(from, to);
    }

    @Override
    void syncDirectory(Path directory) throws IOException {
        note("fsyncdir", directory);
        super.syncDirectory(directory);
    }

    @Override
    boolean isFull(Path directory, long octets) throws IOException {
        return full || super.isFull(directory, octets);
    }
}
