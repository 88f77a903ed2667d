package io.embedmta.internal.sasl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.auth.Authenticator;
import io.embedmta.auth.Identity;
import io.embedmta.auth.Lookup;
import io.embedmta.auth.ScramVerifier;
import io.embedmta.auth.UserFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SCRAM by the example of RFC 7677 §3, and by what RFC 5802 has both sides refuse. */
class ScramTest {
    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String CLIENT_FIRST = "n,,n=user,r=" + CLIENT_NONCE;
    private static final String SERVER_FIRST =
            "r=" + CLIENT_NONCE + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static final String CLIENT_FINAL =
            "c=biws,r="
                    + CLIENT_NONCE
                    + SERVER_NONCE
                    + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private static final byte[] END_POINT = {1, 2, 3};
    private static final ChannelBinding CHANNEL =
            type ->
                    type.equals(ChannelBinding.SERVER_END_POINT)
                            ? Optional.of(END_POINT)
                            : Optional.empty();

    private final Authenticator users =
            new Authenticator() {
                @Override
                public Optional<Verifiers> verifiers() {
                    return Optional.of(ScramTest.this::find);
                }
            };

    private Lookup<ScramVerifier> find(String name) {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
        return name.equals("user") || name.equals("a,b=c")
                ? Lookup.found(new Identity(name), ScramVerifier.of("pencil", salt, 4096))
                : Lookup.unknown();
    }

    private ScramServer server(ChannelBinding channel, boolean plus, boolean offered) {
        return new ScramServer(
                new Accounts(users, ScramVerifier::of, RecordedAttempts.granting()),
                channel,
                plus,
                offered,
                SERVER_NONCE);
    }

    private ScramServer server() {
        return server(ChannelBinding.NONE, false, false);
    }

    static String text(Step step) {
        return new String(
                assertInstanceOf(Step.Challenge.class, step).octets(), StandardCharsets.UTF_8);
    }

    @Test
    void server_ofTheRfcsExample_saysTheSame() {
        ScramServer server = server();
        assertEquals(SERVER_FIRST, text(server.respond(Octets.of(CLIENT_FIRST))));
        assertEquals(SERVER_FINAL, text(server.respond(Octets.of(CLIENT_FINAL))));
        Step.Accepted accepted = assertInstanceOf(Step.Accepted.class, server.respond(new byte[0]));
        assertEquals("user", accepted.identity().name());
    }

    @Test
    void client_ofTheRfcsExample_saysTheSame() throws SaslException {
        ScramClient client = ScramClient.unbound("user", "pencil", false, CLIENT_NONCE);
        assertArrayEquals(Octets.of(CLIENT_FIRST), client.initial().orElseThrow());
        assertArrayEquals(Octets.of(CLIENT_FINAL), client.respond(Octets.of(SERVER_FIRST)));
        assertFalse(client.isComplete());
        assertArrayEquals(new byte[0], client.respond(Octets.of(SERVER_FINAL)));
        assertTrue(client.isComplete());
    }

    /** What a server says to a user's first message, but for the nonce. */
    private static String shown(Authenticator users, String name) {
        ScramServer server =
                new ScramServer(
                        new Accounts(users, ScramVerifier::of, RecordedAttempts.granting()),
                        ChannelBinding.NONE,
                        false,
                        false,
                        SERVER_NONCE);
        return text(server.respond(Octets.of("n,,n=" + name + ",r=abc")));
    }

    /** As real users' salts are, over restarts too: they come from the file alone. */
    @Test
    void unknownUser_isShownASalt_thatLastsAsLongAsTheFile(@TempDir Path folder)
            throws IOException {
        Path file = folder.resolve("users");
        String ann = "ann:" + ScramVerifier.of("secret", 4096).text() + "\n";
        Files.writeString(file, ann);
        String shown = shown(UserFile.at(file), "bob");
        assertEquals(shown, shown(UserFile.at(file), "bob"));
        assertNotEquals(shown, shown(UserFile.at(file), "carol"));

        Files.writeString(file, ann + "zoe:" + ScramVerifier.of("secret", 4096).text() + "\n");
        assertEquals(shown, shown(UserFile.at(file), "bob"), "one more user");

        Files.writeString(file, "ann:" + ScramVerifier.of("secret", 4096).text() + "\n");
        assertNotEquals(shown, shown(UserFile.at(file), "bob"), "another file");
    }

