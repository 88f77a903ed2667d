package io.embedmta.jakarta;

import static io.embedmta.jakarta.Letters.letter;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.Outcome;
import io.embedmta.SubmissionReport;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.message.Content;
import io.embedmta.queue.MemoryLimits;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.store.MemoryStore;
import jakarta.activation.DataHandler;
import jakarta.activation.DataSource;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.event.TransportEvent;
import jakarta.mail.event.TransportListener;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.NewsAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Jakarta Mail code hears of what was not sent. */
@Timeout(60)
class SendFailureTest {
    private static final String GOOD = "bob@x.example";
    private static final String UNKNOWN = "bob@no.example";
    private static final String LATER = "bob@later.example";

    private final MemoryStore store = MemoryStore.forAnyone();
    private final Queue<TransportEvent> events = new ArrayDeque<>();
    private Mta mta;

    @BeforeEach
    void start() {
        mta = Letters.agent(store).filter(new SubjectFilter()).start();
    }

    @AfterEach
    void stop() {
        mta.close();
    }

    /** Refuses messages by the words of their subject. */
    private static final class SubjectFilter implements Filter {
        @Override
        public Verdict message(TransactionView tx, Content content) {
            String text;
            try {
                text = Letters.text(content);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            if (text.contains("Subject: spam")) {
                return Verdict.reject(554, "5.7.1", "no spam");
            }
            return text.contains("Subject: news")
                    ? Verdict.defer(451, "4.7.1", "not now")
                    : Verdict.next();
        }
    }

    /** Sends with a listener, and gives the exception. */
    private <E extends MessagingException> E failure(
            Class<E> kind, MimeMessage message, String... recipients) throws Exception {
        Address[] to = new Address[recipients.length];
        for (int i = 0; i < to.length; i++) {
            InternetAddress address = new InternetAddress();
            address.setAddress(recipients[i]);
            to[i] = address;
        }
        Transport transport = message.getSession().getTransport("mta");
        transport.addTransportListener(
                new TransportListener() {
                    @Override
                    public void messageDelivered(TransportEvent event) {
                        events.add(event);
                    }

                    @Override
                    public void messageNotDelivered(TransportEvent event) {
                        events.add(event);
                    }

                    @Override
                    public void messagePartiallyDelivered(TransportEvent event) {
                        events.add(event);
                    }
                });
        try (transport) {
            transport.connect();
            message.saveChanges();
            return assertThrows(kind, () -> transport.sendMessage(message, to));
        }
    }

    private static void assertArrays(
            SendFailedException failed, String sent, String unsent, String invalid)
            throws MessagingException {
        assertArrayEquals(InternetAddress.parse(sent), failed.getValidSentAddresses());
        assertArrayEquals(InternetAddress.parse(unsent), failed.getValidUnsentAddresses());
        assertArrayEquals(InternetAddress.parse(invalid, false), failed.getInvalidAddresses());
    }

    private TransportEvent event(int type, SendFailedException failed) {
        TransportEvent event = events.remove();
        assertEquals(type, event.getType());
        assertArrayEquals(failed.getValidSentAddresses(), event.getValidSentAddresses());
        assertArrayEquals(failed.getValidUnsentAddresses(), event.getValidUnsentAddresses());
        assertArrayEquals(failed.getInvalidAddresses(), event.getInvalidAddresses());
        return event;
    }

    private static Session partial(Mta mta, String property) {
        Properties properties = new Properties();
        properties.put(property, true);
        return mta.session(properties);
    }

    @Test
    void recipient_refused_keepsTheMessageFromAll() throws Exception {
        MimeMessage message = letter(mta.session());
        SendFailedException failed =
                failure(SendFailedException.class, message, GOOD, UNKNOWN, LATER);
        assertArrays(failed, "", GOOD + "," + LATER, UNKNOWN);
        event(TransportEvent.MESSAGE_NOT_DELIVERED, failed);

        SMTPAddressFailedException first =
                assertInstanceOf(SMTPAddressFailedException.class, failed.getNextException());
        assertEquals(UNKNOWN, first.getAddress().getAddress());
        assertEquals(550, first.getReturnCode());
        assertEquals("550 5.1.1 nobody", first.getMessage());
        SMTPAddressFailedException second =
                assertInstanceOf(SMTPAddressFailedException.class, first.getNextException());
        assertEquals(LATER, second.getAddress().getAddress());
        assertEquals("450 4.2.1 later", second.getMessage());

        assertTrue(mta.sentMessages().submission(message).isEmpty());
        assertEquals(0, mta.queueSize());
        assertEquals(0, store.messages().size());
    }

