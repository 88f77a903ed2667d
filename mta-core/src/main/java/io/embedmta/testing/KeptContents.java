package io.embedmta.testing;

import io.embedmta.message.Content;
import io.embedmta.message.QueueId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contents of messages taken, until the test is over: small ones on the heap, large ones in
 * files of a directory of its own. Thread-safe.
 */
final class KeptContents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptContents.class);

    /** In octets. */
    private static final int LARGE = 256 * 1024;

    private final ReentrantLock lock = new ReentrantLock();

    /** Made for the first large message; null before. */
    private @Nullable Path directory;

    private boolean closed;

    Content keep(QueueId id, Content content) throws IOException {
        if (content.size() <= LARGE) {
            try (InputStream in = content.open()) {
                byte[] octets = in.readAllBytes();
                return Content.wrap(octets, 0, octets.length);
            }
        }
        Path file = file(directory(), id);
        try (InputStream in = content.open()) {
            Files.copy(in, file);
        }
        return Content.of(file);
    }

    private static Path file(Path directory, QueueId id) {
        return directory.resolve(id.text() + ".eml");
    }

    /** The message is not looked at any more. */
    void drop(QueueId id) {
        lock.lock();
        try {
            if (directory != null && !closed) {
                Files.deleteIfExists(file(directory, id));
            }
        } catch (IOException e) {
            LOG.warn("A message of a test is left in {}.", directory, e);
        } finally {
            lock.unlock();
        }
    }

    private Path directory() throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("The fake server is closed.");
            }
            Path current = directory;
            if (current == null) {
                current = Files.createTempDirectory("fake-mail");
                directory = current;
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (directory != null) {
                delete(directory);
            }
        } finally {
            lock.unlock();
        }
    }

    private static void delete(Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.warn("Messages of a test are left in {}.", directory, e);
        }
    }
}
