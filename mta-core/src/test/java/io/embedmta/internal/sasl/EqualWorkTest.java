package io.embedmta.internal.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.embedmta.auth.ScramVerifier;
import io.embedmta.auth.Users;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An unknown user costs what a wrong password does, so that no clock tells them apart. */
class EqualWorkTest {
    private final List<Integer> derivations = new ArrayList<>();
    private final Accounts accounts =
            new Accounts(
                    Users.of().withIterations(5000).with("ann", "pencil"),
                    (password, salt, iterations) -> {
                        derivations.add(iterations);
                        return ScramVerifier.of(password, salt, iterations);
                    },
                    RecordedAttempts.granting());

    @ParameterizedTest
    @ValueSource(strings = {"ann", "eve"})
    void plain_ofKnownAndUnknownUser_derivesOnce(String user) {
        Step step = new PlainServer(accounts).respond(Octets.of("\0" + user + "\0wrong"));
        assertInstanceOf(Step.Rejected.class, step);
        assertEquals(List.of(5000), derivations);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ann", "eve"})
    void login_ofKnownAndUnknownUser_derivesOnce(String user) {
        LoginServer login = new LoginServer(accounts);
        login.begin();
        login.respond(Octets.of(user));
        assertInstanceOf(Step.Rejected.class, login.respond(Octets.of("wrong")));
        assertEquals(List.of(5000), derivations);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ann", "eve"})
    void plain_onBehalfOfAnother_derivesNothing(String user) {
        Step step = new PlainServer(accounts).respond(Octets.of("boss\0" + user + "\0pencil"));
        assertInstanceOf(Step.Rejected.class, step);
        assertEquals(List.of(), derivations);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ann", "eve"})
    void scram_ofKnownAndUnknownUser_showsTheSameNumberAndDerivesNothing(String user) {
        ScramServer scram = new ScramServer(accounts, ChannelBinding.NONE, false, false, "xyz");
        String challenge = ScramTest.text(scram.respond(Octets.of("n,,n=" + user + ",r=abc")));
        assertEquals("r=abcxyz", challenge.substring(0, 8));
        assertEquals(",i=5000", challenge.substring(challenge.length() - 7));
        assertInstanceOf(
                Step.Rejected.class, scram.respond(Octets.of("c=biws,r=abcxyz,p=YWFhYQ==")));
        assertEquals(List.of(), derivations);
    }
}
