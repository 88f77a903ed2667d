package io.embedmta.store.maildir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.store.LocalMail;
import io.embedmta.store.MailStore;
import io.embedmta.store.MailStoreContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaildirTest extends MailStoreContract {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.000123Z");

    @TempDir private Path above;

    private Path root() {
        return above.resolve("mail");
    }

    private Maildir maildir() {
        return Maildir.at(root());
    }

    @Override
    protected MailStore open() {
        return maildir();
    }

    @Override
    protected List<byte[]> read(MailAddress mailbox) throws IOException {
        List<byte[]> all = new ArrayList<>();
        for (String part : List.of("new", "cur")) {
            for (Path file : files(mailbox.localPart() + "/" + part)) {
                all.add(Files.readAllBytes(file));
            }
        }
        return all;
    }

    @Override
    protected boolean tellsRepeats() {
        return true;
    }

    private List<Path> files(String directory) throws IOException {
        Path path = root().resolve(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.sorted().toList();
        }
    }

    private List<String> names(String directory) throws IOException {
        return files(directory).stream().map(file -> file.getFileName().toString()).toList();
    }

    private static LocalMail to(String address) {
        return mail("1", letter("hello"), MailAddress.of(address));
    }

    // Files and their names

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

    // Which mailbox

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"..\"@example.org",
                "\".\"@example.org",
                "\"../evil\"@example.org",
                "\"../../evil\"@example.org",
                "\"/etc/evil\"@example.org",
                "\"a/../../evil\"@example.org",
                "\"..\\\\evil\"@example.org",
                "\".hidden\"@example.org",
                "\"..+x\"@example.org",
                "\"../+x\"@example.org",
            })
    void mailbox_ofHostileLocalPart_liesInTheRoot(String address) throws Exception {
        deliverToAll(maildir(), to(address));
        assertEquals(List.of("mail"), names(".."));
        List<String> boxes = names("");
        assertEquals(1, boxes.size(), boxes.toString());
        assertFalse(boxes.get(0).startsWith("."), boxes.toString());
        assertEquals(List.of("cur", "new", "tmp"), names(boxes.get(0)));
        assertEquals(1, names(boxes.get(0) + "/new").size());
    }

    @Test
    void mailbox_ofAnyCase_isOne() throws Exception {
        deliverToAll(
                maildir(),
                mail(
                        "1",
                        letter("x"),
                        MailAddress.of("Ann@example.org"),
                        MailAddress.of("ANN@example.org")));
        assertEquals(List.of("ann"), names(""));
        assertEquals(2, names("ann/new").size());
    }

    @Test
    void mailbox_ofUtf8AndOverlongLocalParts_takesMail() throws Exception {
        Maildir store = maildir();
        deliverToAll(store, to("\u00e9v\u00e9@example.org"));
        deliverToAll(store, to("\u00e9".repeat(256) + "@example.org"));
        deliverToAll(store, to("tmp@example.org"));
        assertEquals(3, names("").size());
    }

    @Test
    void subaddress_goesToItsBase() throws Exception {
        Maildir store = maildir();
        deliverToAll(store, to("ann+lists@example.org"));
        deliverToAll(store, to("ann+a+b@example.org"));
        assertEquals(List.of("ann"), names(""));
        assertEquals(2, names("ann/new").size());
    }

    @Test
    void subaddress_withADirectoryOfItsOwn_goesThere() throws Exception {
        Files.createDirectories(root().resolve("ann+lists"));
        deliverToAll(maildir(), to("ann+lists@example.org"));
        assertEquals(List.of("ann+lists"), names(""));
        assertEquals(1, names("ann+lists/new").size());
    }

    @Test
    void subaddress_besideItsBaseInOneEnvelope_isACopyEach() throws Exception {
        deliverToAll(
                maildir(), mail("1", letter("x"), ANN, MailAddress.of("ann+lists@example.org")));
        assertEquals(2, names("ann/new").size());
    }

    @Test
    void subaddress_separatorInFront_isNoSeparator() throws Exception {
        deliverToAll(maildir(), to("+ann@example.org"));
        assertEquals(List.of("+ann"), names(""));
    }

    @Test
    void subaddressSeparator_another_isUsedInstead() throws Exception {
        Maildir store = maildir().subaddressSeparator('-');
        deliverToAll(store, to("ann-lists@example.org"));
        deliverToAll(store, to("ann+lists@example.org"));
        assertEquals(List.of("ann", "ann+lists"), names(""));
    }

    @Test
    void withoutSubaddresses_aTagIsPartOfTheName() throws Exception {
        deliverToAll(maildir().withoutSubaddresses(), to("ann+lists@example.org"));
        assertEquals(List.of("ann+lists"), names(""));
    }

    @ParameterizedTest
    @ValueSource(chars = {'a', '7', ' ', '\n', '\u00e9', 127})
    void subaddressSeparator_noMark_isRefused(char character) {
        assertThrows(
                IllegalArgumentException.class, () -> maildir().subaddressSeparator(character));
    }

    @Test
    void existingOnly_acceptsWhatHasADirectory() throws Exception {
        Files.createDirectories(root().resolve("ann"));
        Files.createFile(root().resolve("bob"));
        Maildir store = maildir().existingOnly();
        assertTrue(store.accepts(ANN));
        assertTrue(store.accepts(MailAddress.of("ann+lists@example.org")));
        assertFalse(store.accepts(BOB), "a file is no mailbox");
        assertFalse(store.accepts(MailAddress.of("carol@example.org")));
        assertFalse(store.accepts(MailAddress.of("\"..\"@example.org")));
    }

    @Test
    void existingOnly_mailForNobody_failsAndMakesNothing() throws Exception {
        Files.createDirectories(root().resolve("ann"));
        Map<MailAddress, DeliveryResult> results =
                maildir().existingOnly().deliver(mail("1", letter("x"), BOB, ANN));
        assertRefused(DeliveryResult.Failed.class, "5.1.1", results, BOB);
        assertInstanceOf(DeliveryResult.Delivered.class, results.get(ANN));
        assertEquals(List.of("ann"), names(""));
    }

    @Test
    void I8_existingOnly_missingRoot_isTroubleAndNotAnAbsentMailbox() throws Exception {
        Maildir store = maildir().existingOnly();
        assertThrows(IOException.class, () -> store.accepts(ANN));
        assertDeferred("4.2.0", store, ANN);
        assertFalse(Files.exists(root()));
    }

    // Repeated deliveries and crashes

    @Test
    void I3_redelivery_afterTheReaderTookIt_makesNoSecondCopy() throws Exception {
        deliverToAll(maildir(), to("ann@example.org"));
        Path file = files("ann/new").get(0);
        Files.move(file, root().resolve("ann/cur").resolve(file.getFileName() + ":2,FRS"));
        deliverToAll(maildir(), to("ann@example.org"));
        assertEquals(List.of(), names("ann/new"));
        assertEquals(1, names("ann/cur").size());
    }

    @Test
    void I3_redelivery_byAnotherProcessAtAnotherTime_makesNoSecondCopy() throws Exception {
        deliverToAll(maildir(), to("ann@example.org"));
        deliverToAll(maildir().clock(Clock.fixed(NOW, ZoneOffset.UTC)), to("ann@example.org"));
        assertEquals(1, names("ann/new").size());
    }

    @Test
    void I3_redelivery_ofWhatLiesHalfWrittenInTmp_deliversIt() throws Exception {
        deliverToAll(maildir(), to("ann@example.org"));
        Path file = files("ann/new").get(0);
        Path half = root().resolve("ann/tmp").resolve(file.getFileName());
        Files.move(file, half);
        Files.write(half, new byte[] {'R'});
        deliverToAll(maildir(), to("ann@example.org"));
        assertArrayEquals(bytes(letter("hello")), read(ANN).get(0));
        assertEquals(1, names("ann/tmp").size(), "not old enough to go");
    }

    @Test
    void I1_redelivery_ofWhatWasNotSyncedIntoNew_syncsItBeforeItSaysDelivered() throws Exception {
        RecordingDisk disk = new RecordingDisk(root());
        Maildir store = Maildir.at(root(), disk);
        disk.failAt("fsyncdir ann/new", new IOException("no"));
        assertDeferred("4.2.0", store, ANN);
        assertEquals(1, names("ann/new").size());
        assertDeferred("4.2.0", store, ANN);
        disk.heal().calls.clear();
        deliverToAll(store, to("ann@example.org"));
        assertEquals("fsyncdir ann/new", disk.calls.get(disk.calls.size() - 1));
        assertEquals(1, names("ann/new").size());
    }

    @Test
    void tmp_leftOvers_goAfter36Hours() throws Exception {
        Path tmp = Files.createDirectories(root().resolve("ann/tmp"));
        touch(tmp.resolve("old"), Duration.ofHours(37));
        touch(tmp.resolve("young"), Duration.ofHours(35));
        Files.createDirectory(tmp.resolve("directory"));
        Files.setLastModifiedTime(
                tmp.resolve("directory"), FileTime.from(NOW.minus(Duration.ofDays(9))));
        deliverToAll(maildir().clock(Clock.fixed(NOW, ZoneOffset.UTC)), to("ann@example.org"));
        assertEquals(List.of("directory", "young"), names("ann/tmp"));
    }

    private static void touch(Path file, Duration age) throws IOException {
        Files.createFile(file);
        Files.setLastModifiedTime(file, FileTime.from(NOW.minus(age)));
    }

    @Test
    void tmp_ofAMailboxInUse_isSweptAgainAfter36Hours() throws Exception {
        MovableClock clock = new MovableClock();
        Maildir store = maildir().clock(clock);
        deliverToAll(store, mail("1", letter("x"), ANN));
        touch(root().resolve("ann/tmp/left"), Duration.ZERO);
        clock.move(Duration.ofHours(35));
        deliverToAll(store, mail("2", letter("x"), ANN));
        assertEquals(List.of("left"), names("ann/tmp"));
        clock.move(Duration.ofHours(2));
        deliverToAll(store, mail("3", letter("x"), ANN));
        assertEquals(List.of(), names("ann/tmp"));
    }

    @Test
    void tmp_fileBeingWritten_isNotSweptByAClockFarAhead() throws Exception {
        MovableClock clock = new MovableClock();
        clock.move(Duration.ofDays(20_000));
        Maildir store = maildir().clock(clock);
        Content slow =
                new Content() {
                    @Override
                    public long size() {
                        return 1;
                    }

                    @Override
                    public InputStream open() throws IOException {
                        clock.move(Duration.ofHours(37));
                        store.deliver(mail("2", letter("sweeps"), ANN));
                        return new ByteArrayInputStream(new byte[1]);
                    }
                };
        deliverToAll(store, mail("1", slow, ANN));
        assertEquals(2, names("ann/new").size());
    }

    // Order on the disk

    @Test
    void I1_firstDelivery_syncsEachNameBeforeItIsReliedOn() throws Exception {
        RecordingDisk disk = new RecordingDisk(root());
        deliverToAll(Maildir.at(root(), disk), to("ann@example.org"));
        assertEquals(
                List.of(
                        "mkdir .",
                        "fsyncdir ..",
                        "mkdir ann",
                        "fsyncdir .",
                        "mkdir ann/tmp",
                        "mkdir ann/new",
                        "mkdir ann/cur",
                        "fsyncdir ann",
                        "fsyncdir .",
                        "create ann/tmp/FILE",
                        "write .",
                        "fsync .",
                        "rename ann/new/FILE",
                        "fsyncdir ann/new"),
                disk.calls);
    }

    @Test
    void I1_laterDelivery_isWriteSyncRenameSync() throws Exception {
        RecordingDisk disk = new RecordingDisk(root());
        Maildir store = Maildir.at(root(), disk);
        deliverToAll(store, mail("1", letter("x"), ANN));
        disk.calls.clear();
        deliverToAll(store, mail("2", letter("x"), ANN));
        assertEquals(
                List.of(
                        "create ann/tmp/FILE",
                        "write .",
                        "fsync .",
                        "rename ann/new/FILE",
                        "fsyncdir ann/new"),
                disk.calls);
    }

    @Test
    void I1_directoriesOfAnEarlierProcess_areSyncedOnceMore() throws Exception {
        deliverToAll(maildir(), mail("1", letter("x"), ANN));
        RecordingDisk disk = new RecordingDisk(root());
        deliverToAll(Maildir.at(root(), disk), mail("2", letter("x"), ANN));
        assertTrue(disk.calls.containsAll(List.of("fsyncdir ann", "fsyncdir .")), "" + disk.calls);
    }

    // Trouble

    private static void assertDeferred(String status, Maildir store, MailAddress mailbox) {
        assertRefused(
                DeliveryResult.Deferred.class,
                status,
                store.deliver(mail("1", letter("hello"), mailbox)),
                mailbox);
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "write", "fsync ", "rename"})
    void I8_ioError_atAnyStep_defersAndLeavesNothingBehind(String step) throws Exception {
        RecordingDisk disk = new RecordingDisk(root()).failAt(step, new IOException("no"));
        Maildir store = Maildir.at(root(), disk);
        assertDeferred("4.2.0", store, ANN);
        assertEquals(List.of(), names("ann/tmp"));
        assertEquals(List.of(), names("ann/new"));
        disk.heal();
        deliverToAll(store, to("ann@example.org"));
        assertEquals(1, names("ann/new").size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkdir .", "mkdir ann", "mkdir ann/new", "fsyncdir ..", "fsyncdir ann"})
    void I1_ioError_whileMailboxIsMade_isMadeGoodByTheNextAttempt(String step) throws Exception {
        RecordingDisk disk = new RecordingDisk(root()).failAt(step, new IOException("no"));
        Maildir store = Maildir.at(root(), disk);
        assertDeferred("4.2.0", store, ANN);
        disk.heal().calls.clear();
        deliverToAll(store, to("ann@example.org"));
        assertTrue(disk.calls.containsAll(List.of("fsyncdir ann", "fsyncdir .")), "" + disk.calls);
    }

    @Test
    void I8_fileInPlaceOfAMailbox_defersThatRecipientAlone() throws Exception {
        Files.createDirectories(root());
        Files.createFile(root().resolve("ann"));
        Map<MailAddress, DeliveryResult> results =
                maildir().deliver(mail("1", letter("x"), ANN, BOB));
        assertRefused(DeliveryResult.Deferred.class, "4.2.0", results, ANN);
        assertInstanceOf(DeliveryResult.Delivered.class, results.get(BOB));
    }

    @Test
    void I8_fileInPlaceOfNew_defersAndLeavesNothingInTmp() throws Exception {
        Files.createDirectories(root().resolve("ann"));
        Files.createFile(root().resolve("ann/new"));
        assertDeferred("4.2.0", maildir(), ANN);
        assertEquals(List.of(), names("ann/tmp"));
    }

    @Test
    void I8_mailboxRemovedWhileRunning_isMadeAnew() throws Exception {
        Maildir store = maildir();
        deliverToAll(store, mail("0", letter("x"), ANN));
        Files.delete(files("ann/new").get(0));
        for (String directory : List.of("ann/tmp", "ann/new", "ann/cur", "ann")) {
            Files.delete(root().resolve(directory));
        }
        assertDeferred("4.2.0", store, ANN);
        deliverToAll(store, to("ann@example.org"));
        assertEquals(1, names("ann/new").size());
    }

    @Test
    void I8_causes_haveTheirStatus() {
        RecordingDisk disk = new RecordingDisk(root());
        Maildir store = Maildir.at(root(), disk);
        disk.failAt("create", new AccessDeniedException("f"));
        assertDeferred("4.3.0", store, ANN);
        disk.failAt("write", new IOException("No space left on device"));
        assertDeferred("4.3.1", store, ANN);
        disk.failAt("write", new IOException("Auf dem Ger\u00e4t ist kein Speicherplatz mehr"));
        assertDeferred("4.2.0", store, ANN);
        disk.fill();
        assertDeferred("4.3.1", store, ANN);
        disk.failAt("write", new IOException("Disk quota exceeded"));
        assertDeferred("4.2.2", store, ANN);
        disk.heal().failAt("create", new FileSystemException("quota", null, "no"));
        assertDeferred("4.2.0", store, ANN);
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 11})
    void I8_contentOfAnotherSizeThanItSaid_isNotDelivered(int octets) throws Exception {
        Content liar =
                new Content() {
                    @Override
                    public long size() {
                        return 10;
                    }

                    @Override
                    public InputStream open() {
                        return new ByteArrayInputStream(new byte[octets]);
                    }
                };
        assertRefused(
                DeliveryResult.Deferred.class,
                "4.2.0",
                maildir().deliver(mail("1", liar, ANN)),
                ANN);
        assertEquals(List.of(), names("ann/tmp"));
        assertEquals(0, read(ANN).size());
    }

    @Test
    void I8_contentThatThrows_defersAllAndLeavesNothing() throws Exception {
        Content broken =
                new Content() {
                    @Override
                    public long size() {
                        return 10;
                    }

                    @Override
                    public InputStream open() {
                        throw new IllegalStateException("bug");
                    }
                };
        Map<MailAddress, DeliveryResult> results = maildir().deliver(mail("1", broken, ANN, BOB));
        assertRefused(DeliveryResult.Deferred.class, "4.2.0", results, ANN);
        assertRefused(DeliveryResult.Deferred.class, "4.2.0", results, BOB);
        assertEquals(List.of(), names("ann/tmp"));
        assertEquals(List.of(), names("bob/tmp"));
    }

    @Test
    void I3_sameDeliveryTwiceAtOnce_makesOneCopy() throws Exception {
        Maildir store = maildir();
        List<Map<MailAddress, DeliveryResult>> inner = new ArrayList<>();
        byte[] octets = bytes(letter("hello"));
        Content content =
                new Content() {
                    @Override
                    public long size() {
                        return octets.length;
                    }

                    @Override
                    public InputStream open() {
                        // While the first attempt writes, a second one begins.
                        inner.add(store.deliver(to("ann@example.org")));
                        return new ByteArrayInputStream(octets);
                    }
                };
        deliverToAll(store, mail("1", content, ANN));
        assertRefused(DeliveryResult.Deferred.class, "4.2.0", inner.get(0), ANN);
        assertEquals(1, names("ann/new").size());
    }

    @Test
    void I9_manyDeliveries_leaveNoFileOpen() throws Exception {
        Path open = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(open), "no /proc here");
        Maildir store = maildir();
        deliverToAll(store, mail("0", letter("x"), ANN));
        long before = count(open);
        for (int i = 1; i <= 100; i++) {
            deliverToAll(store, mail("" + i, letter("x"), ANN));
        }
        assertTrue(count(open) < before + 50, "files stay open");
        assertEquals(101, new TreeSet<>(names("ann/new")).size());
    }

    private static long count(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.count();
        }
    }

    /** A clock that a test moves. */
    private static final class MovableClock extends Clock {
        private Instant now = NOW;

        void move(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
