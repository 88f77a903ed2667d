package io.embedmta.store.maildir;

import static io.embedmta.store.MailStoreContract.ANN;
import static io.embedmta.store.MailStoreContract.assertRefused;
import static io.embedmta.store.MailStoreContract.bytes;
import static io.embedmta.store.MailStoreContract.deliverToAll;
import static io.embedmta.store.MailStoreContract.letter;
import static io.embedmta.store.MailStoreContract.mail;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order a delivery reaches the disk, and what its repetition finds there. */
class MaildirDurabilityTest extends MaildirFixture {
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
}
