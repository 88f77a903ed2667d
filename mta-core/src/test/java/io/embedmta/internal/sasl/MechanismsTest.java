package io.embedmta.internal.sasl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.auth.AuthAnswer;
import io.embedmta.auth.Authenticator;
import io.embedmta.auth.Identity;
import io.embedmta.auth.Lookup;
import io.embedmta.auth.ScramVerifier;
import io.embedmta.auth.Users;
import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The other mechanisms, by the examples of their RFCs, the JDK's clients, and ours. */
class MechanismsTest {
    private static final Users USERS =
            Users.of().withIterations(4096).withCramMd5().with("tim", "tanstaaftanstaaf");
    private static final Accounts ACCOUNTS = accounts(USERS);

    private static final Authenticator TOKENS =
            Authenticator.ofTokens(
                    (user, token) ->
                            token.equals("good")
                                    ? AuthAnswer.accepted(
                                            new Identity(user.isEmpty() ? "nameless" : user))
                                    : AuthAnswer.rejected());

    private static Accounts accounts(Authenticator users) {
        return new Accounts(users, ScramVerifier::of, RecordedAttempts.granting());
    }

    private static ServerMechanism server(Authenticator users, String name) {
        return server(users, name, RecordedAttempts.granting());
    }

    private static ServerMechanism server(Authenticator users, String name, Attempts attempts) {
        return ServerMechanisms.of(users, "mx.example", Clock.systemUTC())
                .find(name, ChannelBinding.NONE, attempts)
                .orElseThrow();
    }

    private static Step bearer(boolean standard, String message) {
        return new BearerServer(accounts(TOKENS), standard).respond(Octets.of(message));
    }

    /** What the server says to the last of the messages. */
    private static Step respond(ServerMechanism server, String messages) {
        Step step = server.begin();
        for (String message : messages.split(" THEN ", -1)) {
            step = server.respond(Octets.of(message.replace('|', '\0').replace('^', '\1')));
        }
        return step;
    }

    /** Whoever has a token could claim any name beside it, so that is another name. */
    @ParameterizedTest
    @CsvSource({
        "PLAIN, '|tim|wrong', tim Rejected",
        "PLAIN, '|tim|tanstaaftanstaaf', tim Accepted",
        "PLAIN, '|t\u00adim|wrong', tim Rejected",
        "PLAIN, 'boss|tim|tanstaaftanstaaf', tim Rejected",
        "PLAIN, '|tim|', tim Rejected",
        "PLAIN, tim, ''",
        "LOGIN, tim THEN wrong, tim Rejected",
        "CRAM-MD5, tim b913a602c7eda7a495b4e6e7334d3890, tim Rejected",
        "CRAM-MD5, tim, ''",
        "SCRAM-SHA-256, 'n,,n=tim,r=nonce', tim Challenge",
        "SCRAM-SHA-256, 'n,a=boss,n=tim,r=nonce', tim Rejected",
        "SCRAM-SHA-256, 'n,,n=tim,r=a THEN c=biws,r=x,p=YWFhYQ==', tim Challenge;tim Rejected",
        "OAUTHBEARER, 'n,a=tim,^auth=Bearer x^^', ^tim Rejected",
        "XOAUTH2, 'user=tim^auth=Bearer x^^', ^tim Rejected",
        "XOAUTH2, 'user=tim^auth=Bearer good^^', ^tim Accepted",
        // Clients without a name are told apart all the same.
        "OAUTHBEARER, 'n,,^auth=Bearer x^^', ^x Rejected"
    })
    void attempt_endsByItsName_whenItIsJudged(String name, String messages, String ended) {
        RecordedAttempts attempts = RecordedAttempts.granting();
        respond(server(name.contains("AUTH") ? TOKENS : USERS, name, attempts), messages);
        assertEquals(ended, String.join(";", attempts.ended()).replace('\1', '^'));
        assertEquals(0, attempts.underWay());
    }

    @ParameterizedTest
    @CsvSource({
        "PLAIN, 0, '|tim|tanstaaftanstaaf'",
        "LOGIN, 0, tim THEN tanstaaftanstaaf",
        "CRAM-MD5, 0, tim b913a602c7eda7a495b4e6e7334d3890",
        "SCRAM-SHA-256, 0, 'n,,n=tim,r=nonce'",
        "SCRAM-SHA-256, 1, 'n,,n=tim,r=a THEN c=biws,r=x,p=YWFhYQ=='",
        "XOAUTH2, 0, 'user=tim^auth=Bearer good^^'"
    })
    void attempt_thatComesTooEarly_isNotJudged(String name, int granted, String messages) {
        RecordedAttempts attempts = RecordedAttempts.granting(granted);
        ServerMechanism server = server(name.equals("XOAUTH2") ? TOKENS : USERS, name, attempts);
        assertEquals(RecordedAttempts.TOO_EARLY, respond(server, messages));
        assertEquals(granted, attempts.ended().size());
        assertEquals(0, attempts.underWay());
    }

