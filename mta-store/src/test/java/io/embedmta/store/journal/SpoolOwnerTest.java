package io.embedmta.store.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A spool has one owner, who may read and write it. */
@Timeout(60)
class SpoolOwnerTest {
    @TempDir Path directory;

    /** Opens the spool that it is given, says so, and keeps it until its input ends. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] args) throws IOException {
            try (JournalQueue queue = JournalQueue.open(Path.of(args[0]))) {
                say("opened " + queue.size());
                System.in.transferTo(System.out);
            } catch (IOException e) {
                say(String.valueOf(e.getMessage()));
            }
        }

        private static void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }

    private Process otherProcess() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String firstLine(Process process) throws IOException {
        return String.valueOf(
                new BufferedReader(
                                new InputStreamReader(
                                        process.getInputStream(), StandardCharsets.UTF_8))
                        .readLine());
    }

    private void assertInUse() {
        IOException e = assertThrows(IOException.class, () -> JournalQueue.open(directory));
        assertTrue(e.toString().contains(directory + " is in use"), e::toString);
    }

    @Test
    void secondQueueOfTheSameProcess_isRefused_untilTheFirstIsClosed() throws IOException {
        try (JournalQueue queue = JournalQueue.open(directory)) {
            assertInUse();
            assertInUse();
            assertEquals(0, queue.size());
        }
        JournalQueue.open(directory).close();
    }

    @Test
    void queueOfAnotherProcess_isRefused_untilTheFirstIsClosed() throws Exception {
        Process process = otherProcess();
        try {
            assertEquals("opened 0", firstLine(process));
            assertInUse();
        } finally {
            process.getOutputStream().close();
        }
        assertEquals(0, process.waitFor());
        JournalQueue.open(directory).close();
    }

    @Test
    void queueOfAnotherProcess_isRefused_evenAfterAnotherOfThisOneWas() throws Exception {
        try (JournalQueue queue = JournalQueue.open(directory)) {
            // On POSIX, whoever closes a file gives up all locks that the process has on it.
            assertInUse();
            Path otherName = Files.createSymbolicLink(Path.of(directory + ".link"), directory);
            try {
                assertThrows(IOException.class, () -> JournalQueue.open(otherName));
            } finally {
                Files.delete(otherName);
            }
            Process process = otherProcess();
            try {
                String said = firstLine(process);
                assertTrue(said.contains("is in use"), said);
            } finally {
                process.getOutputStream().close();
            }
            assertEquals(0, queue.size());
        }
    }

    @Test
    void spoolOfAProcessThatWasKilled_isOpenedAgain() throws Exception {
        Process process = otherProcess();
        assertEquals("opened 0", firstLine(process));
        process.destroyForcibly().waitFor();
        JournalQueue.open(directory).close();
    }

    @Test
    void spoolWithoutPermission_isRefusedByName() throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may do everything");
        JournalQueue.open(directory).close();
        for (String mode : new String[] {"r-x------", "-wx------", "---------"}) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
            assertRefusedByName(directory);
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Path file = directory.resolve(SpoolNames.SPOOL);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertRefusedByName(directory);
    }

    @Test
    void spoolThatIsAFile_isRefusedByName() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertRefusedByName(file);
        assertRefusedByName(file.resolve("spool"));
    }

    private static void assertRefusedByName(Path spool) {
        IOException e = assertThrows(IOException.class, () -> JournalQueue.open(spool));
        assertTrue(e.toString().contains("The spool " + spool + " cannot be opened"), e::toString);
    }
}
