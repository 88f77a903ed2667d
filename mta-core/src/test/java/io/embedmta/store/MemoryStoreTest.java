package io.embedmta.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryStoreTest extends MailStoreContract {
    private final MemoryStore store = MemoryStore.forAnyone();

    @Override
    protected MailStore open() {
        return store;
    }

    @Override
    protected List<byte[]> read(MailAddress mailbox) throws Exception {
        List<byte[]> all = new ArrayList<>();
        for (StoredMail mail : store.messages(mailbox)) {
            all.add(bytes(mail.content()));
        }
        return all;
    }

    @Override
    protected boolean tellsRepeats() {
        return true;
    }

    @Test
    void content_ofAFileThatGoes_wasCopied(@TempDir Path spool) throws Exception {
        Path file = Files.writeString(spool.resolve("mail"), "A: b\r\n\r\n");
        deliverToAll(store, mail("1", Content.of(file), ANN));
        Files.delete(file);
        byte[] octets = bytes(store.messages(ANN).get(0).content());
        assertArrayEquals("A: b\r\n\r\n".getBytes(StandardCharsets.US_ASCII), octets);
    }

    @Test
    void messages_forTwoMailboxes_areListedOnce() throws Exception {
        deliverToAll(store, mail("1", letter("both"), ANN, BOB));
        assertEquals(1, store.messages().size());
        assertEquals(store.messages(), store.messages(ANN));
        assertEquals(store.messages(), store.messages(BOB));
    }

    @Test
    void messages_areASnapshotInOrder() throws Exception {
        deliverToAll(store, mail("b", letter("first"), ANN));
        List<StoredMail> before = store.messages();
        deliverToAll(store, mail("a", letter("second"), ANN));
        assertEquals(1, before.size());
        assertEquals(List.of("b", "a"), store.messages().stream().map(m -> m.id().text()).toList());
    }

    @Test
    void envelope_ofARepeat_namesTheNewRecipientsAlone() throws Exception {
        deliverToAll(store, mail("1", letter("x"), ANN));
        deliverToAll(store, mail("1", letter("x"), ANN, BOB));
        StoredMail second = store.messages().get(1);
        assertEquals(mail("1", letter("x"), BOB).envelope(), second.envelope());
    }

    @Test
    void forMailboxes_anotherAddress_isNotAcceptedAndFails() throws Exception {
        MemoryStore annOnly = MemoryStore.forMailboxes("ann@example.org");
        assertTrue(annOnly.accepts(ANN));
        assertFalse(annOnly.accepts(BOB));
        Map<MailAddress, DeliveryResult> results =
                annOnly.deliver(mail("1", letter("x"), ANN, BOB));
        assertInstanceOf(DeliveryResult.Delivered.class, results.get(ANN));
        assertRefused(DeliveryResult.Failed.class, "5.1.1", results, BOB);
    }

    @Test
    void I8_limit_ofMessages_defersWhatDoesNotFit() throws Exception {
        MemoryStore small = store.limitedTo(1, 1000);
        Map<MailAddress, DeliveryResult> results = small.deliver(mail("1", letter("x"), ANN, BOB));
        assertInstanceOf(DeliveryResult.Delivered.class, results.get(ANN));
        assertFull(results, BOB);
        assertEquals(1, small.messages(ANN).size());
        assertEquals(0, small.messages(BOB).size());

        small.clear();
        deliverToAll(small, mail("1", letter("x"), BOB));
    }

    @Test
    void I8_limit_ofOctets_isKeptToTheOctet() throws Exception {
        MemoryStore small = store.limitedTo(10, 100);
        deliverToAll(small, mail("1", Content.of(new byte[60]), ANN));
        assertFull(small.deliver(mail("2", Content.of(new byte[41]), ANN)), ANN);
        deliverToAll(small, mail("3", Content.of(new byte[40]), ANN));
        assertFull(small.deliver(mail("4", Content.of(new byte[1]), ANN)), ANN);
    }

    @Test
    void I5_content_aboveTheLimit_isNotEvenRead() throws Exception {
        Content huge =
                new Content() {
                    @Override
                    public long size() {
                        return 1L << 40;
                    }

                    @Override
                    public InputStream open() {
                        throw new AssertionError("opened");
                    }
                };
        assertFull(store.deliver(mail("1", huge, ANN)), ANN);
    }

    private static void assertFull(Map<MailAddress, DeliveryResult> results, MailAddress mailbox) {
        assertRefused(DeliveryResult.Deferred.class, "4.2.2", results, mailbox);
    }

    @Test
    void I8_content_shorterThanItsSize_isNotDelivered() {
        Content cut =
                new Content() {
                    @Override
                    public long size() {
                        return 10;
                    }

                    @Override
                    public InputStream open() {
                        return new ByteArrayInputStream(new byte[9]);
                    }
                };
        assertThrows(IOException.class, () -> store.deliver(mail("1", cut, ANN)));
        assertEquals(List.of(), store.messages());
    }

    @Test
    void limitedTo_nothing_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> store.limitedTo(0, 1));
        assertThrows(IllegalArgumentException.class, () -> store.limitedTo(1, 0));
    }

    @Test
    void close_leavesTheMessagesReadable() throws Exception {
        deliverToAll(store, mail("1", letter("x"), ANN));
        store.close();
        assertEquals(1, store.messages(ANN).size());
    }
}