    @Test
    void cramMd5_ofTheRfcsExample_accepts() {
        String challenge = "<1896.697170952@postoffice.reston.mci.net>";
        CramMd5Server server = new CramMd5Server(ACCOUNTS, challenge);
        assertEquals(challenge, ScramTest.text(server.begin()));
        assertInstanceOf(
                Step.Accepted.class,
                server.respond(Octets.of("tim b913a602c7eda7a495b4e6e7334d3890")));
        assertInstanceOf(
                Step.Rejected.class,
                server.respond(Octets.of("tim b913a602c7eda7a495b4e6e7334d3891")));
        assertInstanceOf(
                Step.Rejected.class,
                server.respond(Octets.of("eve b913a602c7eda7a495b4e6e7334d3890")));
        assertInstanceOf(Step.Malformed.class, server.respond(Octets.of("tim")));
    }

    @ParameterizedTest
    @CsvSource({
        "PLAIN, tanstaaftanstaaf, true",
        "PLAIN, tanstaaf, false",
        "CRAM-MD5, tanstaaftanstaaf, true",
        "CRAM-MD5, tanstaaf, false"
    })
    void server_ofTheJdksClient_judges(String name, String password, boolean right)
            throws IOException {
        SaslClient client =
                Sasl.createSaslClient(
                        new String[] {name},
                        null,
                        "smtp",
                        "mx.example",
                        Map.of(),
                        callbacks -> answer(callbacks, password));
        ServerMechanism server = server(USERS, name);
        Step step =
                client.hasInitialResponse()
                        ? server.respond(client.evaluateChallenge(new byte[0]))
                        : server.begin();
        while (step instanceof Step.Challenge challenge) {
            step = server.respond(client.evaluateChallenge(challenge.octets()));
        }
        assertEquals(right, step instanceof Step.Accepted);
    }

