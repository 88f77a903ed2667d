package io.embedmta.examples.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.auth.AuthAnswer;
import io.embedmta.auth.Authenticator;
import io.embedmta.auth.Identity;
import io.embedmta.auth.Users;
import io.embedmta.examples.relay.Programs;
import io.embedmta.listener.SmtpListener;
import io.embedmta.store.MailStore;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Tls;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that nobody here wrote log in at a listener for submissions, by all they know. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AuthIT {
    private static final String PASSWORD = "correct horse";
    private static final String TOKEN = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg";
    private static final String LETTER = "Subject: hello\r\n\r\nhello\r\n";

    private final BlockingQueue<String> box = new LinkedBlockingQueue<>();
    private final Mta mta =
            Mta.builder("mx.home.test")
                    .store(
                            "home.test",
                            MailStore.of(
                                    mail -> {
                                        ByteArrayOutputStream octets = new ByteArrayOutputStream();
                                        mail.content().writeTo(octets);
                                        box.add(octets.toString(StandardCharsets.ISO_8859_1));
                                    }))
                    .listener(listener())
                    .start();
    private final int port = mta.addresses().get(0).getPort();

    private static SmtpListener listener() {
        return SmtpListener.on("127.0.0.1", 0)
                .authenticate(new PasswordsAndTokens())
                .allowAuthWithoutTls()
                .submission();
    }

    /** Users that have a password and a token. */
    private static final class PasswordsAndTokens implements Authenticator {
        private final Users users = Users.of().withCramMd5().with("ann@home.test", PASSWORD);

        @Override
        public Optional<Verifiers> verifiers() {
            return users.verifiers();
        }

        @Override
        public Optional<Secrets> secrets() {
            return users.secrets();
        }

        @Override
        public Optional<Tokens> tokens() {
            return Optional.of(
                    (user, token) ->
                            user.equals("ann@home.test") && token.equals(TOKEN)
                                    ? AuthAnswer.accepted(new Identity(user))
                                    : AuthAnswer.rejected());
        }
    }

    @AfterEach
    void close() {
        mta.close();
    }

    private void assertArrived() throws InterruptedException {
        String message = box.poll(30, TimeUnit.SECONDS);
        assertTrue(message != null && message.contains("hello"), message);
        assertTrue(message.contains("\r\nMessage-ID: <"), message);
        assertTrue(message.contains("\r\nDate: "), message);
    }

    private Programs.Ended swaks(String mechanism, String password)
            throws IOException, InterruptedException {
        return Programs.execute(
                Programs.require("swaks"),
                "--server",
                "127.0.0.1:" + port,
                "--auth",
                mechanism,
                "--auth-user",
                "ann@home.test",
                "--auth-password",
                password,
                "--from",
                "ann@home.test",
                "--to",
                "bob@home.test",
                "--data",
                LETTER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5"})
    void swaks_logsIn(String mechanism) throws IOException, InterruptedException {
        Programs.Ended ended = swaks(mechanism, PASSWORD);
        assertEquals(0, ended.exit(), ended.output());
        assertArrived();
        Programs.Ended refused = swaks(mechanism, "wrong");
        assertNotEquals(0, refused.exit(), refused.output());
        assertTrue(refused.output().contains("535 5.7.8"), refused.output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5", "OAUTHBEARER", "XOAUTH2"})
    void curl_logsIn(String mechanism, @TempDir Path folder)
            throws IOException, InterruptedException {
        Path letter = Files.writeString(folder.resolve("letter"), LETTER);
        boolean token = mechanism.contains("OAUTH");
        List<String> command = new ArrayList<>();
        command.addAll(List.of(Programs.require("curl"), "--silent", "--show-error"));
        command.addAll(List.of("--url", "smtp://127.0.0.1:" + port));
        command.addAll(List.of("--login-options", "AUTH=" + mechanism));
        command.addAll(List.of("--mail-from", "ann@home.test", "--mail-rcpt", "bob@home.test"));
        command.addAll(List.of("--upload-file", letter.toString()));
        command.addAll(
                token
                        ? List.of("--user", "ann@home.test", "--oauth2-bearer", TOKEN)
                        : List.of("--user", "ann@home.test:" + PASSWORD));
        Programs.run(command.toArray(String[]::new));
        assertArrived();
    }

    /** GNU SASL knows SCRAM, and checks that the server knows the password, too. */
    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-256", "PLAIN", "LOGIN", "CRAM-MD5"})
    void gsasl_logsIn(String mechanism) throws IOException, InterruptedException {
        Programs.Ended ended = gsasl(mechanism, PASSWORD);
        assertEquals(0, ended.exit(), ended.output());
        assertTrue(ended.output().contains("235 2.7.0"), ended.output());
        Programs.Ended refused = gsasl(mechanism, "wrong");
        assertNotEquals(0, refused.exit(), refused.output());
        assertTrue(refused.output().contains("535 5.7.8"), refused.output());
    }

    /**
     * With channel binding, by {@code tls-exporter} (RFC 9266), the one that both know: it shows
     * the server that nobody sits between.
     */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_25, disabledReason = "older JDKs export no keying material")
    void gsasl_logsInBoundToItsChannel(@TempDir Path folder) throws Exception {
        TestAuthority authority = TestAuthority.create();
        TestAuthority.Identity own = authority.issue("localhost");
        Path anchor = authority.writeCertificate(folder.resolve("ca.pem"));
        Tls tls =
                Tls.pem(
                        own.writeChain(folder.resolve("chain.pem")),
                        own.writeKey(folder.resolve("key.pem")));
        try (Mta secure =
                Mta.builder("localhost")
                        .store("home.test", MailStore.of(mail -> {}))
                        .listener(
                                SmtpListener.on("127.0.0.1", 0)
                                        .tls(tls)
                                        .authenticate(new PasswordsAndTokens())
                                        .submission())
                        .start()) {
            String[] command = {
                Programs.require("gsasl"),
                "--smtp",
                "--starttls",
                "--verbose",
                "--connect=localhost:" + secure.addresses().get(0).getPort(),
                "--x509-ca-file=" + anchor,
                "--mechanism=SCRAM-SHA-256-PLUS",
                "--authentication-id=ann@home.test",
                "--password=" + PASSWORD
            };
            Programs.Ended ended = Programs.execute(command);
            assertEquals(0, ended.exit(), ended.output());
            assertTrue(ended.output().contains("AUTH SCRAM-SHA-256-PLUS"), ended.output());
            assertTrue(ended.output().contains("235 2.7.0"), ended.output());
            command[command.length - 1] = "--password=wrong";
            Programs.Ended refused = Programs.execute(command);
            assertTrue(refused.output().contains("535 5.7.8"), refused.output());
        }
    }

    private Programs.Ended gsasl(String mechanism, String password)
            throws IOException, InterruptedException {
        return Programs.execute(
                Programs.require("gsasl"),
                "--smtp",
                "--no-starttls",
                "--verbose",
                "--connect=127.0.0.1:" + port,
                "--mechanism=" + mechanism,
                "--authentication-id=ann@home.test",
                "--password=" + password);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "LOGIN", "XOAUTH2"})
    void jakartaMail_logsIn(String mechanism) throws MessagingException, InterruptedException {
        boolean token = mechanism.equals("XOAUTH2");
        send(mechanism, token ? TOKEN : PASSWORD);
        assertArrived();
        assertThrows(AuthenticationFailedException.class, () -> send(mechanism, "wrong"));
    }

    private void send(String mechanism, String secret) throws MessagingException {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", "127.0.0.1");
        properties.setProperty("mail.smtp.port", String.valueOf(port));
        properties.setProperty("mail.smtp.auth", "true");
        properties.setProperty("mail.smtp.auth.mechanisms", mechanism);
        Session session = Session.getInstance(properties);
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress("ann@home.test"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress("bob@home.test"));
        message.setSubject("hello");
        message.setText("hello\r\n");
        Transport.send(message, "ann@home.test", secret);
    }

    @Test
    void swaks_asSomebodyElse_isRefused() throws IOException, InterruptedException {
        Programs.Ended ended =
                Programs.execute(
                        Programs.require("swaks"),
                        "--server",
                        "127.0.0.1:" + port,
                        "--auth",
                        "PLAIN",
                        "--auth-user",
                        "ann@home.test",
                        "--auth-password",
                        PASSWORD,
                        "--from",
                        "boss@home.test",
                        "--to",
                        "bob@home.test");
        assertTrue(ended.output().contains("550 5.7.1"), ended.output());
    }
}
