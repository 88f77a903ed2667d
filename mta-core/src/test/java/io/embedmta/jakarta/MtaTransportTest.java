package io.embedmta.jakarta;

import static io.embedmta.jakarta.Letters.letter;
import static io.embedmta.jakarta.Letters.report;
import static io.embedmta.jakarta.Letters.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.Outcome;
import io.embedmta.SubmissionReport;
import io.embedmta.message.DsnReturn;
import io.embedmta.message.Envelope;
import io.embedmta.message.Notify;
import io.embedmta.message.ReversePath;
import io.embedmta.store.MemoryStore;
import io.embedmta.store.StoredMail;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.event.TransportAdapter;
import jakarta.mail.event.TransportEvent;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Jakarta Mail code sends, and how it arrives. */
@Timeout(60)
class MtaTransportTest {
    private final MemoryStore store = MemoryStore.forAnyone();
    private Mta mta;

    @BeforeEach
    void start() {
        mta = Letters.agent(store).start();
    }

    @AfterEach
    void stop() {
        mta.close();
    }

    private StoredMail delivered(Message message) throws Exception {
        SubmissionReport report = report(mta, message);
        assertTrue(report.isSuccess(), report.toString());
        return store.messages().stream()
                .filter(mail -> mail.id().equals(report.queueId()))
                .findFirst()
                .orElseThrow();
    }

    private Session session(String... options) {
        Properties properties = new Properties();
        for (int i = 0; i < options.length; i += 2) {
            properties.setProperty(options[i], options[i + 1]);
        }
        return mta.session(properties);
    }

    @Test
    void message_sentByTransportSend_arrives() throws Exception {
        MimeMessage message = letter(mta.session(), "bob@x.example");
        Transport.send(message);
        StoredMail mail = delivered(message);
        assertEquals(Envelope.from("ann@x.example").to("bob@x.example"), mail.envelope());
        String text = text(mail.content());
        assertTrue(text.contains("\r\nSubject: Hello\r\n"), text);
        assertTrue(text.contains("\r\nMessage-ID: " + message.getMessageID()), text);
        assertTrue(text.endsWith("\r\n\r\nHello."), text);
    }

    @Test
    void message_withBcc_goesToAllAndShowsNone() throws Exception {
        MimeMessage message = letter(mta.session(), "bob@x.example");
        message.setRecipients(Message.RecipientType.CC, "cat@x.example");
        message.setRecipients(Message.RecipientType.BCC, "secret@x.example");
        Transport.send(message);
        StoredMail mail = delivered(message);
        assertEquals(
                Envelope.from("ann@x.example")
                        .to("bob@x.example", "cat@x.example", "secret@x.example")
                        .recipients(),
                mail.envelope().recipients());
        String text = text(mail.content());
        assertTrue(text.contains("cat@x.example"), text);
        assertFalse(text.contains("secret"), text);
        assertEquals(1, message.getRecipients(Message.RecipientType.BCC).length);
    }

    @Test
    void message_changedAfterItWasSent_arrivesAsItWas() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<String> arrived = new CompletableFuture<>();
        try (Mta slow =
                Mta.builder("own.example")
                        .store(
                                "x.example",
                                mail -> {
                                    try {
                                        goOn.await();
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                    arrived.complete(text(mail.content()));
                                })
                        .start()) {
            MimeMessage message = letter(slow.session(), "bob@x.example");
            Transport.send(message);
            message.setText("Changed.");
            message.saveChanges();
            goOn.countDown();
            String text = arrived.get(30, TimeUnit.SECONDS);
            assertTrue(text.endsWith("\r\n\r\nHello."), text);
        }
    }

