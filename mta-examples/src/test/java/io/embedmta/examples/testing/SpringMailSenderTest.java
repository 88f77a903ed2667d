package io.embedmta.examples.testing;

import static io.embedmta.testing.MailMatcher.subject;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.testing.FakeMail;
import io.embedmta.testing.MailTest;
import io.embedmta.testing.Received;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** Spring's sender in front of a fake server: by socket, over TLS, and without a socket. */
class SpringMailSenderTest {

    private static void send(JavaMailSenderImpl sender) {
        SimpleMailMessage message = new SimpleMailMessage();
        message.setFrom("app@example.org");
        message.setTo("ann@example.org");
        message.setSubject("from Spring");
        message.setText("hello");
        sender.send(message);
    }

    @Test
    @MailTest(users = "app:secret")
    void bySpringsOwnProperties(FakeMail mail) {
        Map<String, String> properties = mail.springProperties();
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setHost(properties.get("spring.mail.host"));
        sender.setPort(Integer.parseInt(properties.get("spring.mail.port")));
        sender.setUsername(properties.get("spring.mail.username"));
        sender.setPassword(properties.get("spring.mail.password"));
        sender.getJavaMailProperties()
                .setProperty(
                        "mail.smtp.auth", properties.get("spring.mail.properties.mail.smtp.auth"));
        send(sender);
        assertEquals("app", mail.await(subject("from Spring")).user().orElseThrow().name());
    }

    @Test
    @MailTest(tls = true)
    void overTls(FakeMail mail) {
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setJavaMailProperties(mail.smtpProperties());
        sender.setPort(mail.port());
        send(sender);
        assertTrue(mail.await(subject("from Spring")).tls().isPresent());
    }

    @Test
    @MailTest
    void withoutASocket(FakeMail mail) {
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setSession(mail.mta().session());
        send(sender);
        Received received = mail.await(subject("from Spring"));
        assertTrue(received.transcript().isEmpty());
    }
}
