package io.embedmta.store.maildir;

import io.embedmta.message.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The calls that change a file system, apart from the rest so that tests see their order and make
 * them fail. Thread-safe.
 */
class Disk {
    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    /** Makes a directory for its owner alone, unless it is there. */
    void createDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, mode(directory, "rwx------"));
        } catch (FileAlreadyExistsException e) {
            // Another delivery may have been first; a file in its place is an error.
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    /** Makes an empty file for its owner alone; there must be none of that name. */
    FileChannel createFile(Path file) throws IOException {
        return FileChannel.open(file, NEW_FILE, mode(file, "rw-------"));
    }

    void write(FileChannel file, Content content) throws IOException {
        // Not closed: that would close the file before it is synced.
        OutputStream out = Channels.newOutputStream(file);
        content.writeTo(out);
    }

    void sync(FileChannel file) throws IOException {
        file.force(true);
    }

    void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Makes the names in a directory durable. Where a directory cannot be opened as a file
     * (Windows), this does nothing: {@link Maildir#at} says so.
     */
    void syncDirectory(Path directory) throws IOException {
        if (isPosix(directory)) {
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    /** Whether so many octets have no room. */
    boolean isFull(Path directory, long octets) throws IOException {
        return Files.getFileStore(directory).getUsableSpace() < octets;
    }

    static boolean isPosix(Path path) {
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
}
