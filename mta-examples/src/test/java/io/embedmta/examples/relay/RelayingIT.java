package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.embedmta.Mta;
import io.embedmta.dns.KnotServer;
import io.embedmta.filter.Filter;
import io.embedmta.filter.TransactionView;
import io.embedmta.filter.Verdict;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.Recipient;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The relay finds its way by a real name server, to exchangers of others. Exchangers share a port
 * and differ in their address: nobody listens on 127.0.0.3.
 */
class RelayingIT {
    private static final String ZONE =
            """
            $ORIGIN test.
            $TTL 60
            @ SOA ns.test. hostmaster.test. 1 3600 600 86400 60
            @ NS ns.test.
            ns A 127.0.0.1
            live A 127.0.0.2
            dead A 127.0.0.3
            plain MX 10 live
            backup MX 10 dead
            backup MX 20 live
            implicit A 127.0.0.2
            also CNAME plain
            null MX 0 .
            lost MX 10 gone
            """;

    /** Prints what Python's email package makes of the one message in a Maildir. */
    private static final String READ_BOUNCE =
            """
            import mailbox, email, email.policy, sys
            box = mailbox.Maildir(sys.argv[1], create=False,
                factory=lambda f: email.message_from_binary_file(f, policy=email.policy.default))
            [message] = list(box)
            assert message.get_content_type() == 'multipart/report', message.get_content_type()
            assert not message.defects, message.defects
            status = message.get_payload(1).get_payload()
            print(status[1]['Action'], status[1]['Status'], status[1]['Final-Recipient'])
            """;

    private static KnotServer knot;

    @TempDir Path mail;

    @BeforeAll
    static void startNameServer() {
        KnotServer.assumeInstalled();
        knot = KnotServer.builder().zone("test", ZONE).start();
    }

    @AfterAll
    static void stopNameServer() {
        if (knot != null) {
            knot.close();
        }
    }

    private RelayProcess relay(int remotePort, String... more) throws IOException {
        String[] fixed = {
            "--dns",
            "127.0.0.1:" + knot.address().getPort(),
            "--remote-port",
            String.valueOf(remotePort),
            "--domain",
            "home.test=" + mail,
            "--retry",
            "1s"
        };
        return RelayProcess.start(
                Stream.concat(Arrays.stream(fixed), Arrays.stream(more)).toArray(String[]::new));
    }

    /** Sends a message of ann's by curl. */
    private void send(RelayProcess relay, byte[] message, String... recipients) throws Exception {
        Path file = Files.write(mail.resolve("message"), message);
        Stream<String> to = Arrays.stream(recipients).flatMap(r -> Stream.of("--mail-rcpt", r));
        Stream<String> rest =
                Stream.of(
                        Programs.require("curl"),
                        "-sS",
                        "smtp://127.0.0.1:" + relay.port(),
                        "--mail-from",
                        "ann@home.test",
                        "-T",
                        file.toString());
        Programs.run(Stream.concat(rest, to).toArray(String[]::new));
    }

    private static byte[] message() {
        return "Subject: x\r\n\r\n.dot\r\n..\r\nend\r\n".getBytes(StandardCharsets.US_ASCII);
    }

    private static GreenMail greenMail() {
        GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.2", "smtp"));
        server.start();
        return server;
    }

    private void arrives(String domain) throws Exception {
        GreenMail server = greenMail();
        try (RelayProcess relay = relay(server.getSmtp().getPort())) {
            send(relay, message(), "bob@" + domain);
            relay.awaitLog("to=<bob@" + domain + ">", "relay=live.test", "status=relayed");
            // GreenMail keeps all octets but the last line end.
            assertEquals(
                    new String(message(), StandardCharsets.US_ASCII).stripTrailing(),
                    belowTrace(server.getReceivedMessages()[0]).stripTrailing());
        } finally {
            server.stop();
        }
    }

