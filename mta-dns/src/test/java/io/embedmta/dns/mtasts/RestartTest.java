package io.embedmta.dns.mtasts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.tls.StsPolicy.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies in a directory, from one process to the next. */
class RestartTest extends StsFixture {
    private static final long WEEK_SECONDS = 7 * 86400;

    @TempDir Path parent;

    private Path directory() {
        return parent.resolve("mta-sts");
    }

    private Path file() {
        return directory().resolve("sts-example.org");
    }

    private MtaSts open() {
        return setUp(MtaSts.cachedIn(directory()));
    }

    private void keepEnforcing() {
        web.text(policy("enforce", WEEK_SECONDS));
        try (MtaSts first = open()) {
            assertMode(Mode.ENFORCE, first.find(DOMAIN, dnsWithId("1")));
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void policy_holdsBeyondARestart_withoutRecordOrServer() throws IOException {
        keepEnforcing();
        assertEquals(List.of("sts-example.org"), names());
        try (MtaSts second = open()) {
            assertMode(Mode.ENFORCE, second.find(DOMAIN, dns()));
            assertEquals(
                    List.of(
                            "version: STSv1",
                            "mode: enforce",
                            "mx: *.example.org",
                            "max_age: 604800"),
                    second.find(DOMAIN, dns()).policy().orElseThrow().lines());
            assertMode(Mode.ENFORCE, second.find(DOMAIN, dnsWithId("1")));
        }
        assertEquals(1, web.requests().size());
    }

    @Test
    void policy_countsFromItsFetch_notFromTheRestart() {
        keepEnforcing();
        clock.advance(Duration.ofSeconds(WEEK_SECONDS - 1));
        try (MtaSts second = open()) {
            assertMode(Mode.ENFORCE, second.find(DOMAIN, dns()));
            clock.advance(Duration.ofSeconds(1));
            assertNone(second.find(DOMAIN, dns()));
        }
    }

    @Test
    void withdrawnPolicy_isDeleted() throws IOException {
        keepEnforcing();
        web.text(policy("none", 0));
        try (MtaSts second = open()) {
            assertMode(Mode.NONE, second.find(DOMAIN, dnsWithId("2")));
        }
        assertEquals(List.of(), names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "embedmta-sts 1 0\nexample.org\n1\n0\nversion: STSv1"})
    void damagedFile_isIgnored_andOverwritten(String text) throws IOException {
        Files.createDirectories(directory());
        Files.writeString(file(), text);
        web.text(policy("enforce", WEEK_SECONDS));
        try (MtaSts sts = open()) {
            assertNone(sts.find(DOMAIN, dns()));
            assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
        }
        try (MtaSts sts = open()) {
            assertMode(Mode.ENFORCE, sts.find(DOMAIN, dns()));
        }
    }

    /** Any octet that changes, and any cut, is seen. */
    @Test
    void damageAnywhere_isSeen() throws IOException {
        keepEnforcing();
        byte[] good = Files.readAllBytes(file());
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(file(), bad);
            assertUnread();
            Files.write(file(), Arrays.copyOf(good, at));
            assertUnread();
        }
        Files.write(file(), good);
        try (MtaSts sts = open()) {
            assertMode(Mode.ENFORCE, sts.find(DOMAIN, dns()));
        }
    }

    private void assertUnread() {
        try (MtaSts sts = open()) {
            assertNone(sts.find(DOMAIN, dns()));
        }
    }

    @Test
    void file_underAnotherName_isNotThatDomains() throws IOException {
        keepEnforcing();
        Files.move(file(), directory().resolve("sts-other.example"));
        Files.writeString(directory().resolve("README"), "not ours");
        Files.createDirectory(directory().resolve("sts-directory.example"));
        assertUnread();
        assertTrue(names().contains("README"));
    }

    @Test
    void unfinishedFile_isTakenAway() throws IOException {
        keepEnforcing();
        Files.move(file(), directory().resolve("new-example.org"));
        assertUnread();
        assertEquals(List.of(), names());
    }

    @Test
    void directoryThatIsAFile_isRefusedAtOnce() throws IOException {
        Files.writeString(directory(), "a file");
        assertThrows(UncheckedIOException.class, () -> MtaSts.cachedIn(directory()));
    }

    @Test
    void directoryThatGoesAway_doesNotCostTheAnswer() throws IOException {
        web.text(policy("enforce", WEEK_SECONDS));
        try (MtaSts sts = open()) {
            Files.delete(directory());
            assertMode(Mode.ENFORCE, sts.find(DOMAIN, dnsWithId("1")));
            assertMode(Mode.ENFORCE, sts.find(DOMAIN, dns()));
        }
        assertFalse(Files.exists(file()));
    }
}
