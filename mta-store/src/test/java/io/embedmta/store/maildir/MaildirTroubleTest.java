package io.embedmta.store.maildir;

import static io.embedmta.store.MailStoreContract.ANN;
import static io.embedmta.store.MailStoreContract.BOB;
import static io.embedmta.store.MailStoreContract.assertRefused;
import static io.embedmta.store.MailStoreContract.deliverToAll;
import static io.embedmta.store.MailStoreContract.letter;
import static io.embedmta.store.MailStoreContract.mail;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks and messages that fail: whatever happens is temporary, and leaves nothing behind. */
class MaildirTroubleTest extends MaildirFixture {
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
}
