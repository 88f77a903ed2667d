package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the relay refuses, as a client of others hears it. */
class PolicyIT {
    private static final String OUTSIDERS = "192.0.2.0/24";
    private static final int SWAKS_RECIPIENT_REFUSED = 24;
    private static final int SWAKS_MESSAGE_REFUSED = 26;
    private static final int CURL_SEND_FAILED = 55;

    @TempDir Path directory;

    private String mailboxes() {
        return "example.test=" + directory.resolve("mail");
    }

    private static Programs.Ended swaks(RelayProcess relay, String to, String... more)
            throws Exception {
        String[] fixed = {
            Programs.require("swaks"),
            "--server",
            "127.0.0.1:" + relay.port(),
            "--from",
            "me@example.net",
            "--to",
            to
        };
        return Programs.execute(
                Stream.concat(Arrays.stream(fixed), Arrays.stream(more)).toArray(String[]::new));
    }

    @Test
    void client_outsideTheRelaysNetworks_isRefusedForOtherDomains_I6() throws Exception {
        try (RelayProcess relay =
                RelayProcess.start("--relay-from", OUTSIDERS, "--domain", mailboxes())) {
            Programs.Ended ended = swaks(relay, "bob@elsewhere.example");
            assertEquals(SWAKS_RECIPIENT_REFUSED, ended.exit(), ended.output());
            assertTrue(ended.output().contains("<** 550 5.7.1 "), ended.output());
        }
    }

    @Test
    void client_outsideTheRelaysNetworks_reachesTheDomainsOfOurs() throws Exception {
        try (RelayProcess relay =
                RelayProcess.start("--relay-from", OUTSIDERS, "--domain", mailboxes())) {
            Programs.Ended ended = swaks(relay, "ann@example.test");
            assertEquals(0, ended.exit(), ended.output());
            relay.awaitLog("to=<ann@example.test>", "status=delivered");
        }
    }

    @Test
    void message_declaredTooLarge_isRefusedBeforeItIsSent() throws Exception {
        String curl = Programs.require("curl");
        Path large = large();
        try (RelayProcess relay =
                RelayProcess.start("--max-size", "65536", "--domain", mailboxes())) {
            Programs.Ended ended =
                    Programs.execute(
                            curl,
                            "-sSv",
                            "smtp://127.0.0.1:" + relay.port(),
                            "--mail-from",
                            "me@example.net",
                            "--mail-rcpt",
                            "ann@example.test",
                            "-T",
                            large.toString());
            assertEquals(CURL_SEND_FAILED, ended.exit(), ended.output());
            assertTrue(ended.output().contains("< 250-SIZE 65536"), ended.output());
            assertTrue(ended.output().contains("< 552 5.3.4 "), ended.output());
        }
    }

    @Test
    void message_tooLargeWithoutSayingSo_isRefusedAfterItsEnd() throws Exception {
        Path large = large();
        try (RelayProcess relay =
                RelayProcess.start("--max-size", "65536", "--domain", mailboxes())) {
            Programs.Ended ended = swaks(relay, "ann@example.test", "--data", "@" + large);
            assertEquals(SWAKS_MESSAGE_REFUSED, ended.exit(), ended.output());
            assertTrue(ended.output().contains("<** 552 5.3.4 "), ended.output());
        }
    }

    private Path large() throws Exception {
        String text = "Subject: large\r\n\r\n" + ("x".repeat(70) + "\r\n").repeat(1000);
        return Files.writeString(directory.resolve("large"), text);
    }
}
