package io.embedmta.store.maildir;

import static io.embedmta.store.MailStoreContract.ANN;
import static io.embedmta.store.MailStoreContract.deliverToAll;
import static io.embedmta.store.MailStoreContract.letter;
import static io.embedmta.store.MailStoreContract.mail;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.embedmta.message.Content;
import io.embedmta.message.MailAddress;
import io.embedmta.store.MailStore;
import io.embedmta.store.MailStoreContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What any store promises, and what makes this one a Maildir. */
class MaildirTest extends MaildirFixture {

    @Nested
    class Contract extends MailStoreContract {
        @Override
        protected MailStore open() {
            return maildir();
        }

        @Override
        protected List<byte[]> read(MailAddress mailbox) throws IOException {
            return MaildirTest.this.read(mailbox);
        }

        @Override
        protected boolean tellsRepeats() {
            return true;
        }
    }

    @Test
    void file_name_isThatOfAMaildirAndHoldsTheSize() throws Exception {
        deliverToAll(
                maildir().clock(Clock.fixed(NOW, ZoneOffset.UTC)),
                mail("9BCD", Content.of(new byte[77]), ANN));
        String name = names("ann/new").get(0);
        assertTrue(name.matches("1772366400\\.M123-Q9BCD-R[0-9a-f]{16}\\.localhost,S=77"), name);
        assertEquals(List.of(), names("ann/tmp"));
        assertEquals(List.of(), names("ann/cur"));
    }

    @Test
    void files_and_directories_areForTheirOwnerAlone() throws Exception {
        assumeTrue(Disk.isPosix(root()), "no POSIX modes here");
        deliverToAll(maildir(), to("ann@example.org"));
        assertMode("rw-------", files("ann/new").get(0));
        for (String directory : List.of("", "ann", "ann/tmp", "ann/new", "ann/cur")) {
            assertMode("rwx------", root().resolve(directory));
        }
    }

    private static void assertMode(String mode, Path path) throws IOException {
        assertEquals(
                mode,
                PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
                () -> "" + path);
    }

    @Test
    void python_readsTheMailbox() throws Exception {
        assumeTrue(runs("python3", "--version"), "python3 is not installed");
        Maildir store = maildir();
        deliverToAll(store, mail("1", letter("one"), ANN));
        deliverToAll(store, mail("2", letter("two"), ANN));
        Path first = files("ann/new").get(0);
        Files.move(first, root().resolve("ann/cur").resolve(first.getFileName() + ":2,S"));
        String script =
                "import mailbox, sys\n"
                        + "box = mailbox.Maildir(sys.argv[1], create=False)\n"
                        + "for m in sorted(box, key=lambda m: m.get_payload()):\n"
                        + "    print(m['Subject'], m.get_payload().strip(), m.get_subdir(),"
                        + " m.get_flags())\n";
        Process python =
                new ProcessBuilder("python3", "-c", script, root().resolve("ann").toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, python.waitFor(), output);
        List<String> lines = output.lines().map(String::strip).toList();
        assertEquals(2, lines.size(), output);
        assertTrue(lines.get(0).startsWith("hi one "), output);
        assertTrue(lines.get(1).startsWith("hi two "), output);
        assertEquals(1, lines.stream().filter(line -> line.endsWith(" cur S")).count(), output);
        assertEquals(1, lines.stream().filter(line -> line.endsWith(" new")).count(), output);
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
