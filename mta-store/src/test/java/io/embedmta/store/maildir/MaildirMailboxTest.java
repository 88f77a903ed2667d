package io.embedmta.store.maildir;

import static io.embedmta.store.MailStoreContract.ANN;
import static io.embedmta.store.MailStoreContract.BOB;
import static io.embedmta.store.MailStoreContract.assertRefused;
import static io.embedmta.store.MailStoreContract.deliverToAll;
import static io.embedmta.store.MailStoreContract.letter;
import static io.embedmta.store.MailStoreContract.mail;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which mailbox mail for an address lies. */
class MaildirMailboxTest extends MaildirFixture {
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
}
