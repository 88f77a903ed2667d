package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mistake on the command line: exit 2 and one clear line. */
class OptionsIT {

    private static String failure(List<String> options) throws Exception {
        Process process = RelayProcess.launch(options);
        process.getOutputStream().close();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(2, process.waitFor(), said);
        assertEquals(0, process.getInputStream().readAllBytes().length);
        assertEquals(1, said.lines().count(), said);
        return said.strip();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--bogus x",
                "--listen",
                "--listen 127.0.0.1",
                "--listen 127.0.0.1:99999",
                "--relay-from 10.0.0.0/99",
                "--domain example.org",
                "--domain -bad-=mail",
                "--dns 127.0.0.1:0",
                "--remote-port 0",
                "--smart-host nothing",
                "--smart-host 999.1.1.1:25",
                "--smart-host [::x]:25",
                "--smart-host mail..example:25",
                "--listen nosuch.invalid:25",
                "--domain a.test=x --domain A.test=y",
                "--retry 5x",
                "--retry 5s,,1m",
                "--expire 0d",
                "--max-size 12",
                "--hostname under_score"
            })
    void option_unknownOrWrong_isNamedInOneLine(String options) throws Exception {
        List<String> given = List.of(options.split(" ", -1));
        String said = failure(given);
        assertTrue(said.startsWith("mta-relay: "), said);
        assertTrue(said.contains(given.get(0)), said);
    }

    @Test
    void port_taken_isNamedInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String said = failure(List.of("--listen", "127.0.0.1:" + taken.getLocalPort()));
            assertTrue(said.contains("127.0.0.1 port " + taken.getLocalPort()), said);
        }
    }

    @Test
    void help_namesEveryOption() throws Exception {
        Process process = RelayProcess.launch(List.of("--help"));
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        assertEquals(0, process.getErrorStream().readAllBytes().length);
        assertEquals(RelayOptions.USAGE, said.stripTrailing());
    }
}
