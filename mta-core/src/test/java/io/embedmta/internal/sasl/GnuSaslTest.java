package io.embedmta.internal.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our clients against servers of GNU SASL, which nobody here wrote. Skipped where it is missing.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GnuSaslTest {

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-256", "PLAIN", "LOGIN"})
    void client_isAcceptedWithThePasswordAlone(String name) throws Exception {
        assertTrue(accepts(client(name, "pencil")));
        assertFalse(accepts(client(name, "crayon")));
    }

    private static ClientMechanism client(String name, String password) {
        return ClientMechanisms.ofPassword(
                        Set.of(name), true, ChannelBinding.NONE, "user", password)
                .orElseThrow();
    }

    /** Runs an exchange; the server goes on with a line where it accepts, and ends where not. */
    private static boolean accepts(ClientMechanism client) throws IOException, SaslException {
        Process server =
                new ProcessBuilder(
                                gsasl(),
                                "--server",
                                "--quiet",
                                "--mechanism=" + client.name(),
                                "--authentication-id=user",
                                "--password=pencil")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (Writer to = server.outputWriter(StandardCharsets.US_ASCII);
                BufferedReader from = server.inputReader(StandardCharsets.US_ASCII)) {
            assertEquals(client.name(), from.readLine());
            if (client.initial().isPresent()) {
                assertEquals("", from.readLine(), "no challenge, as the client speaks first");
                say(to, client.initial().get());
            }
            String challenge = from.readLine();
            while (challenge != null && !challenge.isEmpty()) {
                say(to, client.respond(Base64.getDecoder().decode(challenge)));
                if (client instanceof ScramClient && client.isComplete()) {
                    return true;
                }
                challenge = from.readLine();
            }
            return challenge != null && client.isComplete();
        } finally {
            server.destroy();
        }
    }

    private static void say(Writer to, byte[] response) throws IOException {
        to.write(Base64.getEncoder().encodeToString(response) + "\n");
        to.flush();
    }

    private static String gsasl() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, "gsasl"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElseGet(
                        () -> {
                            assumeTrue(false, "gsasl is not installed");
                            return "";
                        });
    }
}
