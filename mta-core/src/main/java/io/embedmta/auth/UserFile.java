package io.embedmta.auth;

import io.embedmta.internal.files.Reloaded;
import io.embedmta.smtp.SyntaxException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users in a file, in UTF-8, one a line: {@code name:hash}, where the hash is the {@linkplain
 * ScramVerifier#text text of a verifier}; a blank does in place of the first colon. A third field
 * lists the addresses that the user may send as, with commas, in the form of {@link
 * Identity#sendingAs}: {@code ann:SCRAM-SHA-256$...:ann@example.org,@lists.example.org}. Without
 * it, a user may send as {@link Identity#Identity(String)} says: as its name if that is an address,
 * and else as anybody, which the log says. Lines that begin with {@code #} are comments.
 *
 * <p>A file that has changed is read again, within a second or so of its use. If it is malformed
 * then, or gone, or of no octets at all as one that is just being written, the users stay who they
 * were, and the log says so once. A file that is put in place by a rename is never seen half
 * written. Thread-safe.
 */
public final class UserFile implements Authenticator {
    private static final Logger LOG = LoggerFactory.getLogger(UserFile.class);
    private static final int NAMES_IN_LOG = 5;

    private final Path file;
    private final Reloaded<Content> content;

    /**
     * What the file says.
     *
     * @param iterations what most users have
     * @param first the verifier of the first user by name; found once, as to look for it at each
     *     log-in would take the longer the more users there are, and so tell that one is unknown
     */
    private record Content(
            Map<String, UserLine> users, int iterations, Optional<ScramVerifier> first) {}

    private UserFile(Path file, Clock clock) {
        this.file = file;
        this.content = new Reloaded<>("users", List.of(file), this::read, () -> nanos(clock));
    }

    private static long nanos(Clock clock) {
        Instant now = clock.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    /**
     * Reads a file of users.
     *
     * @throws IllegalArgumentException if it cannot be read, is malformed, or is of no octets at
     *     all; the message says where
     */
    public static UserFile at(Path file) {
        return at(file, Clock.systemUTC());
    }

    /**
     * Reads a file of users.
     *
     * @param clock tells when to look after the file again
     * @throws IllegalArgumentException if it cannot be read, is malformed, or is of no octets at
     *     all; the message says where
     */
    public static UserFile at(Path file, Clock clock) {
        return new UserFile(file, clock);
    }

    @Override
    public Optional<Verifiers> verifiers() {
        return Optional.of(
                new Verifiers() {
                    @Override
                    public Lookup<ScramVerifier> find(String name) {
                        UserLine user = content.current().users().get(name);
                        return user == null
                                ? Lookup.unknown()
                                : Lookup.found(user.identity(), user.verifier());
                    }

                    @Override
                    public int iterations() {
                        return content.current().iterations();
                    }

                    @Override
                    public Optional<byte[]> disguise() {
                        return content.current().first().map(Disguise::of);
                    }
                });
    }

    private Content read() {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("The file of users " + file + " is not UTF-8.", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "The file of users " + file + " cannot be read: " + e, e);
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException(
                    "The file of users "
                            + file
                            + " is empty; write a comment if nobody is a user.");
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
                throw new IllegalArgumentException(
                        "Line "
                                + (i + 1)
                                + " of the file of users "
                                + file
                                + ": "
                                + e.getMessage());
            }
        }
        sayWhoMaySendAsAnybody(users);
        return new Content(Map.copyOf(users), mostCommonIterations(users), firstByName(users));
    }

    private void sayWhoMaySendAsAnybody(Map<String, UserLine> users) {
        List<String> free =
                users.values().stream()
                        .map(UserLine::identity)
                        .filter(Identity::anySender)
                        .map(Identity::name)
                        .sorted()
                        .limit(NAMES_IN_LOG)
                        .toList();
        if (!free.isEmpty()) {
            LOG.info(
                    "Of the users in {} some may send as anybody, such as {}; a third field says"
                            + " which addresses are theirs.",
                    file,
                    String.join(", ", free));
        }
    }

    private static int mostCommonIterations(Map<String, UserLine> users) {
        Map<Integer, Integer> counts = new HashMap<>();
        users.values().forEach(user -> counts.merge(user.verifier().iterations(), 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(ScramVerifier.DEFAULT_ITERATIONS);
    }

    private static Optional<ScramVerifier> firstByName(Map<String, UserLine> users) {
        return users.entrySet().stream()
                .min(Map.Entry.comparingByKey())
                .map(first -> first.getValue().verifier());
    }

    /** The file. */
    @Override
    public String toString() {
        return "users in " + file;
    }
}
