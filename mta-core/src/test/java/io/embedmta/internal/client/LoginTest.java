package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.LogCapture;
import io.embedmta.Mta;
import io.embedmta.auth.AuthAnswer;
import io.embedmta.auth.Authenticator;
import io.embedmta.auth.Credentials;
import io.embedmta.auth.Identity;
import io.embedmta.auth.Users;
import io.embedmta.internal.sasl.ChannelBinding;
import io.embedmta.listener.SmtpListener;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our log-in at servers that play a script, and at a listener of ours. */
class LoginTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PASSWORD = "s3cret-Pencil";
    private static final String PLAIN = base64("\0ann\0" + PASSWORD);
    private static final Credentials ANN = Credentials.password("ann", PASSWORD);
    private static final Credentials TOKEN = Credentials.token("ann", () -> "t0ken-value");

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void logIn(ScriptedServer server, Credentials as, boolean mayShow)
            throws SessionEndedException {
        logIn(server.address(), as, mayShow);
    }

    private static void logIn(RemoteServer server, Credentials as, boolean mayShow)
            throws SessionEndedException {
        Connection connection = new Connection(server, new Socket(), ClientTimeouts.all(PATIENCE));
        try {
            InetAddress any = new InetSocketAddress(0).getAddress();
            connection.connect(any);
            assertEquals(220, connection.reply("our connection", PATIENCE).code());
            Reply ehlo = connection.command("EHLO client.test", PATIENCE);
            Login.run(
                    connection, Capabilities.of(ehlo), as, mayShow, ChannelBinding.NONE, PATIENCE);
        } finally {
            connection.close();
        }
    }

    private static Reply failure(ScriptedServer server, Credentials as, boolean mayShow) {
        return assertThrows(SessionEndedException.class, () -> logIn(server, as, mayShow)).reply();
    }

    @Test
    void plain_goesWithTheCommand() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        client -> {
                            client.greet("AUTH CRAM-MD5 LOGIN PLAIN");
                            client.answer("AUTH PLAIN " + PLAIN, "235 2.7.0 ok");
                        })) {
            logIn(server, ANN, true);
        }
    }

    @Test
    void login_isAskedForBoth() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        client -> {
                            client.greet("AUTH=LOGIN");
                            client.answer("AUTH LOGIN", "334 VXNlcm5hbWU6");
                            client.answer(base64("ann"), "334 UGFzc3dvcmQ6");
                            client.answer(base64(PASSWORD), "235 2.7.0 ok");
                        })) {
            logIn(server, ANN, true);
        }
    }

    /** RFC 4954 §4: AUTH itself keeps to the length of a command. */
    @Test
    void token_longerThanACommand_comesAfterTheChallenge() throws IOException {
        String token = "x".repeat(3000);
        try (ScriptedServer server =
                ScriptedServer.playing(
                        client -> {
                            client.greet("AUTH XOAUTH2");
                            client.answer("AUTH XOAUTH2", "334 ");
                            String sent = client.expect(base64("user=ann").substring(0, 9));
                            assertTrue(sent.length() > 3000);
                            client.say("235 2.7.0 ok");
                        })) {
            logIn(server, Credentials.token("ann", () -> token), true);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH PLAIN LOGIN, false, no TLS",
        "AUTH CRAM-MD5 GSSAPI, true, no way to log in that we know",
        "SIZE, true, offers no log-in"
    })
    void noCommonMechanism_defersAndShowsNothing(String offered, boolean mayShow, String words)
            throws IOException {
        for (Credentials as : List.of(ANN, TOKEN)) {
            try (ScriptedServer server =
                    ScriptedServer.playing(
                            client -> {
                                client.greet(offered);
                                assertEquals("", client.untilEnd());
                            })) {
                Reply reply = failure(server, as, mayShow);
                assertEquals(451, reply.code());
                assertEquals("4.7.0", reply.status().toString());
                if (as == ANN) {
                    assertTrue(reply.text().contains(words), reply.toString());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"535 5.7.8 no, 4.7.8", "454 4.7.0 later, 4.7.0", "334 x, 4.7.0", "334 , 4.7.0"})
    void refusal_ofAnyKind_defers(String said, String status) throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        client -> {
                            client.greet("AUTH PLAIN");
                            client.answer("AUTH PLAIN ", said + " ");
                        })) {
            Reply reply = failure(server, ANN, true);
            assertEquals(451, reply.code());
            assertEquals(status, reply.status().toString());
        }
    }

    /** The line that carried the secret is one. */
    @ParameterizedTest
    @CsvSource({"535 5.7.8 you said", "421 4.7.0 you said", "no reply:"})
    void server_thatRepeatsOurLine_isNotQuoted(String said) throws IOException {
        for (Credentials as : List.of(ANN, TOKEN)) {
            List<String> lines = new CopyOnWriteArrayList<>();
            try (ScriptedServer server =
                    ScriptedServer.playing(
                            client -> {
                                client.greet("AUTH PLAIN XOAUTH2");
                                String line = client.expect("AUTH ");
                                lines.add(line);
                                client.say(said + " " + line);
                            })) {
                Reply reply = failure(server, as, true);
                String response = lines.get(0).substring(lines.get(0).lastIndexOf(' ') + 1);
                assertEquals(451, reply.code());
                assertFalse(reply.text().contains(response), reply.toString());
            }
        }
    }

    @Test
    void refusal_ofToken_saysWhatTheServerSaid() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        client -> {
                            client.greet("AUTH OAUTHBEARER XOAUTH2");
                            client.answer(
                                    "AUTH OAUTHBEARER ",
                                    "334 " + base64("{\"status\":\"invalid_token\"}"));
                            client.answer("AQ==", "535 5.7.8 no");
                        })) {
            Reply reply = failure(server, TOKEN, true);
            assertTrue(reply.text().contains("invalid_token"), reply.toString());
            assertTrue(reply.text().contains("535 5.7.8 no"), reply.toString());
        }
    }

    @Test
    void supplier_thatThrows_defersAndKeepsItsWordsFromTheBounce_I8() throws IOException {
        Credentials broken =
                Credentials.token(
                        "ann",
                        () -> {
                            throw new IOException("broken on purpose");
                        });
        for (Credentials as : List.of(broken, Credentials.token("ann", () -> "no\r\ntoken"))) {
            try (ScriptedServer server =
                    ScriptedServer.playing(
                            client -> {
                                client.greet("AUTH XOAUTH2");
                                assertEquals("", client.untilEnd());
                            })) {
                Reply reply = failure(server, as, true);
                assertEquals(451, reply.code());
                assertFalse(reply.text().contains("purpose"), reply.toString());
            }
        }
    }

    /** A server that cannot prove that it knows the password gets no mail. */
    @ParameterizedTest
    @ValueSource(strings = {"235 2.7.0 ok", "334 dj1ub25l", "334 ZT1vdGhlcg==", "334 cj1vdGhlcg=="})
    void scram_withoutProofOfTheServer_defers(String said) throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        client -> {
                            client.greet("AUTH SCRAM-SHA-256 PLAIN");
                            String first = client.expect("AUTH SCRAM-SHA-256 biws").substring(19);
                            String nonce =
                                    new String(
                                            Base64.getDecoder().decode(first),
                                            StandardCharsets.UTF_8);
                            nonce = nonce.substring(nonce.indexOf("r=") + 2);
                            client.say("334 " + base64("r=" + nonce + "x,s=c2FsdA==,i=4096"));
                            client.answer("", said);
                            assertEquals("", client.untilEnd());
                        })) {
            assertEquals(451, failure(server, ANN, true).code());
        }
    }

    @Test
    void server_thatAsksWithoutEnd_isLeft_I9() throws IOException {
        try (ScriptedServer server =
                ScriptedServer.playing(
                        client -> {
                            client.greet("AUTH LOGIN");
                            client.answer("AUTH LOGIN", "334 ");
                            client.answer("", "334 ");
                            client.answer("", "334 ");
                            assertEquals("", client.untilEnd());
                        })) {
            assertEquals("4.7.0", failure(server, ANN, true).status().toString());
        }
    }

    /** Whatever a server says: the secret is in no reply, exception or log. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "535 5.7.8 no such user ann with s3cret-Pencil",
                "535 5.7.8 cannot take %s",
                "421 4.7.0 go away",
                "235",
                "334 %s\r\n535 5.7.8 %s",
                "what? %s"
            })
    void secrets_areInNoTextThatComesOut(String said) throws IOException {
        for (String offered : List.of("AUTH PLAIN", "AUTH LOGIN", "AUTH SCRAM-SHA-256")) {
            try (ScriptedServer server =
                            ScriptedServer.playing(
                                    client -> {
                                        client.greet(offered);
                                        client.line();
                                        client.say(said.replace("%s", base64(PASSWORD)));
                                        client.untilEnd();
                                    });
                    LogCapture log = LogCapture.tracing(Login.class, SmtpClient.class)) {
                String text;
                try {
                    logIn(server, ANN, true);
                    text = "";
                } catch (SessionEndedException e) {
                    text = e.reply() + e.toString() + e.getCause();
                }
                for (String out : List.of(text, log.text())) {
                    assertFalse(out.contains(PASSWORD), out);
                    assertFalse(out.contains(PLAIN), out);
                    assertFalse(out.contains(base64(PASSWORD)), out);
                }
            }
        }
    }

    @Test
    void bothSides_ofOurs_agree() throws IOException {
        Users users = Users.of().withIterations(4096).with("ann", PASSWORD);
        SmtpListener listener =
                SmtpListener.on("127.0.0.1", 0).authenticate(users).allowAuthWithoutTls();
        try (Mta mta = Mta.builder("mx.ours.example").listener(listener).start()) {
            RemoteServer server = server(mta);
            logIn(server, ANN, false);
            Credentials wrong = Credentials.password("ann", "wrong");
            assertEquals(
                    "4.7.8",
                    assertThrows(SessionEndedException.class, () -> logIn(server, wrong, true))
                            .reply()
                            .status()
                            .toString());
        }
    }

    @Test
    void bothSides_withToken_agree() throws IOException {
        Authenticator tokens =
                Authenticator.ofTokens(
                        (user, token) ->
                                token.equals("t0ken-value")
                                        ? AuthAnswer.accepted(new Identity(user))
                                        : AuthAnswer.rejected());
        SmtpListener listener =
                SmtpListener.on("127.0.0.1", 0).authenticate(tokens).allowAuthWithoutTls();
        try (Mta mta = Mta.builder("mx.ours.example").listener(listener).start()) {
            logIn(server(mta), TOKEN, true);
            Credentials wrong = Credentials.token("ann", () -> "old");
            assertTrue(
                    assertThrows(SessionEndedException.class, () -> logIn(server(mta), wrong, true))
                            .reply()
                            .text()
                            .contains("invalid_token"));
        }
    }

    private static RemoteServer server(Mta mta) {
        InetSocketAddress address = mta.addresses().get(0);
        return new RemoteServer("mx.ours.example", address.getAddress(), address.getPort());
    }
}
