package io.embedmta.examples.jakarta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.event.Delivered;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.Route;
import io.embedmta.smtp.Reply;
import io.embedmta.store.MemoryStore;
import io.embedmta.store.StoredMail;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.mail.MailSendException;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;

/** Spring's own mail sender in front of an agent, by session and by properties. */
@Timeout(60)
class SpringMailTest {
    private final MemoryStore store = MemoryStore.forAnyone();

    private MtaBuilder agent() {
        return Mta.builder("app.example.org")
                .store("x.example", store)
                .route("no.example", new Route.Refused(Reply.of(550, "5.1.1", "nobody")))
                .resolver(StaticResolver.builder().build());
    }

    private static SimpleMailMessage greeting(String... recipients) {
        SimpleMailMessage message = new SimpleMailMessage();
        message.setFrom("ann@x.example");
        message.setTo(recipients);
        message.setBcc("secret@x.example");
        message.setSubject("Grüße");
        message.setText("Hello from Spring.");
        return message;
    }

    private static CompletableFuture<Delivered> delivery(Mta mta) {
        CompletableFuture<Delivered> delivered = new CompletableFuture<>();
        mta.on(Delivered.class, delivered::complete);
        return delivered;
    }

    private void assertGreeted(CompletableFuture<Delivered> delivered) throws Exception {
        delivered.get(10, TimeUnit.SECONDS);
        StoredMail mail = store.messages().get(0);
        assertEquals("ann@x.example", mail.envelope().from().toString());
        assertEquals(2, mail.envelope().recipients().size());
        byte[] octets;
        try (var in = mail.content().open()) {
            octets = in.readAllBytes();
        }
        String text = new String(octets, StandardCharsets.UTF_8);
        assertTrue(text.endsWith("Hello from Spring."), text);
        assertTrue(!text.contains("secret"), text);
    }

    @Test
    void sender_givenOurSession_sends() throws Exception {
        try (Mta mta = agent().start()) {
            CompletableFuture<Delivered> delivered = delivery(mta);
            JavaMailSenderImpl sender = new JavaMailSenderImpl();
            sender.setSession(mta.session());
            sender.testConnection();
            sender.send(greeting("bob@x.example"));
            assertGreeted(delivered);
        }
    }

    /** What Spring Boot makes of spring.mail.protocol, spring.mail.host and the rest. */
    private static JavaMailSenderImpl senderByProperties() {
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setProtocol("mta");
        sender.setHost("app-mail");
        sender.setPort(587);
        sender.setUsername("user");
        sender.setPassword("password");
        return sender;
    }

    @Test
    void sender_givenProtocolAndName_sends() throws Exception {
        JavaMailSenderImpl sender = senderByProperties();
        assertThrows(MessagingException.class, sender::testConnection, "nothing runs yet");
        try (Mta mta = agent().name("app-mail").start()) {
            CompletableFuture<Delivered> delivered = delivery(mta);
            sender.testConnection();
            sender.send(greeting("bob@x.example"));
            assertGreeted(delivered);
        }
        assertThrows(MessagingException.class, sender::testConnection, "nothing runs any more");
    }

    @Test
    void mimeMessage_ofTheSender_hasItsOutcomes() throws Exception {
        try (Mta mta = agent().start()) {
            JavaMailSenderImpl sender = new JavaMailSenderImpl();
            sender.setSession(mta.session());
            MimeMessage message = sender.createMimeMessage();
            MimeMessageHelper helper = new MimeMessageHelper(message, true);
            helper.setFrom("ann@x.example");
            helper.setTo("bob@x.example");
            helper.setText("plain", "<p>rich</p>");
            sender.send(message);
            assertTrue(ExistingCode.outcomes(mta, message).get(10, TimeUnit.SECONDS).isSuccess());
        }
    }

    @Test
    void recipient_refused_isToldBySpring() {
        try (Mta mta = agent().start()) {
            JavaMailSenderImpl sender = new JavaMailSenderImpl();
            sender.setSession(mta.session());
            MailSendException failed =
                    assertThrows(
                            MailSendException.class,
                            () -> sender.send(greeting("bob@x.example", "bob@no.example")));
            SendFailedException refused =
                    assertInstanceOf(SendFailedException.class, failed.getMessageExceptions()[0]);
            assertEquals("bob@no.example", refused.getInvalidAddresses()[0].toString());
            assertEquals(2, refused.getValidUnsentAddresses().length);
            assertEquals(0, store.messages().size());
        }
    }

    @Test
    void sender_ofSmtp_isIntercepted() throws Exception {
        try (Mta mta = agent().start()) {
            CompletableFuture<Delivered> delivered = delivery(mta);
            JavaMailSenderImpl sender = new JavaMailSenderImpl();
            sender.setProtocol("smtp");
            sender.setHost("smtp.invalid");
            mta.interceptSmtp(sender.getSession());
            sender.send(greeting("bob@x.example"));
            assertGreeted(delivered);
        }
    }
}