    @Test
    void recipient_refused_isToldByTransportSendToo() throws Exception {
        MimeMessage message = letter(mta.session(), GOOD, UNKNOWN);
        SendFailedException failed =
                assertThrows(SendFailedException.class, () -> Transport.send(message));
        assertArrays(failed, "", GOOD, UNKNOWN);
    }

    @Test
    void recipient_refusedOfAPartialSend_leavesTheMessageToTheOthers() throws Exception {
        for (String property : new String[] {"mail.mta.sendpartial", "mail.smtp.sendpartial"}) {
            MimeMessage message = letter(partial(mta, property));
            SMTPSendFailedException failed =
                    failure(SMTPSendFailedException.class, message, GOOD, UNKNOWN, LATER, "none");
            assertArrays(failed, GOOD, LATER, UNKNOWN + ",none");
            assertEquals(250, failed.getReturnCode());
            TransportEvent event = event(TransportEvent.MESSAGE_PARTIALLY_DELIVERED, failed);

            SubmissionReport report =
                    ((SubmittedEvent) event).submission().completion().get(30, TimeUnit.SECONDS);
            assertEquals(Letters.report(mta, message), report);
            assertEquals(
                    Outcome.Status.DELIVERED, report.outcomes().get(0).status(), report.toString());
            assertEquals(Outcome.Status.REJECTED, report.outcomes().get(1).status());
            String said = String.valueOf(failed.getMessage());
            assertTrue(said.contains(report.queueId().text()), said);
        }
        assertEquals(2, store.messages().size());
    }

    @Test
    void partialSend_askedOfTheMessage_isOne() throws Exception {
        SMTPMessage message = new SMTPMessage(letter(mta.session()));
        message.setSendPartial(true);
        SendFailedException failed = failure(SMTPSendFailedException.class, message, UNKNOWN, GOOD);
        assertArrays(failed, GOOD, "", UNKNOWN);
    }

    @Test
    void partialSend_withoutAnyRecipientTaken_fails() throws Exception {
        MimeMessage message = letter(partial(mta, "mail.mta.sendpartial"));
        SendFailedException failed =
                failure(SendFailedException.class, message, UNKNOWN, LATER, "none");
        assertArrays(failed, "", LATER, UNKNOWN + ",none");
        event(TransportEvent.MESSAGE_NOT_DELIVERED, failed);
    }

    @Test
    void address_thatIsNone_isInvalid() throws Exception {
        SendFailedException failed =
                failure(SendFailedException.class, letter(mta.session()), GOOD, "two words", "");
        assertEquals(2, failed.getInvalidAddresses().length);
        assertArrayEquals(InternetAddress.parse(GOOD), failed.getValidUnsentAddresses());
        SMTPAddressFailedException first =
                assertInstanceOf(SMTPAddressFailedException.class, failed.getNextException());
        assertEquals(553, first.getReturnCode());
        event(TransportEvent.MESSAGE_NOT_DELIVERED, failed);
    }

    @Test
    void recipients_noneOrOfAnotherKind_areAMistake() throws Exception {
        MimeMessage message = letter(mta.session());
        assertThrows(SendFailedException.class, () -> Transport.send(message));
        failure(SendFailedException.class, message);
        try (Transport transport = mta.session().getTransport("mta")) {
            transport.connect();
            Address[] news = {new NewsAddress("comp.lang.java")};
            MessagingException failed =
                    assertThrows(
                            MessagingException.class, () -> transport.sendMessage(message, news));
            assertTrue(String.valueOf(failed.getMessage()).contains("comp.lang.java"));
        }
    }

    @Test
    void message_refusedByAFilter_tellsTheReply() throws Exception {
        MimeMessage spam = letter(mta.session());
        spam.setSubject("spam");
        SMTPSendFailedException failed = failure(SMTPSendFailedException.class, spam, GOOD);
        assertEquals(554, failed.getReturnCode());
        assertEquals("554 5.7.1 no spam", failed.getMessage());
        assertArrays(failed, "", GOOD, "");
        event(TransportEvent.MESSAGE_NOT_DELIVERED, failed);

        MimeMessage news = letter(mta.session());
        news.setSubject("news");
        SMTPSendFailedException deferred = failure(SMTPSendFailedException.class, news, GOOD);
        assertEquals("451 4.7.1 not now", deferred.getMessage());
        assertEquals(0, mta.queueSize());
    }

