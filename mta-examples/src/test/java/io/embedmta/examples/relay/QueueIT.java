package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue command, on a relay that runs, was killed, or has stopped. */
class QueueIT {
    /** Prints what Python's json makes of each line, and of the times in it. */
    private static final String READ_LIST =
            """
            import datetime, json, sys
            for line in sys.stdin:
                m = json.loads(line)
                time = datetime.datetime.fromisoformat(m['arrival'].replace('Z', '+00:00'))
                for r in m['recipients']:
                    print(m['id'], m['size'] > 0, m['sender'], r['address'], r['destination'], r['state'],
                        r['attempts'], r.get('last_reply', {}).get('code'), 'next_attempt' in r, time.tzname())
            """;

    /** Prints what Python's email package makes of the one message in a Maildir. */
    private static final String READ_BOUNCE =
            """
            import mailbox, email, email.policy, sys
            box = mailbox.Maildir(sys.argv[1], create=False,
                factory=lambda f: email.message_from_binary_file(f, policy=email.policy.default))
            [message] = list(box)
            status = message.get_payload(1).get_payload()
            print(status[1]['Action'], status[1]['Status'], status[1]['Final-Recipient'])
            """;

    @TempDir Path directory;

    private Path spool;
    private int exchangerPort;

    @BeforeEach
    void chooseTheExchangersPort() throws Exception {
        spool = directory.resolve("spool");
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress("127.0.0.2", 0));
            exchangerPort = free.getLocalPort();
        }
    }

    /** Everything but home.test goes to a port where nobody listens until a test does. */
    private RelayProcess relay() throws Exception {
        return RelayProcess.start(
                "--spool",
                spool.toString(),
                "--smart-host",
                "127.0.0.2:" + exchangerPort,
                "--domain",
                "home.test=" + directory.resolve("mail"),
                "--retry",
                "1h");
    }

    /** Sends a message of ann's, which cannot be delivered for now. */
    private void send(RelayProcess relay, String recipient) throws Exception {
        Path message = Files.writeString(directory.resolve("m"), "Subject: x\r\n\r\nHello.\r\n");
        Programs.run(
                Programs.require("curl"),
                "-sS",
                "smtp://127.0.0.1:" + relay.port(),
                "--mail-from",
                "ann@home.test",
                "--mail-rcpt",
                recipient,
                "-T",
                message.toString());
        relay.awaitLog("to=<" + recipient + ">", "status=deferred");
    }

    private String queue(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("queue", "--spool", spool.toString()));
        all.addAll(Arrays.asList(words));
        Process process = RelayProcess.launch(all);
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String log = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), log);
        assertEquals("", log);
        return said;
    }

    /** The list as Python reads it; each message without its id. */
    private List<String> listed(String... which) throws Exception {
        List<String> words = new ArrayList<>(List.of("list", "--json"));
        words.addAll(Arrays.asList(which));
        String list = queue(words.toArray(String[]::new));
        String said = Programs.pipe(list, Programs.require("python3"), "-c", READ_LIST);
        return said.lines().map(line -> line.substring(line.indexOf(' ') + 1)).toList();
    }

    private String expected(String recipient, String state, boolean next) {
        return String.format(
                "True ann@home.test %s smarthost:[127.0.0.2]:%d %s 1 451 %s UTC",
                recipient, exchangerPort, state, next ? "True" : "False");
    }

    @Test
    void list_onARunningRelay_showsAllThereIsToKnow() throws Exception {
        try (RelayProcess relay = relay()) {
            assertEquals("0 messages, 0 octets\n", queue("list"));
            assertEquals("", queue("list", "--json"));
            send(relay, "bob@dead.test");
            List<String> lines = queue("list").lines().toList();
            assertEquals(5, lines.size(), lines.toString());
            assertTrue(lines.get(0).matches("ID +SIZE +AGE  SENDER"), lines.get(0));
            assertTrue(
                    lines.get(1).matches("[0-9A-Z]{16} +\\d+ +\\d+s  <ann@home\\.test>"),
                    lines.get(1));
            assertTrue(
                    lines.get(2)
                            .matches(
                                    "  waiting  <bob@dead\\.test> to smarthost:\\[127\\.0\\.0\\.2]:"
                                            + exchangerPort
                                            + ", 1 attempt, next in (1h0|5)\\dm.*"),
                    lines.get(2));
            assertTrue(lines.get(3).startsWith("           451 4.4.1 "), lines.get(3));
            assertTrue(lines.get(4).matches("1 message, \\d+ octets"), lines.get(4));
            assertEquals(List.of(expected("bob@dead.test", "waiting", true)), listed());
        }
    }

    @Test
    void hold_survivesKill_andReleaseDelivers_I1() throws Exception {
        try (RelayProcess relay = relay()) {
            send(relay, "bob@dead.test");
            assertEquals("hold: 1 message\n", queue("hold", "--sender", "ann@home.test"));
            assertEquals(List.of(expected("bob@dead.test", "held", false)), listed());
        }
        // It was killed, so its socket is there still, and nobody listens.
        assertTrue(Files.exists(spool.resolve("control")));
        assertEquals(List.of(expected("bob@dead.test", "held", false)), listed());
        GreenMail exchanger = exchanger();
        try (RelayProcess relay = relay()) {
            assertEquals("retry: 0 messages\n", queue("retry", "--all"));
            assertEquals(List.of(expected("bob@dead.test", "held", false)), listed());
            String id = queue("list").lines().toList().get(1).substring(0, 16);
            assertEquals("release: 0 messages\n", queue("release", "--id", id + "0"));
            assertEquals("release: 1 message\n", queue("release", "--id", id));
            assertEquals("retry: 1 message\n", queue("retry", "--id", id));
            relay.awaitLog(id, "to=<bob@dead.test>", "status=relayed");
            assertEquals(1, exchanger.getReceivedMessages().length);
            assertEquals(List.of(), listed());
        } finally {
            exchanger.stop();
        }
    }

    @Test
    void release_onAStoppedRelay_deliversAtTheNextStart() throws Exception {
        try (RelayProcess relay = relay()) {
            send(relay, "bob@dead.test");
            assertEquals(143, relay.stop());
        }
        assertEquals("hold: 1 message\n", queue("hold", "--all"));
        assertEquals("hold: 0 messages\n", queue("hold", "--all"));
        assertEquals("release: 1 message\n", queue("release", "--all"));
        assertEquals("retry: 1 message\n", queue("retry", "--all"));
        GreenMail exchanger = exchanger();
        try (RelayProcess relay = relay()) {
            relay.awaitLog("to=<bob@dead.test>", "status=relayed");
        } finally {
            exchanger.stop();
        }
    }

    private GreenMail exchanger() {
        GreenMail exchanger = new GreenMail(new ServerSetup(exchangerPort, "127.0.0.2", "smtp"));
        exchanger.start();
        return exchanger;
    }

    @Test
    void selection_takesNoMoreThanItSays() throws Exception {
        try (RelayProcess relay = relay()) {
            send(relay, "bob@dead.test");
            send(relay, "eve@dead.test");
            String destination = "smarthost:[127.0.0.2]:" + exchangerPort;
            assertEquals("hold: 0 messages\n", queue("hold", "--destination", "dead.test"));
            assertEquals("hold: 0 messages\n", queue("hold", "--sender", "<>"));
            assertEquals("hold: 2 messages\n", queue("hold", "--destination", destination));
            String id = queue("list").lines().toList().get(1).substring(0, 16);
            assertEquals(1, listed("--id", id).size());
            assertEquals(
                    "{\"action\":\"release\",\"messages\":1,\"waits_for_relay\":false}\n",
                    queue("release", "--id", id, "--json"));
        }
    }

    @Test
    void bounce_onARunningRelay_tellsTheSender_I2() throws Exception {
        try (RelayProcess relay = relay()) {
            send(relay, "bob@dead.test");
            assertEquals("bounce: 1 message\n", queue("bounce", "--all"));
            relay.awaitLogs(
                    List.of("to=<bob@dead.test>", "status=bounced"),
                    List.of("to=<ann@home.test>", "status=delivered"));
            assertEquals("failed 5.3.0 rfc822;bob@dead.test", bounce());
        }
    }

    @Test
    void bounce_onAStoppedRelay_isCarriedOutAtTheNextStart_I2() throws Exception {
        try (RelayProcess relay = relay()) {
            send(relay, "bob@dead.test");
            assertEquals(143, relay.stop());
        }
        assertEquals(
                "bounce: 1 message, once a relay runs on this spool\n", queue("bounce", "--all"));
        assertEquals(List.of(expected("bob@dead.test", "ending", false)), listed());
        assertEquals("remove: 0 messages\n", queue("remove", "--sender", "eve@home.test"));
        assertEquals(List.of(expected("bob@dead.test", "ending", false)), listed());
        try (RelayProcess relay = relay()) {
            relay.awaitLog("to=<ann@home.test>", "status=delivered");
            assertEquals("failed 5.3.0 rfc822;bob@dead.test", bounce());
        }
    }

    private String bounce() throws Exception {
        return Programs.run(
                        Programs.require("python3"),
                        "-c",
                        READ_BOUNCE,
                        directory.resolve("mail").resolve("ann").toString())
                .strip()
                .replace("; ", ";");
    }

    @Test
    void remove_onARunningRelay_tellsNobody() throws Exception {
        try (RelayProcess relay = relay()) {
            send(relay, "bob@dead.test");
            assertEquals("remove: 1 message\n", queue("remove", "--all"));
            relay.awaitLog("to=<bob@dead.test>", "status=discarded");
            assertEquals(List.of(), listed());
            assertEquals(143, relay.stop());
            assertTrue(
                    relay.wholeLog().stream()
                            .anyMatch(line -> line.endsWith("queue remove all: 1 message")));
        }
        assertFalse(Files.exists(directory.resolve("mail").resolve("ann")));
    }

    @Test
    void remove_onAStoppedRelay_takesTheMessageOut() throws Exception {
        try (RelayProcess relay = relay()) {
            send(relay, "bob@dead.test");
            send(relay, "eve@dead.test");
            queue("hold", "--all");
            assertEquals(143, relay.stop());
        }
        String id = queue("list").lines().toList().get(1).substring(0, 16);
        assertEquals("remove: 1 message\n", queue("remove", "--id", id));
        assertEquals(List.of(expected("eve@dead.test", "held", false)), listed());
        assertEquals(
                "bounce: 1 message, once a relay runs on this spool\n", queue("bounce", "--all"));
        assertEquals("remove: 1 message\n", queue("remove", "--all"));
        assertEquals(List.of(), listed());
        try (RelayProcess relay = relay()) {
            assertEquals(List.of(), listed());
            assertEquals(143, relay.stop());
        }
        assertFalse(Files.exists(directory.resolve("mail").resolve("ann")));
    }

    @Test
    void secondRelay_onTheSameSpool_isRefusedInOneLine() throws Exception {
        try (RelayProcess relay = relay()) {
            Process second =
                    RelayProcess.launch(
                            List.of("--listen", "127.0.0.1:0", "--spool", spool.toString()));
            second.getOutputStream().close();
            String said =
                    new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(1, second.waitFor(), said);
            assertEquals(1, said.lines().count(), said);
            assertTrue(said.startsWith("mta-relay: The spool " + spool), said);
            assertTrue(said.contains("is in use"), said);
            send(relay, "bob@dead.test");
        }
    }

    @Test
    void sigterm_endsTheRelayCleanly_andTheMailIsThereAgain_I1() throws Exception {
        try (RelayProcess relay = relay()) {
            send(relay, "bob@dead.test");
            assertEquals(143, relay.stop());
            assertEquals(List.of(), relay.wholeLog().stream().filter(QueueIT::isTrouble).toList());
        }
        assertFalse(Files.exists(spool.resolve("control")));
        try (RelayProcess relay = relay()) {
            assertEquals(1, listed().size());
            assertEquals(143, relay.stop());
            assertEquals(List.of(), relay.wholeLog());
        }
    }

    private static boolean isTrouble(String line) {
        return line.contains("WARN") || line.contains("ERROR") || line.contains("Exception");
    }
}
