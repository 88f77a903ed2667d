package io.embedmta.auth;

import io.embedmta.smtp.SyntaxException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users in a file, in UTF-8, one a line: {@code name:hash}, where the hash is the {@linkplain
 * ScramVerifier#text text of a verifier}; a blank does in place of the first colon. A third field
 * lists the addresses that the user may send as, with commas, in the form of {@link
 * Identity#sendingAs}: {@code ann:SCRAM-SHA-256$...:ann@example.org,@lists.example.org}. Without
 * it, a user may send as {@link Identity#Identity(String)} says: as its name if that is an address,
 * and else as anybody. Lines that begin with {@code #} are comments.
 *
 * <p>A file that has changed is read again, within a second or so of its use. If it is malformed
 * then, or gone, the users stay who they were, and the log says so once. Thread-safe.
 */
public final class UserFile implements Authenticator {
    private static final Logger LOG = LoggerFactory.getLogger(UserFile.class);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);

    private final Path file;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private Instant lastCheck;

    /**
     * The state that was read last. Not one that could not be read: whatever was wrong, such as an
     * owner who could not read it yet, need not show in the state once it is mended.
     */
    private State seen;

    /** Why the file could not be read when it was looked at last; empty if it could. */
    private String failure = "";

    private volatile Content content;

    /** Tells one state of the file from another. */
    private record State(FileTime modified, long size, @Nullable Object key) {}

    private record Content(Map<String, UserLine> users, int iterations) {}

    private UserFile(Path file, Clock clock) throws IOException {
        this.file = file;
        this.clock = clock;
        this.lastCheck = clock.instant();
        this.seen = state();
        this.content = read();
    }

    /**
     * Reads a file of users.
     *
     * @throws IllegalArgumentException if it cannot be read or is malformed; the message says where
     */
    public static UserFile at(Path file) {
        return at(file, Clock.systemUTC());
    }

    /**
     * Reads a file of users.
     *
     * @param clock tells when to look after the file again
     * @throws IllegalArgumentException if it cannot be read or is malformed; the message says where
     */
    public static UserFile at(Path file, Clock clock) {
        try {
            return new UserFile(file, clock);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public Optional<Verifiers> verifiers() {
        return Optional.of(
                new Verifiers() {
                    @Override
                    public Lookup<ScramVerifier> find(String name) {
                        UserLine user = current().users().get(name);
                        return user == null
                                ? Lookup.unknown()
                                : Lookup.found(user.identity(), user.verifier());
                    }

                    @Override
                    public int iterations() {
                        return current().iterations();
                    }

                    @Override
                    public Optional<byte[]> disguise() {
                        return Disguise.of(current().users(), UserLine::verifier);
                    }
                });
    }

    private Content current() {
        // Whoever finds another one looking goes on with what there is.
        if (lock.tryLock()) {
            try {
                Instant now = clock.instant();
                // The absolute distance, lest a clock that was set back stops all checks.
                if (Duration.between(lastCheck, now).abs().compareTo(CHECK_EVERY) >= 0) {
                    lastCheck = now;
                    reloadIfChanged();
                }
            } finally {
                lock.unlock();
            }
        }
        return content;
    }

    private void reloadIfChanged() {
        try {
            State now = state();
            if (!now.equals(seen)) {
                content = read();
                seen = now;
                LOG.info("Read {} users from {}.", content.users().size(), file);
            }
            failure = "";
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(failure)) {
                failure = why;
                LOG.error("The users stay as they were: {}", why);
            }
        }
    }

    private State state() throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return new State(found.lastModifiedTime(), found.size(), found.fileKey());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private IOException unreadable(IOException e) {
        return new IOException("The file of users " + file + " cannot be read: " + e, e);
    }

    private Content read() throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new IOException("The file of users " + file + " is not UTF-8.");
        } catch (IOException e) {
            throw unreadable(e);
        }
        Map<String, UserLine> users = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                Optional<UserLine> user = UserLine.parse(lines.get(i));
                if (user.isPresent()
                        && users.put(user.get().identity().name(), user.get()) != null) {
                    throw new SyntaxException("The user stands there twice.");
                }
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        "Line "
                                + (i + 1)
                                + " of the file of users "
                                + file
                                + ": "
                                + e.getMessage());
            }
        }
        return new Content(Map.copyOf(users), mostCommonIterations(users));
    }

    private static int mostCommonIterations(Map<String, UserLine> users) {
        Map<Integer, Integer> counts = new HashMap<>();
        users.values().forEach(user -> counts.merge(user.verifier().iterations(), 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(ScramVerifier.DEFAULT_ITERATIONS);
    }

    /** The file. */
    @Override
    public String toString() {
        return "users in " + file;
    }
}
