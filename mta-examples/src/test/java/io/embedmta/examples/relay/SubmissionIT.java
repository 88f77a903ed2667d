package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.tls.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users log in at the relay's submission ports with clients that we did not write. */
class SubmissionIT {
    private static final String PASSWORD = "correct horse";

    @TempDir Path directory;

    private Path root;

    @BeforeEach
    void prepare() throws Exception {
        TestAuthority authority = TestAuthority.create();
        root = authority.writeCertificate(directory.resolve("root.pem"));
        TestAuthority.Identity identity = authority.issue("localhost", "127.0.0.1");
        identity.writeChain(directory.resolve("chain.pem"));
        identity.writeKey(directory.resolve("key.pem"));
        Files.writeString(directory.resolve("users"), hash(PASSWORD, "ann@example.test"));
    }

    /** What the hash command prints, given the password on its standard input. */
    private static String hash(String password, String... arguments) throws Exception {
        Process process =
                RelayProcess.launch(
                        Stream.concat(Stream.of("hash"), Stream.of(arguments)).toList());
        try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
            in.write(password + "\n");
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return said;
    }

    private RelayProcess relay(String... more) throws IOException {
        List<String> options =
                List.of(
                        "--tls-cert",
                        directory.resolve("chain.pem").toString(),
                        "--tls-key",
                        directory.resolve("key.pem").toString(),
                        "--users",
                        directory.resolve("users").toString(),
                        "--submission",
                        "127.0.0.1:0",
                        "--submissions",
                        "127.0.0.1:0",
                        "--domain",
                        "example.test=" + directory.resolve("mail"));
        return RelayProcess.start(
                Stream.concat(options.stream(), Stream.of(more)).toArray(String[]::new));
    }

    private Programs.Ended curl(String url, String user, String password) throws Exception {
        Path message =
                Files.writeString(directory.resolve("m"), "Subject: hi\r\n\r\nIt works.\r\n");
        return Programs.execute(
                Programs.require("curl"),
                "-sS",
                "--ssl-reqd",
                "--cacert",
                root.toString(),
                url,
                "--user",
                user + ":" + password,
                "--mail-from",
                "ann@example.test",
                "--mail-rcpt",
                "bob@example.test",
                "-T",
                message.toString());
    }

    @Test
    void ready_namesEachListener() throws Exception {
        try (RelayProcess relay = relay()) {
            assertTrue(
                    relay.ready()
                            .matches(
                                    "ready smtp=127.0.0.1:\\d+ submission=127.0.0.1:\\d+"
                                            + " submissions=127.0.0.1:\\d+"),
                    relay.ready());
        }
    }

    @Test
    void curl_logsInOverStarttls_messageArrivesWithDateAndMessageId() throws Exception {
        try (RelayProcess relay = relay()) {
            Programs.Ended sent =
                    curl(
                            "smtp://127.0.0.1:" + relay.port("submission"),
                            "ann@example.test",
                            PASSWORD);
            assertEquals(0, sent.exit(), sent.output());
            relay.awaitLog("to=<bob@example.test>", "status=delivered");
            String message = onlyMessage("bob");
            assertTrue(message.contains("with ESMTPSA"), message);
            assertTrue(message.contains("\r\nDate: "), message);
            assertTrue(message.contains("\r\nMessage-ID: <"), message);
        }
    }

    @Test
    void curl_logsInOverImplicitTls_messageArrives() throws Exception {
        try (RelayProcess relay = relay()) {
            Programs.Ended sent =
                    curl(
                            "smtps://127.0.0.1:" + relay.port("submissions"),
                            "ann@example.test",
                            PASSWORD);
            assertEquals(0, sent.exit(), sent.output());
            relay.awaitLog("to=<bob@example.test>", "status=delivered");
        }
    }

    @Test
    void curl_withTheWrongPassword_isRefusedAndTheLogHoldsNeither() throws Exception {
        List<String> log;
        try (RelayProcess relay = relay()) {
            Programs.Ended sent =
                    curl(
                            "smtp://127.0.0.1:" + relay.port("submission"),
                            "ann@example.test",
                            "wrong horse");
            assertNotEquals(0, sent.exit(), sent.output());
            relay.stop();
            log = relay.wholeLog();
        }
        assertFalse(log.toString().contains("horse"), log.toString());
        assertFalse(log.toString().contains("accepted"), log.toString());
    }

    @Test
    void swaks_withoutLogIn_isRefused() throws Exception {
        try (RelayProcess relay = relay()) {
            Programs.Ended sent =
                    Programs.execute(
                            Programs.require("swaks"),
                            "--tls",
                            "--server",
                            "127.0.0.1:" + relay.port("submission"),
                            "--from",
                            "ann@example.test",
                            "--to",
                            "bob@example.test");
            assertNotEquals(0, sent.exit(), sent.output());
            assertTrue(sent.output().contains("530 5.7.0"), sent.output());
        }
    }

    @Test
    void swaks_overStarttlsAtThePortForServers_delivers() throws Exception {
        try (RelayProcess relay = relay()) {
            Programs.run(
                    Programs.require("swaks"),
                    "--tls",
                    "--server",
                    "127.0.0.1:" + relay.port(),
                    "--from",
                    "me@example.net",
                    "--to",
                    "bob@example.test");
            relay.awaitLog("to=<bob@example.test>", "status=delivered");
            assertTrue(onlyMessage("bob").contains("with ESMTPS "), onlyMessage("bob"));
        }
    }

    @Test
    void relay_sendsToTheSubmissionPortOfAnother_overVerifiedTlsAlone() throws Exception {
        Path wrongRoot = TestAuthority.create().writeCertificate(directory.resolve("wrong.pem"));
        try (RelayProcess receiver = relay()) {
            String smartHost = "127.0.0.1:" + receiver.port();
            try (RelayProcess sender =
                    RelayProcess.start(
                            "--smart-host",
                            smartHost,
                            "--tls-out",
                            "verify",
                            "--trust",
                            wrongRoot.toString())) {
                send(sender);
                sender.awaitLog("to=<bob@example.test>", "status=deferred", "4.7.");
            }
            try (RelayProcess sender =
                    RelayProcess.start(
                            "--smart-host",
                            smartHost,
                            "--tls-out",
                            "verify",
                            "--trust",
                            root.toString())) {
                send(sender);
                sender.awaitLog("to=<bob@example.test>", "status=relayed");
            }
        }
    }

    private static void send(RelayProcess relay) throws Exception {
        Programs.run(
                Programs.require("swaks"),
                "--server",
                "127.0.0.1:" + relay.port(),
                "--from",
                "me@example.net",
                "--to",
                "bob@example.test");
    }

    private String onlyMessage(String mailbox) throws IOException {
        try (Stream<Path> files =
                Files.list(directory.resolve("mail").resolve(mailbox).resolve("new"))) {
            List<Path> all = files.toList();
            assertEquals(1, all.size());
            return Files.readString(all.get(0), StandardCharsets.ISO_8859_1);
        }
    }
}
