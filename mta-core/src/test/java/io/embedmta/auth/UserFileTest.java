package io.embedmta.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.LogCapture;
import io.embedmta.message.MailAddress;
import io.embedmta.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserFileTest {
    private static final String HASH = ScramVerifier.of("pencil", 4096).text();
    private static final String KEY = HASH.substring(HASH.lastIndexOf('$') + 1);

    @TempDir private Path folder;
    private final ManualClock clock = ManualClock.at(Instant.parse("2026-11-24T12:00:00Z"));

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("users"), text);
    }

    private static Optional<Identity> find(UserFile users, String name) throws IOException {
        Lookup<ScramVerifier> lookup = users.verifiers().orElseThrow().find(name);
        return lookup instanceof Lookup.Found<ScramVerifier> found
                ? Optional.of(found.identity())
                : Optional.empty();
    }

    @Test
    void at_ofFile_readsUsersAndTheirSenders() throws IOException {
        UserFile users =
                UserFile.at(
                        write(
                                "# name:hash:senders\n\n"
                                        + ("ann@example.org:" + HASH + "\n")
                                        + ("bob:" + HASH + "\r\n")
                                        + ("carl : " + HASH + " : carl@x.example , @y.example\n")
                                        + ("dan:" + HASH + ":*\n")
                                        + ("fay " + HASH + " fay@example.org")),
                        clock);
        MailAddress ann = MailAddress.of("ann@example.org");
        assertTrue(find(users, "ann@example.org").orElseThrow().maySendAs(ann));
        assertFalse(
                find(users, "ann@example.org")
                        .orElseThrow()
                        .maySendAs(MailAddress.of("bob@example.org")));
        assertTrue(find(users, "bob").orElseThrow().maySendAs(ann));
        assertFalse(find(users, "fay").orElseThrow().maySendAs(ann));
        Identity carl = find(users, "carl").orElseThrow();
        assertTrue(carl.maySendAs(MailAddress.of("carl@x.example")));
        assertTrue(carl.maySendAs(MailAddress.of("any@y.example")));
        assertFalse(carl.maySendAs(ann));
        assertTrue(find(users, "dan").orElseThrow().maySendAs(ann));
        assertEquals(Optional.empty(), find(users, "eve"));
        assertEquals(4096, users.verifiers().orElseThrow().iterations());
    }

    @Test
    void find_afterChange_readsTheFileAgainAfterASecond() throws IOException {
        UserFile users = UserFile.at(write("ann:" + HASH + "\n"), clock);
        write("bob:" + HASH + "\nann:" + HASH + "\n");
        clock.advance(Duration.ofMillis(999));
        assertEquals(Optional.empty(), find(users, "bob"));
        clock.advance(Duration.ofMillis(1));
        assertTrue(find(users, "bob").isPresent());
    }

    @Test
    void find_afterBrokenChange_keepsTheUsersAndSaysSoOnce() throws IOException {
        UserFile users = UserFile.at(write("ann:" + HASH + "\n"), clock);
        write("# one\nann:" + HASH + "\nbob:" + HASH.substring(0, HASH.length() - 4) + "\n");
        try (LogCapture log = LogCapture.start()) {
            for (int i = 0; i < 3; i++) {
                clock.advance(Duration.ofSeconds(1));
                assertTrue(find(users, "ann").isPresent());
            }
            assertEquals(2, log.text().split("Line 3 of", -1).length, log.text());
            assertFalse(log.text().contains(KEY.substring(0, 20)), log.text());
        }
        Files.delete(folder.resolve("users"));
        try (LogCapture log = LogCapture.start()) {
            for (int i = 0; i < 3; i++) {
                clock.advance(Duration.ofSeconds(1));
                assertTrue(find(users, "ann").isPresent());
            }
            assertEquals(2, log.text().split("stay as they were", -1).length, log.text());
        }
        write("bob:" + HASH + "\n");
        clock.advance(Duration.ofSeconds(1));
        assertTrue(find(users, "bob").isPresent());
        assertEquals(Optional.empty(), find(users, "ann"));
    }

    /** As of an editor that empties a file before it writes it. */
    @Test
    void find_inAFileThatIsJustBeingWritten_keepsTheUsers() throws IOException {
        Path file = write("ann:" + HASH + "\n");
        UserFile users = UserFile.at(file, clock);
        write("");
        clock.advance(Duration.ofSeconds(1));
        assertTrue(find(users, "ann").isPresent());
        assertThrows(IllegalArgumentException.class, () -> UserFile.at(file));
        write("# nobody\n");
        clock.advance(Duration.ofSeconds(1));
        assertEquals(Optional.empty(), find(users, "ann"));
    }

    @Test
    void at_ofUsersWhoMaySendAsAnybody_saysSo() throws IOException {
        Path file = write("ann@example.org:" + HASH + "\nbob:" + HASH + ":bob@example.org\n");
        try (LogCapture log = LogCapture.tracing(UserFile.class)) {
            UserFile.at(file);
            assertEquals("", log.text());
            write("ann@example.org:" + HASH + "\nbob:" + HASH + "\n");
            UserFile.at(file);
            assertTrue(log.text().contains("may send as anybody, such as bob;"), log.text());
        }
    }

    /** As where its owner could not read it for a moment: nothing of its state tells of that. */
    @Test
    void find_afterAFailureThatIsMendedInPlace_readsTheFileAgain() throws IOException {
        UserFile users = UserFile.at(write("ann:" + HASH + "\n"), clock);
        Path file = write("bob?" + HASH + "\n#\n");
        FileTime time = Files.getLastModifiedTime(file);
        clock.advance(Duration.ofSeconds(1));
        assertTrue(find(users, "ann").isPresent());
        write("bob:" + HASH + "\n#\n");
        Files.setLastModifiedTime(file, time);
        clock.advance(Duration.ofSeconds(1));
        assertTrue(find(users, "bob").isPresent());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ann",
                "ann:pencil",
                "ann:%s:nobody",
                ":%s",
                "ann:%s\nann:%s",
                "ann:%s$",
                "a\u0007:%s"
            })
    void at_ofMalformedFile_saysWhereWithoutAHash(String text) throws IOException {
        Path file = write("# comment\n" + text.replace("%s", HASH) + "\n");
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> UserFile.at(file, clock));
        assertTrue(refused.toString().matches(".*: Line [23] of the file of users .*"));
        assertFalse(refused.toString().contains("pencil"), refused.toString());
        assertFalse(refused.toString().contains(KEY), refused.toString());
    }

    @Test
    void at_ofNoFile_namesIt() {
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> UserFile.at(folder.resolve("none"), clock));
        assertTrue(refused.toString().contains("none"), refused.toString());
    }
}
