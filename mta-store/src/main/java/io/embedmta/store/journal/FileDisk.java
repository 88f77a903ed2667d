package io.embedmta.store.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** A directory of a real file system. */
final class FileDisk implements SpoolDisk {
    private static final Set<OpenOption> NEW_FILE =
            Set.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
    private static final Set<OpenOption> OLD_FILE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final Path directory;

    private FileDisk(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens a directory, which is made for its owner alone if it is not there.
     *
     * @throws IOException if it cannot be made, is no directory, or may not be read and written
     */
    static FileDisk of(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, mode(directory, "rwx------"));
            Path parent = directory.toAbsolutePath().getParent();
            if (parent != null) {
                syncDirectory(parent);
            }
        }
        // Files that are there could be opened all the same, and the first new one would fail.
        if (!Files.isReadable(directory)
                || !Files.isWritable(directory)
                || !Files.isExecutable(directory)) {
            throw new AccessDeniedException(directory.toString());
        }
        return new FileDisk(directory);
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public SpoolFile create(String name) throws IOException {
        Path path = directory.resolve(name);
        return new OpenFile(path, FileChannel.open(path, NEW_FILE, mode(path, "rw-------")));
    }

    @Override
    public SpoolFile open(String name) throws IOException {
        Path path = directory.resolve(name);
        return new OpenFile(path, FileChannel.open(path, OLD_FILE));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(
                directory.resolve(from),
                directory.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void syncDirectory() throws IOException {
        syncDirectory(directory);
    }

    /**
     * Where a directory cannot be opened as a file (Windows), its names are durable by journal.
     * Goes on when the thread is interrupted: that is no failed sync.
     */
    private static void syncDirectory(Path path) throws IOException {
        boolean interrupted = false;
        boolean synced = !isPosix(path);
        try {
            while (!synced) {
                try (FileChannel names = FileChannel.open(path, StandardOpenOption.READ)) {
                    names.force(true);
                    synced = true;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long usableSpace() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] mode(Path path, String mode) {
        if (!isPosix(path)) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        };
    }

    /**
     * A file that outlives the interruption of a thread that uses it: an interrupted channel closes
     * for all its users, so it is opened again.
     */
    private static final class OpenFile implements SpoolFile {
        private final Path path;
        private final ReentrantLock reopening = new ReentrantLock();
        private volatile FileChannel channel;
        private volatile boolean closed;

        OpenFile(Path path, FileChannel channel) {
            this.path = path;
            this.channel = channel;
        }

        @FunctionalInterface
        private interface Call {
            int on(FileChannel channel) throws IOException;
        }

        @Override
        public long size() throws IOException {
            return Files.size(path);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return uninterrupted(open -> open.read(target, position));
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            int start = source.position();
            while (source.hasRemaining()) {
                uninterrupted(open -> open.write(source, position + source.position() - start));
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            uninterrupted(
                    open -> {
                        open.truncate(size);
                        return 0;
                    });
        }

        @Override
        public void sync() throws IOException {
            uninterrupted(
                    open -> {
                        open.force(false);
                        return 0;
                    });
        }

        private int uninterrupted(Call call) throws IOException {
            boolean interrupted = false;
            try {
                while (true) {
                    FileChannel open = channel;
                    try {
                        return call.on(open);
                    } catch (ClosedByInterruptException e) {
                        interrupted |= Thread.interrupted();
                        reopen(open);
                    } catch (ClosedChannelException e) {
                        reopen(open);
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private void reopen(FileChannel dead) throws IOException {
            reopening.lock();
            try {
                if (closed) {
                    throw new ClosedChannelException();
                }
                if (channel == dead) {
                    channel = FileChannel.open(path, OLD_FILE);
                }
            } finally {
                reopening.unlock();
            }
        }

        @Override
        public void close() throws IOException {
            reopening.lock();
            try {
                closed = true;
                channel.close();
            } finally {
                reopening.unlock();
            }
        }
    }
}