    @Test
    void transport_connectedOnce_sendsManyToTheAddressesGiven() throws Exception {
        Session session = mta.session();
        try (Transport transport = session.getTransport("mta")) {
            transport.connect("smtp.elsewhere.example", 25, "user", "password");
            assertTrue(transport.isConnected());
            for (String to : List.of("dan@x.example", "eve@x.example")) {
                MimeMessage message = letter(session, "bob@x.example");
                transport.sendMessage(message, new Address[] {new InternetAddress(to)});
                assertEquals(
                        to, delivered(message).envelope().recipients().get(0).address().toString());
            }
            assertThrows(IllegalStateException.class, transport::connect);
        }
    }

    @Test
    void transport_notConnected_isAMistake() throws Exception {
        Session session = mta.session();
        MimeMessage message = letter(session, "bob@x.example");
        Transport transport = session.getTransport("mta");
        assertThrows(
                IllegalStateException.class,
                () -> transport.sendMessage(message, message.getAllRecipients()));
        transport.connect();
        transport.close();
        assertFalse(transport.isConnected());
        assertThrows(
                IllegalStateException.class,
                () -> transport.sendMessage(message, message.getAllRecipients()));
    }

    private ReversePath sender(MimeMessage message) throws Exception {
        Transport.send(message, new Address[] {new InternetAddress("bob@x.example")});
        return delivered(message).envelope().from();
    }

    @Test
    void sender_isTakenAsSmtpTakesIt() throws Exception {
        assertEquals("ann@x.example", sender(letter(mta.session())).toString());

        MimeMessage bySender = new MimeMessage(mta.session());
        bySender.setSender(new InternetAddress("sue@x.example"));
        bySender.setText("");
        assertEquals("sue@x.example", sender(bySender).toString());

        MimeMessage byNobody = new MimeMessage(session("mail.from", "me@x.example"));
        byNobody.setText("");
        assertEquals("me@x.example", sender(byNobody).toString());

        Session smtp = session("mail.smtp.from", "smtp@x.example");
        assertEquals("smtp@x.example", sender(letter(smtp)).toString());
        Session both = session("mail.smtp.from", "a@x.example", "mail.mta.from", "b@x.example");
        assertEquals("b@x.example", sender(letter(both)).toString());
        assertTrue(sender(letter(session("mail.mta.from", "<>"))).isNull());

        SMTPMessage own = new SMTPMessage(letter(both));
        own.setEnvelopeFrom("own@x.example");
        assertEquals("own@x.example", sender(own).toString());
    }

    @Test
    void notifyOptions_ofMessageAndSession_areInTheEnvelope() throws Exception {
        Session session =
                session("mail.smtp.dsn.notify", "success, DELAY", "mail.mta.dsn.ret", "hdrs");
        MimeMessage message = letter(session, "bob@x.example");
        Transport.send(message);
        Envelope asked = delivered(message).envelope();
        assertEquals(DsnReturn.HDRS, asked.dsnReturn().orElseThrow());
        assertEquals(
                EnumSet.of(Notify.SUCCESS, Notify.DELAY),
                asked.recipients().get(0).notifyParameter().orElseThrow());

        SMTPMessage own = new SMTPMessage(letter(session, "bob@x.example"));
        own.setNotifyOptions(SMTPMessage.NOTIFY_NEVER);
        own.setReturnOption(SMTPMessage.RETURN_FULL);
        Transport.send(own);
        Envelope never = delivered(own).envelope();
        assertEquals(DsnReturn.FULL, never.dsnReturn().orElseThrow());
        assertEquals(Set.of(), never.recipients().get(0).notifyParameter().orElseThrow());

        own.setNotifyOptions(SMTPMessage.NOTIFY_FAILURE | SMTPMessage.NOTIFY_DELAY);
        Transport.send(own);
        assertEquals(
                EnumSet.of(Notify.FAILURE, Notify.DELAY),
                delivered(own).envelope().recipients().get(0).notifyParameter().orElseThrow());
    }