    @Test
    void queue_thatIsFull_refusesForNow() throws Exception {
        try (Mta full =
                Letters.agent(store)
                        .store("busy.example", MemoryStore.forAnyone().limitedTo(1, 1))
                        .queue(MemoryQueue.create(MemoryLimits.defaults().withMaxMessages(1)))
                        .start()) {
            Transport.send(letter(full.session(), "bob@busy.example"));
            SMTPSendFailedException failed =
                    failure(SMTPSendFailedException.class, letter(full.session()), GOOD);
            assertEquals(452, failed.getReturnCode());
            assertArrays(failed, "", GOOD, "");
        }
    }

    @Test
    void sender_thatIsNoAddress_isNamed() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("mail.mta.from", "no one");
        SMTPSendFailedException failed =
                failure(SMTPSendFailedException.class, letter(mta.session(properties)), GOOD);
        assertEquals(553, failed.getReturnCode());
        SMTPSenderFailedException sender =
                assertInstanceOf(SMTPSenderFailedException.class, failed.getNextException());
        assertEquals("no one", sender.getAddress().getAddress());
        assertArrays(failed, "", GOOD, "");
    }

    @Test
    void option_thatIsNotKnown_isRefused() throws Exception {
        for (String[] option :
                new String[][] {
                    {"mail.smtp.mailextension", "HOLDFOR=60"},
                    {"mail.smtp.dsn.notify", "SOMETIMES"},
                    {"mail.smtp.dsn.ret", "HALF"}
                }) {
            Properties properties = new Properties();
            properties.setProperty(option[0], option[1]);
            MessagingException failed =
                    failure(MessagingException.class, letter(mta.session(properties)), GOOD);
            String said = String.valueOf(failed.getMessage());
            assertTrue(said.contains(option[1]), said);
            assertFalse(failed instanceof SendFailedException, said);
        }
        assertEquals(0, store.messages().size());
    }

    /** An attachment that is gone. */
    private static final class BrokenSource implements DataSource {
        @Override
        public InputStream getInputStream() throws IOException {
            throw new IOException("gone");
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            throw new IOException("gone");
        }

        @Override
        public String getContentType() {
            return "application/octet-stream";
        }

        @Override
        public String getName() {
            return "gone.bin";
        }
    }

    @Test
    void message_thatCannotBeRead_isRefusedForNow_I8() throws Exception {
        MimeMessage message = letter(mta.session());
        message.setDataHandler(new DataHandler(new BrokenSource()));
        message.setHeader("Content-Transfer-Encoding", "base64");
        SMTPSendFailedException failed = failure(SMTPSendFailedException.class, message, GOOD);
        assertEquals(451, failed.getReturnCode());
        assertEquals(0, mta.queueSize());
        event(TransportEvent.MESSAGE_NOT_DELIVERED, failed);
    }

    @Test
    void message_thatCannotBeSerialised_isNotSent() throws Exception {
        MimeMessage message =
                new MimeMessage(letter(mta.session())) {
                    @Override
                    public void writeTo(OutputStream out, String[] ignored)
                            throws MessagingException {
                        throw new MessagingException("hostile");
                    }
                };
        MessagingException failed = failure(MessagingException.class, message, GOOD);
        String said = String.valueOf(failed.getMessage());
        assertTrue(said.contains("cannot be serialised"), said);
        assertEquals(0, mta.queueSize());
    }

    @Test
    void agent_closed_saysSo() throws Exception {
        Session session = mta.session();
        MimeMessage message = letter(session, GOOD);
        Transport connected = session.getTransport("mta");
        try (connected) {
            connected.connect();
            mta.close();
            assertClosed(
                    assertThrows(
                            MessagingException.class,
                            () -> connected.sendMessage(message, message.getAllRecipients())));
        }
        assertClosed(assertThrows(MessagingException.class, () -> Transport.send(message)));
        assertFalse(mta.isRunning());
    }

    private static void assertClosed(MessagingException failed) {
        assertEquals(
                "The agent own.example is closed; connect to one that runs, or keep it open"
                        + " longer.",
                failed.getMessage());
    }
}
