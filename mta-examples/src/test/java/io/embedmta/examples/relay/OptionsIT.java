package io.embedmta.examples.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.embedmta.store.journal.JournalQueue;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A mistake on the command line: exit 2 and one clear line; a spool that cannot be opened: exit 1
 * and one clear line.
 */
class OptionsIT {

    @TempDir Path directory;

    private static String failure(List<String> options) throws Exception {
        return failure(2, options);
    }

    private static String failure(int exit, List<String> options) throws Exception {
        return failure(exit, RelayProcess.launch(options));
    }

    private static String failure(int exit, Process process) throws Exception {
        process.getOutputStream().close();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(exit, process.waitFor(), said);
        assertEquals(0, process.getInputStream().readAllBytes().length);
        assertEquals(1, said.lines().count(), said);
        return said.strip();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--bogus x",
                "--listen",
                "--listen 127.0.0.1",
                "--listen 127.0.0.1:99999",
                "--relay-from 10.0.0.0/99",
                "--domain example.org",
                "--domain -bad-=mail",
                "--dns 127.0.0.1:0",
                "--remote-port 0",
                "--smart-host nothing",
                "--smart-host 999.1.1.1:25",
                "--smart-host [::x]:25",
                "--smart-host mail..example:25",
                "--listen nosuch.invalid:25",
                "--domain a.test=x --domain A.test=y",
                "--domain a.test=",
                "--domain a.test=/dev/null/mail",
                "--spool",
                "--retry 5x",
                "--retry 5s,,1m",
                "--expire 0d",
                "--max-size 12",
                "--hostname under_score",
                "--tls-cert nosuch.pem",
                "--tls-key nosuch.pem",
                "--tls-cert nosuch.pem --tls-key nosuch.pem",
                "--submission 127.0.0.1:0",
                "--submissions 127.0.0.1:0",
                "--submission 127.0.0.1",
                "--users nosuch",
                "--tls-out sometimes",
                "--tls-out dane",
                "--tls-out none",
                "--trust nosuch.pem",
                "--dnssec maybe",
                "--dnssec anchor=",
                "--dnssec anchor=nosuch"
            })
    void option_unknownOrWrong_isNamedInOneLine(String options) throws Exception {
        List<String> given = List.of(options.split(" ", -1));
        String said = failure(given);
        assertTrue(said.startsWith("mta-relay: "), said);
        assertTrue(said.contains(given.get(0)), said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "list",
                "--spool x",
                "--spool x burn",
                "--spool x list hold",
                "--spool x list --bogus",
                "--spool x list --id",
                "--spool x list --id a-b",
                "--spool x list --sender @",
                "--spool x list --destination ",
                "--spool x list --id A --all",
                "--spool x hold",
                "--spool x release",
                "--spool x retry",
                "--spool x bounce",
                "--spool x remove"
            })
    void queue_optionsUnknownOrWrong_areSaidInOneLine(String options) throws Exception {
        List<String> given = new ArrayList<>(List.of("queue"));
        given.addAll(List.of(options.split(" ", -1)));
        String said = failure(given);
        assertTrue(said.startsWith("mta-relay: "), said);
    }

    @Test
    void spool_thatIsAFile_isSaidInOneLine() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        String said = failure(1, List.of("--spool", file.toString()));
        assertTrue(said.startsWith("mta-relay: The spool " + file), said);
        assertEquals(
                "mta-relay: there is no spool in " + file,
                failure(1, List.of("queue", "list", "--spool", file.toString())));
    }

    @Test
    void spool_ofAnotherFormat_isSaidInOneLine() throws Exception {
        ByteBuffer header = ByteBuffer.allocate(32).put("EMTASPL\n".getBytes(US_ASCII));
        header.putInt(99).putLong(0).putLong(1);
        CRC32C checksum = new CRC32C();
        checksum.update(header.array(), 0, 28);
        header.putInt((int) checksum.getValue());
        Files.write(directory.resolve("spool"), header.array());
        for (String command : List.of("--spool " + directory, "queue list --spool " + directory)) {
            String said = failure(1, List.of(command.split(" ")));
            assertTrue(said.contains("is of format 99"), said);
        }
    }

    @Test
    void spool_withoutPermission_isSaidInOneLine() throws Exception {
        // Root may do everything, so somebody else has to try.
        assumeTrue(System.getProperty("user.name").equals("root"), "this needs root");
        String setpriv = Programs.require("setpriv");
        Path jar = directory.resolve("mta-relay.jar");
        Files.copy(RelayProcess.JAR, jar);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path spool = Files.createDirectory(directory.resolve("private"));
        Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwx------"));
        Map<String, String> reasons =
                Map.of(
                        "--spool " + spool,
                        "this process may not read and write " + spool + ".",
                        "queue list --spool " + spool,
                        "permission denied");
        for (Map.Entry<String, String> command : reasons.entrySet()) {
            List<String> words = new ArrayList<>(List.of(setpriv, "--reuid=65534"));
            words.addAll(List.of("--clear-groups", RelayProcess.JAVA, "-jar", jar.toString()));
            words.addAll(List.of(command.getKey().split(" ")));
            String said = failure(1, new ProcessBuilder(words).start());
            assertTrue(said.endsWith(command.getValue()), said);
        }
    }

    @Test
    void spoolOfSomebodyElse_isNotOpenedByRoot_whoseFilesWouldShutItsOwnerOut() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "this needs root");
        JournalQueue.open(directory).close();
        Files.setOwner(
                directory.resolve("spool"),
                directory
                        .getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName("nobody"));
        String said = failure(1, List.of("queue", "list", "--spool", directory.toString()));
        assertEquals(
                "mta-relay: the spool " + directory + " belongs to nobody; run this as nobody",
                said);
    }

    @Test
    void queue_onADirectoryThatIsNoSpool_makesNoneOfIt() throws Exception {
        String said = failure(1, List.of("queue", "list", "--spool", directory.toString()));
        assertEquals("mta-relay: there is no spool in " + directory, said);
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void port_taken_isNamedInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String said = failure(List.of("--listen", "127.0.0.1:" + taken.getLocalPort()));
            assertTrue(said.contains("127.0.0.1 port " + taken.getLocalPort()), said);
        }
    }

    @Test
    void help_namesEveryOption() throws Exception {
        assertEquals(RelayOptions.USAGE, help("--help"));
    }

    @Test
    void helpOfQueue_namesEveryOption() throws Exception {
        assertEquals(QueueOptions.USAGE, help("queue", "--help"));
    }

    private static String help(String... options) throws Exception {
        Process process = RelayProcess.launch(List.of(options));
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        assertEquals(0, process.getErrorStream().readAllBytes().length);
        return said.stripTrailing();
    }
}
