package io.embedmta.examples.testing;

import static io.embedmta.testing.MailMatcher.subject;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.route.Route;
import io.embedmta.testing.FakeMail;
import io.embedmta.testing.MailTest;
import io.embedmta.testing.Received;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.mail.MailSenderAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.mail.MailSendException;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;

/** An application of Spring Boot that is told of the server by properties alone. */
class SpringBootMailTest {

    @Configuration
    @ImportAutoConfiguration({SslAutoConfiguration.class, MailSenderAutoConfiguration.class})
    static class Application {}

    private static void sendFrom(Map<String, String> properties) {
        try (ConfigurableApplicationContext application =
                new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .bannerMode(Banner.Mode.OFF)
                        .properties(new HashMap<>(properties))
                        .run()) {
            SimpleMailMessage message = new SimpleMailMessage();
            message.setFrom("app@example.org");
            message.setTo("ann@example.org");
            message.setSubject("from Spring Boot");
            message.setText("hello");
            application.getBean(JavaMailSender.class).send(message);
        }
    }

    @Test
    @MailTest
    void inPlainText(FakeMail mail) {
        sendFrom(mail.springProperties());
        assertFalse(mail.await(subject("from Spring Boot")).tls().isPresent());
    }

    @Test
    @MailTest(tls = true, users = "app:secret")
    void byStartTls_loggedIn(FakeMail mail) {
        sendFrom(mail.springProperties());
        Received received = mail.await(subject("from Spring Boot"));
        assertTrue(received.tls().isPresent());
        assertEquals("app", received.user().orElseThrow().name());
    }

    @Test
    void byImplicitTls() {
        try (FakeMail mail = FakeMail.builder().implicitTls().start()) {
            sendFrom(mail.springProperties());
            assertTrue(mail.await(subject("from Spring Boot")).tls().isPresent());
        }
    }

    @Test
    @MailTest(tls = true)
    void aServerWithAnotherCertificate_isNotTrusted(FakeMail mail) {
        try (FakeMail other = FakeMail.builder().tls().start()) {
            Map<String, String> properties = mail.springProperties();
            properties.put("spring.mail.port", Integer.toString(other.port()));
            assertThrows(MailSendException.class, () -> sendFrom(properties));
            assertTrue(other.received().isEmpty());
        }
    }

    @Test
    @MailTest
    void byTheNameOfAnAgent_withoutASocket(FakeMail mail) {
        try (Mta mta =
                Mta.builder("app.test")
                        .name("spring-boot-mail-test")
                        .route(Route.smartHost(mail.host(), mail.port()))
                        .start()) {
            sendFrom(
                    Map.of(
                            "spring.mail.protocol",
                            "mta",
                            "spring.mail.host",
                            "spring-boot-mail-test"));
            assertEquals(
                    "app@example.org",
                    mail.await(subject("from Spring Boot")).envelope().from().toString());
            assertTrue(mta.isRunning());
        }
    }
}