    private static void answer(Callback[] callbacks, String password) {
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName("tim");
            } else if (callback instanceof PasswordCallback secret) {
                secret.setPassword(password.toCharArray());
            }
        }
    }

    @Test
    void plain_ofTheRfcsForms_isForOneself() {
        PlainServer plain = new PlainServer(ACCOUNTS);
        String rest = "\0tim\0tanstaaftanstaaf";
        assertInstanceOf(Step.Accepted.class, plain.respond(Octets.of(rest)));
        assertInstanceOf(Step.Accepted.class, plain.respond(Octets.of("tim" + rest)));
        assertInstanceOf(Step.Rejected.class, plain.respond(Octets.of("Ursel" + rest)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tim", "\0tim", "\0tim\0tanstaaftanstaaf\0"})
    void plain_ofOtherForms_isMalformed(String message) {
        assertInstanceOf(
                Step.Malformed.class, new PlainServer(ACCOUNTS).respond(Octets.of(message)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0\0", "\0tim\0", "\0\0tanstaaftanstaaf", "\0tim\0a\u0007"})
    void plain_ofEmptyOrProhibited_rejects(String message) {
        assertInstanceOf(
                Step.Rejected.class, new PlainServer(ACCOUNTS).respond(Octets.of(message)));
    }

    /** RFC 7628 §4.1, with another token. */
    @Test
    void oauthBearer_ofTheRfcsMessage_accepts() {
        Step step =
                bearer(
                        true,
                        "n,a=user@example.com,\1host=server.example.com\1port=143\1"
                                + "auth=Bearer good\1\1");
        assertEquals(
                "user@example.com", assertInstanceOf(Step.Accepted.class, step).identity().name());
        assertInstanceOf(
                Step.Accepted.class, bearer(true, "n,,\1auth=bearer good\1\1"), "RFC 7628 §3.1");
    }

    /** RFC 7628 §3.2.2 and §3.2.3. */
    @Test
    void oauthBearer_ofBadToken_explainsBeforeItRejects() {
        BearerServer server = new BearerServer(accounts(TOKENS), true);
        Step step = server.respond(Octets.of("n,a=ann,\1auth=Bearer bad\1\1"));
        assertEquals("{\"status\":\"invalid_token\"}", ScramTest.text(step));
        assertInstanceOf(Step.Rejected.class, server.respond(new byte[] {1}));
        assertInstanceOf(
                Step.Rejected.class,
                server.respond(Octets.of("n,a=ann,\1auth=Bearer good\1\1")),
                "one exchange, one token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n,,",
                "n,,auth=Bearer good\1\1",
                "n,,\1auth=Bearer good\1",
                "n,,\1auth=Basic good\1\1",
                "n,,\1auth=Bearer \1\1",
                "n,,\1\1",
                "p=tls-unique,,\1auth=Bearer good\1\1"
            })
    void oauthBearer_ofOtherForms_isMalformed(String message) {
        assertInstanceOf(Step.Malformed.class, bearer(true, message));
    }

    @Test
    void xoauth2_ofItsForm_accepts() {
        assertInstanceOf(Step.Accepted.class, bearer(false, "user=ann\1auth=Bearer good\1\1"));
        assertInstanceOf(Step.Malformed.class, bearer(false, "user=ann\1auth=Bearer good\1"));
        assertTrue(
                ScramTest.text(bearer(false, "user=ann\1auth=Bearer bad\1\1"))
                        .contains("\"status\":\"401\""));
    }

    @Test
    void names_areByWhatTheAuthenticatorCanDo() {
        assertEquals(
                List.of("SCRAM-SHA-256", "PLAIN", "LOGIN", "CRAM-MD5"),
                names(USERS, ChannelBinding.NONE));
        assertEquals(
                List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"),
                names(Users.of(), type -> Optional.of(new byte[1])));
        assertEquals(List.of("OAUTHBEARER", "XOAUTH2"), names(TOKENS, ChannelBinding.NONE));
        assertEquals(
                List.of("PLAIN", "LOGIN"),
                names(
                        Authenticator.ofPasswords((user, password) -> AuthAnswer.rejected()),
                        ChannelBinding.NONE));
        assertEquals(List.of(), names(new Authenticator() {}, ChannelBinding.NONE));
    }

    private static List<String> names(Authenticator users, ChannelBinding channel) {
        return ServerMechanisms.of(users, "mx.example", Clock.systemUTC()).names(channel);
    }

    @Test
    void find_ofMechanismNotOffered_isEmpty() {
        ServerMechanisms mechanisms =
                ServerMechanisms.of(Users.of(), "mx.example", Clock.systemUTC());
        Attempts attempts = RecordedAttempts.granting();
        assertTrue(mechanisms.find("plain", ChannelBinding.NONE, attempts).isPresent());
        for (String name : List.of("CRAM-MD5", "SCRAM-SHA-256-PLUS", "GSSAPI")) {
            assertTrue(mechanisms.find(name, ChannelBinding.NONE, attempts).isEmpty(), name);
        }
    }

    /** I8, for each way to ask. */
    @Test
    void authenticator_thatThrows_isAFailureForNow_I8() {
        Authenticator broken =
                new Authenticator() {
                    @Override
                    public Optional<Verifiers> verifiers() {
                        return Optional.of(
                                user -> {
                                    throw new IllegalStateException("broken on purpose");
                                });
                    }

                    @Override
                    public Optional<Tokens> tokens() {
                        return Optional.of(
                                (user, token) -> {
                                    throw new IOException("broken on purpose");
                                });
                    }

                    @Override
                    public Optional<Secrets> secrets() {
                        return Optional.of(user -> Lookup.unavailable("closed on purpose"));
                    }
                };
        assertInstanceOf(
                Step.Unavailable.class, server(broken, "PLAIN").respond(Octets.of("\0a\0b")));
        assertInstanceOf(
                Step.Unavailable.class,
                server(broken, "SCRAM-SHA-256").respond(Octets.of("n,,n=a,r=b")));
        assertInstanceOf(
                Step.Unavailable.class,
                server(broken, "XOAUTH2").respond(Octets.of("user=a\1auth=Bearer b\1\1")));
        assertInstanceOf(
                Step.Unavailable.class, server(broken, "CRAM-MD5").respond(Octets.of("a b")));
        Authenticator passwords =
                Authenticator.ofPasswords(
                        (user, password) -> AuthAnswer.unavailable("closed on purpose"));
        assertInstanceOf(
                Step.Unavailable.class, server(passwords, "PLAIN").respond(Octets.of("\0a\0b")));
    }

    @Test
    void authenticator_withOddAnswers_letsNobodyIn_I8() {
        Authenticator odd =
                new Authenticator() {
                    @Override
                    public Optional<Verifiers> verifiers() {
                        return Optional.of(
                                new Verifiers() {
                                    @Override
                                    public Lookup<ScramVerifier> find(String user) {
                                        return Lookup.unknown();
                                    }

                                    @Override
                                    public int iterations() {
                                        return Integer.MAX_VALUE;
                                    }
                                });
                    }

                    @Override
                    public Optional<Secrets> secrets() {
                        return Optional.of(user -> Lookup.found(new Identity(user), ""));
                    }
                };
        ServerMechanism cram = server(odd, "CRAM-MD5");
        cram.begin();
        assertInstanceOf(Step.Rejected.class, cram.respond(Octets.of("ann 00")));
        assertTrue(
                ScramTest.text(server(odd, "SCRAM-SHA-256").respond(Octets.of("n,,n=a,r=b")))
                        .endsWith(",i=10000000"));
    }

    @ParameterizedTest
    @CsvSource({
        "'PLAIN LOGIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS CRAM-MD5', true, true, SCRAM-SHA-256-PLUS",
        "'PLAIN LOGIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS CRAM-MD5', true, false, SCRAM-SHA-256",
        "'PLAIN LOGIN SCRAM-SHA-256 CRAM-MD5', false, true, SCRAM-SHA-256",
        "'CRAM-MD5 LOGIN PLAIN', true, true, PLAIN",
        "'CRAM-MD5 LOGIN', true, false, LOGIN",
        "'CRAM-MD5 LOGIN PLAIN', false, true, ''",
        "'CRAM-MD5 GSSAPI XOAUTH2', true, true, ''"
    })
    void client_withPassword_takesTheBest(
            String offered, boolean mayShow, boolean bound, String chosen) {
        ChannelBinding channel = bound ? type -> Optional.of(new byte[] {1}) : ChannelBinding.NONE;
        Optional<ClientMechanism> mechanism =
                ClientMechanisms.ofPassword(
                        Set.of(offered.split(" ")), mayShow, channel, "ann", "pencil");
        assertEquals(chosen, mechanism.map(ClientMechanism::name).orElse(""));
    }

    @Test
    void client_withChannelButNoOffer_saysSo() {
        ClientMechanism mechanism =
                ClientMechanisms.ofPassword(
                                Set.of("SCRAM-SHA-256"),
                                true,
                                type -> Optional.of(new byte[] {1}),
                                "ann",
                                "pencil")
                        .orElseThrow();
        byte[] first = mechanism.initial().orElseThrow();
        assertArrayEquals(Octets.of("y,,n=ann,r="), Arrays.copyOf(first, 11));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OAUTHBEARER", "XOAUTH2"})
    void client_withToken_isUnderstoodByTheServer(String name) throws SaslException {
        for (String token : List.of("good", "bad")) {
            ClientMechanism client =
                    ClientMechanisms.ofToken(Set.of(name), "ann", token, "mx.example", 587)
                            .orElseThrow();
            ServerMechanism server = server(TOKENS, name);
            Step step = server.respond(client.initial().orElseThrow());
            while (step instanceof Step.Challenge challenge) {
                step = server.respond(client.respond(challenge.octets()));
            }
            assertEquals(token.equals("good"), step instanceof Step.Accepted);
            assertEquals(token.equals("good"), client.isComplete());
            assertEquals(token.equals("bad"), client.refusal().isPresent());
        }
        assertEquals(
                "OAUTHBEARER",
                ClientMechanisms.ofToken(Set.of("XOAUTH2", "OAUTHBEARER"), "a", "t", "h", 1)
                        .orElseThrow()
                        .name());
    }

    @Test
    void client_ofChallengeBeyondItsMechanism_saysNoMore() throws SaslException {
        assertThrows(SaslException.class, () -> new PlainClient("a", "b").respond(new byte[0]));
        LoginClient login = new LoginClient("a", "b");
        assertArrayEquals(Octets.of("a"), login.respond(Octets.of("Username:")));
        assertArrayEquals(Octets.of("b"), login.respond(Octets.of("Password:")));
        assertThrows(SaslException.class, () -> login.respond(new byte[0]));
        BearerClient bearer = new BearerClient(false, "a", "t", "h", 1);
        bearer.respond(Octets.of("{}"));
        assertThrows(SaslException.class, () -> bearer.respond(Octets.of("{}")));
    }
}