    @Test
    void octetsAbove127_inBodyAndAddress_areAskedOfTheNextServer() throws Exception {
        Session session = session("mail.mime.allowutf8", "true");
        MimeMessage eightBit = letter(session, "bob@x.example");
        eightBit.setText("Grüße", "UTF-8");
        eightBit.setHeader("Content-Transfer-Encoding", "8bit");
        Transport.send(eightBit);
        StoredMail mail = delivered(eightBit);
        assertTrue(mail.envelope().eightBit());
        assertFalse(mail.envelope().smtpUtf8());

        MimeMessage utf8 = letter(session);
        utf8.setRecipient(Message.RecipientType.TO, new InternetAddress("jörg@x.example"));
        Transport.send(utf8);
        assertTrue(delivered(utf8).envelope().smtpUtf8());
        assertEquals(
                "jörg@x.example",
                delivered(utf8).envelope().recipients().get(0).address().toString());
    }

    @Test
    void groups_standForTheirMembers() throws Exception {
        MimeMessage message = letter(mta.session());
        message.setHeader("To", "friends: bob@x.example, cat@x.example;, dan@x.example");
        Transport.send(message);
        assertEquals(
                Envelope.from("")
                        .to("bob@x.example", "cat@x.example", "dan@x.example")
                        .recipients(),
                delivered(message).envelope().recipients());
    }

    @Test
    void recipient_givenTwice_getsItOnce() throws Exception {
        MimeMessage message = letter(mta.session(), "bob@x.example");
        message.setRecipients(Message.RecipientType.BCC, "bob@x.example, Bob@x.example");
        Transport.send(message);
        assertEquals(
                Envelope.from("").to("bob@x.example", "Bob@x.example").recipients(),
                delivered(message).envelope().recipients());
    }

    @Test
    void listener_isToldOfTheSubmissionAndMayFail_I8() throws Exception {
        Session session = mta.session();
        MimeMessage message = letter(session);
        CompletableFuture<TransportEvent> told = new CompletableFuture<>();
        try (Transport transport = session.getTransport("mta")) {
            transport.addTransportListener(
                    new TransportAdapter() {
                        @Override
                        public void messageDelivered(TransportEvent event) {
                            told.complete(event);
                            throw new IllegalStateException("hostile");
                        }
                    });
            transport.connect();
            transport.sendMessage(message, InternetAddress.parse("bob@x.example"));
            SubmittedEvent event = assertInstanceOf(SubmittedEvent.class, told.getNow(null));
            assertSame(mta.sentMessages().submission(message).orElseThrow(), event.submission());
            assertSame(message, event.getMessage());
            assertArrayEquals(
                    InternetAddress.parse("bob@x.example"), event.getValidSentAddresses());
            assertEquals(0, event.getInvalidAddresses().length);
            assertEquals(0, event.getValidUnsentAddresses().length);
        }
    }

    @Test
    void outcomes_ofASentMessage_areToldByTheMessage() throws Exception {
        MimeMessage message = letter(mta.session(), "bob@x.example");
        assertTrue(mta.sentMessages().submission(message).isEmpty());
        Transport.send(message);
        SubmissionReport first = report(mta, message);
        assertEquals(Outcome.Status.DELIVERED, first.outcomes().get(0).status());
        Transport.send(message);
        assertFalse(first.queueId().equals(report(mta, message).queueId()), "the last counts");
        assertTrue(mta.sentMessages().submission(new MimeMessage(message)).isEmpty());
    }

    @Test
    void threads_thatShareATransport_loseNothing() throws Exception {
        int threads = 8;
        int each = 50;
        Session session = mta.session();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (Transport transport = session.getTransport("mta")) {
            transport.connect();
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                String to = "t" + thread + "@x.example";
                all.add(
                        pool.submit(
                                () -> {
                                    for (int i = 0; i < each; i++) {
                                        MimeMessage message = letter(session, to);
                                        message.saveChanges();
                                        transport.sendMessage(message, message.getAllRecipients());
                                        assertEquals(
                                                to,
                                                report(mta, message)
                                                        .outcomes()
                                                        .get(0)
                                                        .recipient()
                                                        .toString());
                                    }
                                    return to;
                                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals(threads * each, store.messages().size());
    }
}