    @Test
    void server_ofWrongProof_rejects() {
        ScramServer server = server();
        server.respond(Octets.of(CLIENT_FIRST));
        assertInstanceOf(
                Step.Rejected.class,
                server.respond(Octets.of(CLIENT_FINAL.replace("p=dHz", "p=dHy"))));
    }

    @Test
    void server_ofOtherNonceOrHeader_rejects() {
        ScramServer server = server();
        server.respond(Octets.of(CLIENT_FIRST));
        assertInstanceOf(
                Step.Rejected.class,
                server.respond(Octets.of(CLIENT_FINAL.replace(SERVER_NONCE, "other"))));
        server = server();
        server.respond(Octets.of(CLIENT_FIRST));
        assertInstanceOf(
                Step.Rejected.class,
                server.respond(Octets.of(CLIENT_FINAL.replace("c=biws", "c=eSws"))));
    }

    /** RFC 5802 §5.1, by a client that knows the password, so that its proof is right. */
    @Test
    void server_ofProofOverAnotherNonce_rejects() {
        assertInstanceOf(Step.Challenge.class, proven(CLIENT_NONCE + SERVER_NONCE));
        assertInstanceOf(Step.Rejected.class, proven(CLIENT_NONCE + "another"));
    }

    private Step proven(String nonce) {
        ScramServer server = server();
        server.respond(Octets.of(CLIENT_FIRST));
        String withoutProof = "c=biws,r=" + nonce;
        byte[] message =
                Octets.of(CLIENT_FIRST.substring(3) + "," + SERVER_FIRST + "," + withoutProof);
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
        byte[] salted = ScramVerifier.saltedPassword("pencil", salt, 4096);
        byte[] key = Octets.hmacSha256(salted, Octets.of("Client Key"));
        byte[] proof = Octets.xor(key, Octets.hmacSha256(Octets.sha256(key), message));
        return server.respond(
                Octets.of(withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n",
                "n,,",
                "n,,n=user",
                "x,,n=user,r=abc",
                "n,user,n=user,r=abc",
                "n,,m=x,n=user,r=abc",
                "n,,n=,r=abc",
                "n,,n=us=er,r=abc",
                "n,,n=us=2cer,r=abc",
                "n,,n=user,r=",
                "n,,n=user,r=a b"
            })
    void server_ofMalformedFirst_saysSo(String message) {
        assertInstanceOf(Step.Malformed.class, server().respond(Octets.of(message)));
    }

    @Test
    void server_ofNonceBeyondALine_saysSo_I9() {
        assertInstanceOf(
                Step.Malformed.class,
                server().respond(Octets.of("n,,n=user,r=" + "x".repeat(201))));
        assertInstanceOf(
                Step.Malformed.class, server().respond(new byte[] {'n', ',', ',', (byte) 0xff}));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c=biws", "c=biws,r=x", "c=biws,r=x,p=?", "r=x,c=biws,p=YQ=="})
    void server_ofMalformedFinal_saysSo(String message) {
        ScramServer server = server();
        server.respond(Octets.of(CLIENT_FIRST));
        Step step = server.respond(Octets.of(message));
        assertInstanceOf(Step.Malformed.class, step);
    }

    @Test
    void server_ofWordsAfterItsProof_doesNotAccept() {
        ScramServer server = server();
        server.respond(Octets.of(CLIENT_FIRST));
        server.respond(Octets.of(CLIENT_FINAL));
        assertInstanceOf(Step.Malformed.class, server.respond(Octets.of("x")));
    }

    @Test
    void server_ofAnotherAuthorization_rejects() {
        assertInstanceOf(Step.Rejected.class, server().respond(Octets.of("n,a=boss,n=user,r=abc")));
        assertInstanceOf(
                Step.Challenge.class, server().respond(Octets.of("n,a=user,n=user,r=abc")));
    }

    @Test
    void server_ofUnknownUser_givesItOneSaltAndTheUsualIterations() {
        String one = text(server().respond(Octets.of("n,,n=eve,r=abc")));
        String again = text(server().respond(Octets.of("n,,n=eve,r=abc")));
        String other = text(server().respond(Octets.of("n,,n=mallory,r=abc")));
        assertEquals(one, again);
        assertNotEquals(one, other);
        assertTrue(one.matches("r=.*,s=[A-Za-z0-9+/]{22}==,i=50000"), one);
    }

    /** RFC 5802 §6: the client could bind, the server can, and yet neither was said. */
    @Test
    void server_ofClientThatSawNoPlus_rejectsWhereItWasOffered() {
        Step step = server(CHANNEL, false, true).respond(Octets.of("y,,n=user,r=abc"));
        assertInstanceOf(Step.Rejected.class, step);
        assertInstanceOf(
                Step.Challenge.class,
                server(ChannelBinding.NONE, false, false).respond(Octets.of("y,,n=user,r=abc")));
    }

    @Test
    void server_ofHeaderThatDoesNotFitTheMechanism_rejects() {
        String bound = "p=tls-server-end-point,,n=user,r=abc";
        assertInstanceOf(
                Step.Rejected.class, server(CHANNEL, false, true).respond(Octets.of(bound)));
        assertInstanceOf(
                Step.Rejected.class, server(CHANNEL, true, true).respond(Octets.of(CLIENT_FIRST)));
        assertInstanceOf(
                Step.Rejected.class,
                server(CHANNEL, true, true).respond(Octets.of("p=tls-unique,,n=user,r=abc")));
        assertInstanceOf(
                Step.Challenge.class, server(CHANNEL, true, true).respond(Octets.of(bound)));
    }

    @Test
    void bothSides_overOneChannel_agree_andOverTwo_doNot() throws SaslException {
        assertInstanceOf(Step.Accepted.class, exchange("user", "pencil", END_POINT));
        assertInstanceOf(Step.Rejected.class, exchange("user", "pencil", new byte[] {9}));
        assertInstanceOf(Step.Rejected.class, exchange("user", "pen", END_POINT));
        assertInstanceOf(Step.Rejected.class, exchange("eve", "pencil", END_POINT));
        assertInstanceOf(Step.Accepted.class, exchange("a,b=c", "pencil", END_POINT));
    }

    private Step exchange(String user, String password, byte[] endPoint) throws SaslException {
        ScramClient client = ScramClient.bound(user, password, endPoint, CLIENT_NONCE);
        ScramServer server = server(CHANNEL, true, true);
        Step step = server.respond(client.initial().orElseThrow());
        while (step instanceof Step.Challenge challenge) {
            step = server.respond(client.respond(challenge.octets()));
        }
        assertEquals(step instanceof Step.Accepted, client.isComplete());
        return step;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "r=" + CLIENT_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "r=" + CLIENT_NONCE + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095",
                "r=" + CLIENT_NONCE + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=5000001",
                "r=" + CLIENT_NONCE + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=x",
                "r=" + CLIENT_NONCE + "x,s=?,i=4096",
                "r=" + CLIENT_NONCE + "x,s=,i=4096",
                "m=ext,r=" + CLIENT_NONCE + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "e=other-error"
            })
    void client_ofChallengeThatIsNoGood_saysNoMore(String challenge) {
        ScramClient client = ScramClient.unbound("user", "pencil", false, CLIENT_NONCE);
        SaslException refused =
                assertThrows(SaslException.class, () -> client.respond(Octets.of(challenge)));
        assertFalse(refused.getMessage().contains("pencil"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
                "v=",
                "v=?",
                "",
                "e=invalid-proof"
            })
    void client_ofServerWithoutProof_isNotComplete(String last) throws SaslException {
        ScramClient client = ScramClient.unbound("user", "pencil", false, CLIENT_NONCE);
        client.respond(Octets.of(SERVER_FIRST));
        assertThrows(SaslException.class, () -> client.respond(Octets.of(last)));
        assertFalse(client.isComplete());
    }
}
