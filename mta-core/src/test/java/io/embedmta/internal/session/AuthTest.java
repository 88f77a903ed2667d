package io.embedmta.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.LogCapture;
import io.embedmta.Mta;
import io.embedmta.auth.AuthAnswer;
import io.embedmta.auth.Authenticator;
import io.embedmta.auth.Identity;
import io.embedmta.auth.ScramVerifier;
import io.embedmta.auth.UserFile;
import io.embedmta.auth.Users;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.internal.intake.Enqueuer;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.testing.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AUTH (RFC 4954) on a listener. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AuthTest {
    private static final String PASSWORD = "s3cret-Pencil";
    private static final Users USERS =
            Users.of().withIterations(4096).withCramMd5().with("ann", PASSWORD, "ann@a.example");
    private static final String RIGHT = base64("\0ann\0" + PASSWORD);
    private static final String WRONG = base64("\0ann\0wrong");

    private final RecordingQueue queue = new RecordingQueue();
    private final ManualClock clock = ManualClock.at(Instant.parse("2026-11-24T12:00:00Z"));

    private Mta start(SmtpListener listener) {
        return Servers.builder(queue).clock(clock).listener(listener).start();
    }

    private Mta start() {
        return start(Servers.listener().authenticate(USERS).allowAuthWithoutTls());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static SmtpDialogue failing(Mta mta) throws IOException {
        return SmtpDialogue.greeted(mta).say("AUTH PLAIN " + WRONG);
    }

    @Test
    void ehlo_namesTheMechanisms_untilOneIsDone() throws IOException {
        try (Mta mta = start();
                SmtpDialogue client = SmtpDialogue.connect(mta).expect("220 ")) {
            String offered = client.say("EHLO client.example").reply();
            assertTrue(offered.contains("AUTH SCRAM-SHA-256 PLAIN LOGIN CRAM-MD5"), offered);
            client.say("AUTH PLAIN " + RIGHT).expect("235 2.7.0");
            assertFalse(client.say("EHLO client.example").reply().contains("AUTH"));
            client.say("AUTH PLAIN " + RIGHT).expect("503 5.5.1");
        }
    }

    @Test
    void auth_withoutTls_isNotOffered_unlessAllowedByName() throws IOException {
        try (Mta mta = start(Servers.listener().authenticate(USERS));
                SmtpDialogue client = SmtpDialogue.connect(mta).expect("220 ")) {
            assertFalse(client.say("EHLO client.example").reply().contains("AUTH"));
            client.say("AUTH PLAIN " + RIGHT).expect("538 5.7.11");
            client.say("MAIL FROM:<a@b.example> AUTH=<>").expect("555 5.5.4");
        }
    }

    @Test
    void auth_withoutUsers_isNotImplemented() throws IOException {
        try (Mta mta = start(Servers.listener().allowAuthWithoutTls());
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("AUTH PLAIN " + RIGHT).expect("502 5.5.1");
        }
    }

    @Test
    void plain_inBothForms_accepts() throws IOException {
        try (Mta mta = start()) {
            try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                client.say("auth plain " + RIGHT).expect("235 2.7.0");
            }
            try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                client.say("AUTH PLAIN").expect("334 ").say(RIGHT).expect("235 2.7.0");
            }
        }
    }

    @Test
    void login_inBothForms_accepts() throws IOException {
        try (Mta mta = start()) {
            try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                client.say("AUTH LOGIN")
                        .expect("334 VXNlcm5hbWU6")
                        .say(base64("ann"))
                        .expect("334 UGFzc3dvcmQ6")
                        .say(base64(PASSWORD))
                        .expect("235 2.7.0");
            }
            try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                client.say("AUTH LOGIN " + base64("ann"))
                        .expect("334 ")
                        .say(base64(PASSWORD))
                        .expect("235 2.7.0");
            }
        }
    }

    @Test
    void cramMd5_asksFirst() throws Exception {
        try (Mta mta = start();
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("AUTH CRAM-MD5 " + base64("x")).expect("501 5.7.0");
            String challenge = client.say("AUTH CRAM-MD5").reply().substring(4);
            client.say(base64("ann " + cramMd5(challenge, PASSWORD))).expect("235 2.7.0");
        }
    }

    private static String cramMd5(String challenge, String password) throws Exception {
        Mac mac = Mac.getInstance("HmacMD5");
        mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), "HmacMD5"));
        return HexFormat.of().formatHex(mac.doFinal(Base64.getDecoder().decode(challenge)));
    }

    @Test
    void unknownUser_andWrongPassword_getTheSameReply() throws IOException {
        try (Mta mta = start();
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            String wrong = client.say("AUTH PLAIN " + WRONG).reply();
            String unknown = client.say("AUTH PLAIN " + base64("\0eve\0wrong")).reply();
            assertEquals("535 5.7.8 Authentication credentials invalid", wrong);
            assertEquals(wrong, unknown);
        }
    }

    /** RFC 4954 §4 and §6. */
    @ParameterizedTest
    @CsvSource({
        "AUTH, 501 5.5.4",
        "AUTH GSSAPI, 504 5.5.4",
        "AUTH SCRAM-SHA-256-PLUS, 504 5.5.4",
        "AUTH XOAUTH2, 504 5.5.4",
        "AUTH PLAIN ?, 501 5.5.2",
        "AUTH PLAIN =, 501 5.5.2",
        "AUTH PLAIN YQ, 501 5.5.2",
        "AUTH PLAIN YQ==, 501 5.5.2",
        "AUTH PLAIN Y Q ==, 501 5.5.2"
    })
    void auth_malformed_isRefusedByItsCode(String command, String reply) throws IOException {
        try (Mta mta = start();
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say(command).expect(reply).say("NOOP").expect("250 ");
        }
    }

    @ParameterizedTest
    @CsvSource({"*, 501 5.7.0", "?, 501 5.5.2", "'', 501 5.5.2", "\u00e9, 501 5.5.2"})
    void response_cancelledOrMalformed_endsTheExchange(String response, String reply)
            throws IOException {
        try (Mta mta = start();
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("AUTH PLAIN").expect("334 ").say(response).expect(reply);
            client.say("AUTH PLAIN " + RIGHT).expect("235 ");
        }
    }

    @Test
    void response_withBareLineFeed_isRefused() throws IOException {
        try (Mta mta = start();
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("AUTH PLAIN").expect("334 ").send(RIGHT + "\n").expect("500 5.5.2");
        }
    }

    /** Where AUTH is offered, too, the limit of the others counts octets, not characters. */
    @Test
    void line_ofWideCharacters_beyondTheLimit_isRefused_I9() throws IOException {
        SmtpListener listener =
                Servers.listener()
                        .authenticate(USERS)
                        .allowAuthWithoutTls()
                        .limits(SmtpLimits.defaults().withCommandLine(512));
        try (Mta mta = start(listener);
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("NOOP " + "\u20ac".repeat(168)).expect("250 ");
            client.say("NOOP " + "\u20ac".repeat(169)).expect("500 5.5.2 Command line too long");
        }
    }

    /** RFC 4954 §4; and no other command is let be as long. */
    @Test
    void lines_upToTheirLimits_areTaken_I9() throws IOException {
        Authenticator tokens =
                Authenticator.ofTokens(
                        (user, token) ->
                                token.length() > 8000
                                        ? AuthAnswer.accepted(new Identity(user))
                                        : AuthAnswer.rejected());
        String token = base64("user=ann\1auth=Bearer " + "x".repeat(9100) + "\1\1");
        int room = 12288 - 2;
        try (Mta mta = start(Servers.listener().authenticate(tokens).allowAuthWithoutTls())) {
            try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                client.say("AUTH XOAUTH2 " + token).expect("235 ");
            }
            try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                client.say("AUTH XOAUTH2")
                        .expect("334 ")
                        .say("x".repeat(room + 1))
                        .expect("500 5.5.6")
                        .say("AUTH XOAUTH2")
                        .expect("334 ")
                        .say(token)
                        .expect("235 ");
            }
            try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                client.say("AUTH XOAUTH2 " + "x".repeat(room)).expect("500 5.5.2");
                client.say("NOOP " + "x".repeat(2048 - 7)).expect("250 ");
                client.say("NOOP " + "x".repeat(2048 - 6)).expect("500 5.5.2");
            }
        }
    }

    @Test
    void auth_outOfOrder_is503() throws IOException {
        try (Mta mta = start()) {
            try (SmtpDialogue client = SmtpDialogue.withRecipient(mta)) {
                client.say("AUTH PLAIN " + RIGHT).expect("503 5.5.1");
            }
            try (SmtpDialogue client = SmtpDialogue.connect(mta).expect("220 ")) {
                client.say("AUTH PLAIN " + RIGHT).expect("503 5.5.1");
                client.say("HELO client.example").expect("250 ");
                client.say("AUTH PLAIN " + RIGHT).expect("503 5.5.1");
            }
        }
    }

    /** RFC 4954 §4: the session goes on with what was said before; §5 for the parameter. */
    @Test
    void user_mayRelay_andIsShownToFilters() throws IOException {
        CompletableFuture<Optional<Identity>> seen = new CompletableFuture<>();
        Filter filter =
                new Filter() {
                    @Override
                    public Verdict mail(TransactionView tx) {
                        seen.complete(tx.session().user());
                        return Verdict.next();
                    }
                };
        try (Mta mta =
                        Servers.builder(queue)
                                .filter(filter)
                                .listener(
                                        Servers.listener()
                                                .authenticate(USERS)
                                                .allowAuthWithoutTls())
                                .start();
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("AUTH PLAIN " + RIGHT)
                    .expect("235 ")
                    .say("MAIL FROM:<any@b.example> AUTH=e+3Dmc2@b.example")
                    .expect("250 ")
                    .say("RCPT TO:<x@elsewhere.example>")
                    .expect("250 ")
                    .say("RSET")
                    .expect("250 ")
                    .say("MAIL FROM:<any@b.example> AUTH=<>")
                    .expect("250 ")
                    .say("RSET")
                    .expect("250 ")
                    .say("MAIL FROM:<any@b.example> AUTH=e+3d")
                    .expect("501 5.5.4");
        }
        assertEquals("ann", seen.join().orElseThrow().name());
    }

    /** What an operator asks when a user's password has got about. */
    @Test
    void log_ofAMessage_namesSessionAndUser() throws IOException {
        try (LogCapture log = LogCapture.tracing(Enqueuer.class);
                Mta mta = start();
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("AUTH PLAIN " + RIGHT).expect("235 ");
            client.say("MAIL FROM:<ann@a.example>").expect("250 ");
            client.say("RCPT TO:<x@elsewhere.example>").expect("250 ");
            client.say("DATA").expect("354 ").say("\r\n.").expect("250 ");
            assertTrue(
                    log.text()
                            .matches(
                                    "(?s).*: accepted from=<ann@a.example> .*"
                                            + " session=s[0-9]+ user=<ann>\\R"),
                    log.text());
        }
    }

    @Test
    void stranger_mayNotRelay_I6() throws IOException {
        try (Mta mta = start();
                SmtpDialogue client = failing(mta).expect("535 ")) {
            client.say("MAIL FROM:<any@b.example>")
                    .expect("250 ")
                    .say("RCPT TO:<x@elsewhere.example>")
                    .expect("550 5.7.1");
        }
    }

    @Test
    void authenticator_thatThrows_is454_I8() throws IOException {
        Authenticator broken =
                Authenticator.ofPasswords(
                        (user, password) -> {
                            throw new IllegalStateException("broken on purpose");
                        });
        try (Mta mta = start(Servers.listener().authenticate(broken).allowAuthWithoutTls());
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            for (int i = 0; i < 5; i++) {
                client.say("AUTH PLAIN " + RIGHT).expect("454 4.7.0");
            }
        }
    }

    @Test
    void session_afterThreeFailures_isEnded_I9() throws IOException {
        try (Mta mta = start();
                SmtpDialogue client = failing(mta)) {
            client.expect("535 5.7.8")
                    .say("AUTH PLAIN " + WRONG)
                    .expect("535 5.7.8")
                    .say("AUTH PLAIN " + WRONG)
                    .expect("535 5.7.8")
                    .expect("421 4.7.0")
                    .expectClosed();
        }
    }

    @Test
    void client_afterItsFreeFailures_isMadeToWaitTwiceAsLongEachTime() throws IOException {
        try (Mta mta = start()) {
            for (int i = 0; i < 4; i++) {
                failing(mta).expect("535 ").close();
            }
            int wait = 1;
            for (int i = 0; i < 9; i++) {
                clock.advance(Duration.ofSeconds(wait).minusMillis(1));
                try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                    // Even the right one, so that nothing is learnt.
                    client.say("AUTH PLAIN " + RIGHT).expect("454 4.7.0");
                }
                clock.advance(Duration.ofMillis(1));
                failing(mta).expect("535 ").close();
                wait = Math.min(wait * 2, 300);
            }
            assertEquals(300, wait);
            clock.advance(Duration.ofMinutes(5));
            try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                client.say("AUTH PLAIN " + RIGHT).expect("235 ");
            }
            for (int i = 0; i < 4; i++) {
                failing(mta).expect("535 ").close();
            }
        }
    }

    /** Nothing is held for a client that is only waited for. */
    @Test
    void exchanges_thatAreSilent_keepNobodyOut_I9() throws IOException {
        List<SmtpDialogue> silent = new ArrayList<>();
        SmtpListener listener = Servers.listener().authenticate(USERS).allowAuthWithoutTls();
        try (Mta mta = start(listener)) {
            for (int i = 0; i <= ClientLogins.AT_ONCE; i++) {
                silent.add(SmtpDialogue.greeted(mta).say("AUTH LOGIN").expect("334 "));
            }
            try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                client.say("AUTH PLAIN " + RIGHT).expect("235 ");
            }
        } finally {
            for (SmtpDialogue each : silent) {
                each.close();
            }
        }
    }

    /** With an account of one's own, guessing another's password is no faster. */
    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5"})
    void client_thatLogsInAsItself_isNotForgivenItsFailuresAsAnother(String mechanism)
            throws Exception {
        Users users = USERS.with("bob", PASSWORD);
        SmtpListener listener = Servers.listener().authenticate(users).allowAuthWithoutTls();
        try (Mta mta = start(listener)) {
            for (int i = 0; i < 4; i++) {
                attempt(mta, mechanism, "ann", "wrong").expect("535 ").close();
                if (i < 3) {
                    attempt(mta, mechanism, "bob", PASSWORD).expect("235 ").close();
                }
            }
            attempt(mta, mechanism, "ann", PASSWORD).expect("454 4.7.0").close();
            // One who has failed keeps nobody else out.
            attempt(mta, mechanism, "bob", PASSWORD).expect("235 ").close();
            clock.advance(Duration.ofSeconds(1));
            attempt(mta, mechanism, "ann", PASSWORD).expect("235 ").close();
            // Hers are forgiven to her.
            attempt(mta, mechanism, "bob", "wrong").expect("535 ").close();
            attempt(mta, mechanism, "bob", PASSWORD).expect("235 ").close();
        }
    }

    private static SmtpDialogue attempt(Mta mta, String mechanism, String user, String password)
            throws Exception {
        SmtpDialogue client = SmtpDialogue.greeted(mta);
        switch (mechanism) {
            case "LOGIN" ->
                    client.say("AUTH LOGIN " + base64(user)).expect("334 ").say(base64(password));
            case "CRAM-MD5" -> {
                String challenge = client.say("AUTH CRAM-MD5").reply().substring(4).strip();
                client.say(base64(user + ' ' + cramMd5(challenge, password)));
            }
            default -> client.say("AUTH PLAIN " + base64('\0' + user + '\0' + password));
        }
        return client;
    }

    /** RFC 7628 §3.2.3 has the client answer what it is told of its token; it need not. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tokens_ofClientThatLeavesOnceItIsRefused_countAsFailures_I9(boolean cancels)
            throws IOException {
        Authenticator tokens = Authenticator.ofTokens((user, token) -> AuthAnswer.rejected());
        String wrong = "AUTH XOAUTH2 " + base64("user=ann\1auth=Bearer wrong\1\1");
        try (Mta mta = start(Servers.listener().authenticate(tokens).allowAuthWithoutTls())) {
            for (int i = 0; i < 4; i++) {
                try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                    client.say(wrong).expect("334 ");
                    if (cancels) {
                        client.say("*").expect("501 5.7.0");
                    }
                }
            }
            try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                client.say(wrong).expect("454 4.7.0");
            }
        }
    }

    @Test
    void session_ofClientThatCancelsThreeRefusals_isEnded_I9() throws IOException {
        Authenticator tokens = Authenticator.ofTokens((user, token) -> AuthAnswer.rejected());
        String wrong = "AUTH XOAUTH2 " + base64("user=ann\1auth=Bearer wrong\1\1");
        try (Mta mta = start(Servers.listener().authenticate(tokens).allowAuthWithoutTls());
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            for (int i = 0; i < 3; i++) {
                client.say(wrong).expect("334 ").say("*").expect("501 5.7.0");
            }
            client.expect("421 4.7.0").expectClosed();
        }
    }

    @Test
    void token_withANameThatWouldForgeALine_isMalformed() throws IOException {
        Authenticator tokens =
                Authenticator.ofTokens((user, token) -> AuthAnswer.accepted(new Identity(user)));
        String forged = base64("user=ann\r\nforged\1auth=Bearer good\1\1");
        try (Mta mta = start(Servers.listener().authenticate(tokens).allowAuthWithoutTls());
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("AUTH XOAUTH2 " + forged).expect("501 5.5.2");
        }
        assertThrows(IllegalArgumentException.class, () -> new Identity("ann\nforged"));
    }

    @Test
    void session_ofClientThatDoesNotWait_isEnded_I9() throws IOException {
        try (Mta mta = start()) {
            for (int i = 0; i < 4; i++) {
                failing(mta).expect("535 ").close();
            }
            try (SmtpDialogue client = failing(mta)) {
                client.expect("454 4.7.0")
                        .say("AUTH PLAIN " + WRONG)
                        .expect("454 4.7.0")
                        .say("AUTH PLAIN " + WRONG)
                        .expect("421 4.7.0")
                        .expectClosed();
            }
        }
    }

    @Test
    void exchange_thatDrags_endsWithTheTimeOfACommand_I9() throws IOException {
        SmtpListener listener = Servers.listener().authenticate(USERS).allowAuthWithoutTls();
        Duration limit = Duration.ofMillis(300);
        try (Mta mta = start(listener.limits(listener.limits().withCommandTimeout(limit)));
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("AUTH LOGIN").expect("334 ").expect("421 4.4.2").expectClosed();
        }
    }

    @Test
    void shutdown_withinAnExchange_endsIt() throws Exception {
        Mta mta = start();
        try (SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("AUTH LOGIN").expect("334 ");
            CompletableFuture<Void> closing = CompletableFuture.runAsync(mta::close);
            client.expect("421 4.3.2").expectClosed();
            closing.get(20, TimeUnit.SECONDS);
        } finally {
            mta.close();
        }
    }

    @Test
    void userFile_servesAListener(@TempDir Path folder) throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("users"),
                        "ann:" + ScramVerifier.of(PASSWORD, 4096).text() + "\n");
        try (Mta mta =
                        start(
                                Servers.listener()
                                        .authenticate(UserFile.at(file, clock))
                                        .allowAuthWithoutTls());
                SmtpDialogue client = SmtpDialogue.greeted(mta)) {
            client.say("AUTH PLAIN " + RIGHT).expect("235 ");
        }
    }

    /** Whatever a client does with it: its password is nobody's business but the users'. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "AUTH PLAIN %s",
                "AUTH PLAIN\r\n%s",
                "AUTH PLAIN %s?",
                "AUTH %s",
                "AUTH XOAUTH2 %s",
                "AUTH SCRAM-SHA-256 %s",
                "AUTH CRAM-MD5\r\n%s",
                "AUTH LOGIN\r\n%s\r\n%s",
                "AUTH PLAIN \u00e9%s",
                "%s",
                "AUTH PLAIN\r\n*\r\n%s",
                "MAIL FROM:<a@b.example> AUTH=%s?",
                "AUTH PLAIN AGV2ZQB3cm9uZw==\r\n%s"
            })
    void secrets_areInNoLogAndNoReply(String dialogue) throws IOException {
        StringBuilder said = new StringBuilder();
        String log;
        try (LogCapture capture =
                LogCapture.tracing(
                        Session.class,
                        AuthHandler.class,
                        LoginAttempts.class,
                        SmtpServer.class,
                        UserFile.class,
                        Mta.class)) {
            for (String secret : new String[] {RIGHT, base64(PASSWORD), PASSWORD}) {
                try (Mta mta = start();
                        SmtpDialogue client = SmtpDialogue.greeted(mta)) {
                    client.send(dialogue.replace("%s", secret) + "\r\nQUIT\r\n");
                    String reply;
                    do {
                        reply = client.reply();
                        said.append(reply).append('\n');
                    } while (!reply.startsWith("221 "));
                }
            }
            log = capture.text();
        }
        for (String text : new String[] {log, said.toString()}) {
            assertFalse(text.contains(PASSWORD), text);
            assertFalse(text.contains(RIGHT), text);
            assertFalse(text.contains(base64(PASSWORD)), text);
        }
    }
}
