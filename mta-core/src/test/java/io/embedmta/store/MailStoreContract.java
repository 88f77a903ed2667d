package io.embedmta.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link MailStore} in executable form. Extend it, and all its tests run on your
 * store, each on a fresh one that has (or makes) mailboxes for {@link #ANN} and {@link #BOB}.
 */
public abstract class MailStoreContract {
    /** A mailbox of the store. */
    public static final MailAddress ANN = MailAddress.of("ann@example.org");

    /** Another mailbox of the store. */
    public static final MailAddress BOB = MailAddress.of("bob@example.org");

    private MailStore store;

    /** For the test of an implementation. */
    protected MailStoreContract() {}

    /** A fresh, empty store. */
    protected abstract MailStore open() throws Exception;

    /** The octets of all messages in a mailbox of the store that was opened last, in any order. */
    protected abstract List<byte[]> read(MailAddress mailbox) throws Exception;

    /** Whether the store can tell that it has this queue id for this recipient already. */
    protected abstract boolean tellsRepeats();

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    /** A message of some lines. */
    public static Content letter(String text) {
        return Content.of("Return-Path: <eve@x.example>\r\nSubject: hi\r\n\r\n" + text + "\r\n");
    }

    /** A message for these. */
    public static LocalMail mail(String id, Content content, MailAddress... recipients) {
        Envelope envelope = Envelope.from("eve@x.example");
        for (MailAddress recipient : recipients) {
            envelope = envelope.to(recipient.toString());
        }
        return new LocalMail(new QueueId(id), envelope, content);
    }

    /** The octets of a content. */
    public static byte[] bytes(Content content) throws Exception {
        try (InputStream in = content.open()) {
            return in.readAllBytes();
        }
    }

    /** Delivers, and expects that each recipient has the message now. */
    public static void deliverToAll(MailStore store, LocalMail mail) throws Exception {
        Map<MailAddress, DeliveryResult> results = store.deliver(mail);
        Set<MailAddress> recipients =
                mail.envelope().recipients().stream()
                        .map(recipient -> recipient.address())
                        .collect(Collectors.toSet());
        assertEquals(recipients, results.keySet());
        results.values()
                .forEach(result -> assertInstanceOf(DeliveryResult.Delivered.class, result));
    }

    /** Expects that the mailbox did not get the message, in this way and with this status. */
    public static void assertRefused(
            Class<? extends DeliveryResult> kind,
            String status,
            Map<MailAddress, DeliveryResult> results,
            MailAddress mailbox) {
        DeliveryResult result = results.get(mailbox);
        assertNotNull(result, "no result for " + mailbox);
        assertInstanceOf(kind, result);
        assertEquals(status, result.reply().status().toString());
    }

    private void assertMailboxHolds(MailAddress mailbox, byte[] octets) throws Exception {
        List<byte[]> found = read(mailbox);
        assertEquals(1, found.size(), "messages");
        assertArrayEquals(octets, found.get(0));
    }

    @Test
    void accepts_itsOwnMailbox_isTrue() throws Exception {
        assertTrue(store.accepts(ANN));
        assertTrue(store.accepts(BOB));
    }

    @Test
    void deliver_toOne_leavesTheOthersAlone() throws Exception {
        deliverToAll(store, mail("1", letter("one"), ANN));
        assertMailboxHolds(ANN, bytes(letter("one")));
        assertEquals(0, read(BOB).size());
    }

    @Test
    void deliver_toSeveral_namesEachAndReachesEach() throws Exception {
        deliverToAll(store, mail("1", letter("both"), ANN, BOB));
        assertMailboxHolds(ANN, bytes(letter("both")));
        assertMailboxHolds(BOB, bytes(letter("both")));
    }

    @Test
    void deliver_toTheSameRecipientTwiceInOneEnvelope_namesIt() throws Exception {
        deliverToAll(store, mail("1", letter("twice"), ANN, ANN));
    }

    @Test
    void I7_deliver_everyOctet_arrivesAsItWas() throws Exception {
        byte[] octets = new byte[512];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) i;
        }
        deliverToAll(store, mail("1", Content.of(octets), ANN));
        assertMailboxHolds(ANN, octets);
    }

    @Test
    void I7_deliver_lineEndsOfAllKinds_arriveAsTheyWere() throws Exception {
        byte[] octets =
                "A: b\r\n\r\n.\r\n..\r\nFrom me\r\nbare\nlone\rtwo\r\r\n\n\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        deliverToAll(store, mail("1", Content.of(octets), ANN));
        assertMailboxHolds(ANN, octets);
    }

    @Test
    void I7_deliver_withoutFinalLineEnd_addsNone() throws Exception {
        byte[] octets = "A: b\r\n\r\nno end".getBytes(StandardCharsets.US_ASCII);
        deliverToAll(store, mail("1", Content.of(octets), ANN));
        assertMailboxHolds(ANN, octets);
    }

    @Test
    void I7_deliver_emptyContent_isAMessageToo() throws Exception {
        deliverToAll(store, mail("1", Content.of(new byte[0]), ANN));
        assertMailboxHolds(ANN, new byte[0]);
    }

    @Test
    void I7_deliver_fiveMebibytes_arriveAsTheyWere() throws Exception {
        byte[] octets = new byte[5 << 20];
        new Random(5).nextBytes(octets);
        deliverToAll(store, mail("1", new Trickle(octets), ANN, BOB));
        assertMailboxHolds(ANN, octets);
        assertMailboxHolds(BOB, octets);
    }

    @Test
    void I3_deliver_sameIdToSameRecipientAgain_makesNoSecondCopy() throws Exception {
        assumeTrue(tellsRepeats(), "the store cannot tell");
        deliverToAll(store, mail("1", letter("once"), ANN));
        deliverToAll(store, mail("1", letter("once"), ANN));
        assertMailboxHolds(ANN, bytes(letter("once")));
    }

    @Test
    void I3_deliver_againWithAnotherRecipient_reachesTheOtherAlone() throws Exception {
        assumeTrue(tellsRepeats(), "the store cannot tell");
        deliverToAll(store, mail("1", letter("once"), ANN));
        deliverToAll(store, mail("1", letter("once"), ANN, BOB));
        assertMailboxHolds(ANN, bytes(letter("once")));
        assertMailboxHolds(BOB, bytes(letter("once")));
    }

    @Test
    void I2_deliver_sameContentUnderOtherIds_isDeliveredEachTime() throws Exception {
        // The third id ends as the first one does: no part of an id is an id.
        for (String id : List.of("1", "2", "Q1", "11")) {
            deliverToAll(store, mail(id, letter("same"), ANN));
        }
        assertEquals(4, read(ANN).size());
    }

    @Test
    void I2_deliver_fromManyThreads_losesNothingAndMixesNothing() throws Exception {
        int threads = 8;
        int each = 25;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                String prefix = "t" + thread + "m";
                running.add(
                        pool.submit(
                                () -> {
                                    for (int i = 0; i < each; i++) {
                                        String id = prefix + i;
                                        deliverToAll(store, mail(id, letter(id), ANN, BOB));
                                    }
                                    return null;
                                }));
            }
            for (Future<?> run : running) {
                run.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        Set<String> expected =
                IntStream.range(0, threads * each)
                        .mapToObj(i -> "t" + i / each + "m" + i % each)
                        .map(id -> text(letter(id)))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(threads * each, read(ANN).size());
        assertEquals(expected, texts(ANN));
        assertEquals(threads * each, read(BOB).size());
        assertEquals(expected, texts(BOB));
    }

    private static String text(Content content) {
        try {
            return new String(bytes(content), StandardCharsets.ISO_8859_1);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Set<String> texts(MailAddress mailbox) throws Exception {
        Set<String> texts = new TreeSet<>();
        for (byte[] octets : read(mailbox)) {
            texts.add(new String(octets, StandardCharsets.ISO_8859_1));
        }
        return texts;
    }

    @Test
    void close_again_doesNothing() {
        store.close();
        store.close();
    }

    /** Content that comes in pieces of odd sizes, as it does from a spool file behind edits. */
    private static final class Trickle implements Content {
        private final byte[] octets;

        Trickle(byte[] octets) {
            this.octets = octets;
        }

        @Override
        public long size() {
            return octets.length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(octets) {
                @Override
                public synchronized int read(byte[] target, int offset, int length) {
                    return super.read(target, offset, Math.min(length, 4093));
                }
            };
        }
    }
}
