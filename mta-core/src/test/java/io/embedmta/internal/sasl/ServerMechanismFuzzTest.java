package io.embedmta.internal.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.embedmta.auth.AuthAnswer;
import io.embedmta.auth.Authenticator;
import io.embedmta.auth.Lookup;
import io.embedmta.auth.ScramVerifier;
import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * What a client sends to each mechanism of a server: the first octet chooses one, and each line
 * feed ends a response. There is nobody to be, so nothing may be accepted.
 */
class ServerMechanismFuzzTest {
    private static final ChannelBinding CHANNEL = type -> Optional.of(new byte[] {1, 2, 3});

    /** Costs nothing, so that many inputs are tried. */
    private static final ScramVerifier VERIFIER = ScramVerifier.of("x", 4096);

    private static final Authenticator NOBODY =
            new Authenticator() {
                @Override
                public Optional<Verifiers> verifiers() {
                    return Optional.of(user -> Lookup.unknown());
                }

                @Override
                public Optional<Tokens> tokens() {
                    return Optional.of(
                            (user, token) -> {
                                assertFalse(token.isEmpty());
                                return AuthAnswer.rejected();
                            });
                }

                @Override
                public Optional<Secrets> secrets() {
                    return Optional.of(user -> Lookup.unknown());
                }
            };

    private final ServerMechanisms mechanisms =
            new ServerMechanisms(
                    NOBODY,
                    (password, salt, iterations) -> VERIFIER,
                    "mx.example",
                    Clock.systemUTC(),
                    new Random(1));

    @FuzzTest(maxDuration = "1m")
    void responses(byte[] input) {
        if (input.length == 0) {
            return;
        }
        List<String> names = mechanisms.names(CHANNEL);
        String name = names.get((input[0] & 0xff) % names.size());
        RecordedAttempts attempts = RecordedAttempts.granting();
        ServerMechanism mechanism = mechanisms.find(name, CHANNEL, attempts).orElseThrow();
        Step step = mechanism.begin();
        for (byte[] response : responsesOf(input)) {
            if (!(step instanceof Step.Challenge challenge)) {
                break;
            }
            assertTrue(challenge.octets().length <= 372, "fits a line of a reply in Base64");
            step = mechanism.respond(response);
            assertFalse(step instanceof Step.Accepted, name);
            assertFalse(step instanceof Step.Unavailable, name);
            assertEquals(0, attempts.underWay(), name);
        }
    }

    private static List<byte[]> responsesOf(byte[] input) {
        List<byte[]> responses = new ArrayList<>();
        ByteArrayOutputStream response = new ByteArrayOutputStream();
        for (int i = 1; i < input.length; i++) {
            if (input[i] == '\n') {
                responses.add(response.toByteArray());
                response.reset();
            } else {
                response.write(input[i]);
            }
        }
        responses.add(response.toByteArray());
        return responses;
    }
}