    /** The octets from the first field that the sender wrote. */
    private static String belowTrace(MimeMessage received) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        received.writeTo(bytes);
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        return text.substring(text.indexOf("Subject: x"));
    }

    @Test
    void domain_withAnExchanger_getsTheMessageOctetForOctet_I7() throws Exception {
        arrives("plain.test");
    }

    @Test
    void domain_whosePrimaryIsDead_getsItByTheBackup() throws Exception {
        arrives("backup.test");
    }

    @Test
    void domain_thatIsAnAlias_isFollowed() throws Exception {
        arrives("also.test");
    }

    @Test
    void domain_withoutExchanger_getsItAtItsAddress() throws Exception {
        GreenMail server = greenMail();
        try (RelayProcess relay = relay(server.getSmtp().getPort())) {
            send(relay, message(), "bob@implicit.test");
            relay.awaitLog("to=<bob@implicit.test>", "relay=implicit.test", "status=relayed");
        } finally {
            server.stop();
        }
    }

    @Test
    void smartHost_takesWhatIsNotLocal() throws Exception {
        GreenMail server = greenMail();
        int port = server.getSmtp().getPort();
        try (RelayProcess relay = relay(port, "--smart-host", "127.0.0.2:" + port)) {
            send(relay, message(), "bob@anywhere.example");
            relay.awaitLog("to=<bob@anywhere.example>", "status=relayed");
            assertEquals(1, server.getReceivedMessages().length);
        } finally {
            server.stop();
        }
    }

    private void bounces(String domain, String status) throws Exception {
        try (RelayProcess relay = relay(9)) {
            send(relay, message(), "bob@" + domain);
            relay.awaitLogs(
                    List.of("to=<bob@" + domain + ">", "status=bounced", status),
                    List.of("to=<ann@home.test>", "status=delivered"));
            assertEquals(
                    "failed " + status + " rfc822;bob@" + domain,
                    Programs.run(
                                    Programs.require("python3"),
                                    "-c",
                                    READ_BOUNCE,
                                    mail.resolve("ann").toString())
                            .strip()
                            .replace("; ", ";"));
            assertEquals("multipart/report", typeByJakartaMail());
        }
    }

    private String typeByJakartaMail() throws Exception {
        try (Stream<Path> files = Files.list(mail.resolve("ann").resolve("new"));
                InputStream in = Files.newInputStream(files.findFirst().orElseThrow())) {
            MimeMessage bounce = new MimeMessage(Session.getInstance(new Properties()), in);
            MimeMultipart parts = (MimeMultipart) bounce.getContent();
            assertEquals(3, parts.getCount());
            assertTrue(parts.getBodyPart(1).isMimeType("message/delivery-status"));
            return bounce.getContentType().replaceAll(";.*", "").replaceAll("\\s.*", "");
        }
    }

    @Test
    void domain_thatDoesNotExist_bouncesToTheSendersMaildir_I2() throws Exception {
        bounces("nowhere.test", "5.1.2");
    }

    @Test
    void domain_withANullMx_bouncesAtOnce_I2() throws Exception {
        bounces("null.test", "5.1.10");
    }

    @Test
    void domain_whoseExchangerHasNoAddress_bounces_I2() throws Exception {
        bounces("lost.test", "5.4.4");
    }

    @Test
    void exchanger_thatGreylistsAndRefusesOneOfThree_takesTheOthersLater() throws Exception {
        BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
        try (Mta exchanger =
                        Mta.builder("live.test")
                                .listener(SmtpListener.on("127.0.0.2", 0))
                                .store(
                                        "plain.test",
                                        mail ->
                                                arrived.add(
                                                        mail.envelope().recipients().toString()))
                                .filter(greylisting())
                                .start();
                RelayProcess relay = relay(exchanger.addresses().get(0).getPort())) {
            send(relay, message(), "a@plain.test", "nobody@plain.test", "c@plain.test");
            relay.awaitLog("to=<nobody@plain.test>", "status=bounced", "5.1.1");
            relay.awaitLogs(
                    List.of("to=<c@plain.test>", "status=relayed"),
                    List.of("to=<ann@home.test>", "status=delivered"));
            assertEquals("[a@plain.test, c@plain.test]", arrived.poll(30, TimeUnit.SECONDS));
        }
    }

    /** Refuses one for good, and defers all others once. */
    private static Filter greylisting() {
        AtomicBoolean seen = new AtomicBoolean();
        return new Filter() {
            @Override
            public Verdict mail(TransactionView tx) {
                return seen.getAndSet(true)
                        ? Verdict.next()
                        : Verdict.defer(451, "4.7.1", "greylisted, come again");
            }

            @Override
            public Verdict recipient(TransactionView tx, Recipient to) {
                return to.address().localPart().equals("nobody")
                        ? Verdict.reject(550, "5.1.1", "no such user")
                        : Verdict.next();
            }
        };
    }

    @Test
    void postfixSink_asExchanger_takesTheMessage() throws Exception {
        String sink = Programs.require("smtp-sink");
        int port;
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress("127.0.0.2", 0));
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(sink, "127.0.0.2:" + port, "10"));
        if (System.getProperty("user.name").equals("root")) {
            // As root it wants to be told whom to run as.
            command.addAll(1, List.of("-u", "nobody"));
        }
        Process process = new ProcessBuilder(command).inheritIO().start();
        try (RelayProcess relay = relay(port)) {
            // Until the sink listens, the relay tries again each second.
            send(relay, message(), "bob@plain.test");
            relay.awaitLog("to=<bob@plain.test>", "relay=live.test", "status=relayed");
        } finally {
            process.destroy();
            process.waitFor();
        }
    }
}
