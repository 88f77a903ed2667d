package io.embedmta.examples.testing;

import static io.embedmta.testing.MailMatcher.any;
import static io.embedmta.testing.Stage.accepted;
import static io.embedmta.testing.Stage.auth;
import static io.embedmta.testing.Stage.banner;
import static io.embedmta.testing.Stage.connect;
import static io.embedmta.testing.Stage.data;
import static io.embedmta.testing.Stage.ehlo;
import static io.embedmta.testing.Stage.endOfData;
import static io.embedmta.testing.Stage.mail;
import static io.embedmta.testing.Stage.quit;
import static io.embedmta.testing.Stage.rcpt;
import static io.embedmta.testing.Stage.starttls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.examples.relay.Programs;
import io.embedmta.testing.BadCertificate;
import io.embedmta.testing.FakeMail;
import io.embedmta.testing.MailTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each fault, as Python's smtplib and curl meet it. */
@Timeout(60)
class FaultsIT {
    /** Says what became of each message: {@code sent}, or the error with its code. */
    private static final String SEND =
            """
            import smtplib, ssl, sys
            port, times, timeout, authority, password = sys.argv[1:]
            def send():
                client = smtplib.SMTP('127.0.0.1', int(port), timeout=float(timeout))
                try:
                    if authority:
                        client.starttls(context=ssl.create_default_context(cafile=authority))
                    if password:
                        client.login('ann', password)
                    client.sendmail('app@example.org', ['bob@example.org'],
                        'Subject: hello\\r\\n\\r\\n' + 30 * (98 * 'x' + '\\r\\n'))
                    client.quit()
                finally:
                    client.close()
            def code(e):
                if isinstance(e, smtplib.SMTPRecipientsRefused):
                    return e.recipients['bob@example.org'][0]
                return getattr(e, 'smtp_code', None) or getattr(e, 'verify_code', '')
            for i in range(int(times)):
                try:
                    send()
                    print('sent')
                except Exception as e:
                    print(type(e).__name__, code(e))
            """;

    @TempDir Path files;

    private static List<String> send(FakeMail to, int times, String authority, String password)
            throws Exception {
        return Programs.run(
                        Programs.require("python3"),
                        "-c",
                        SEND,
                        Integer.toString(to.port()),
                        Integer.toString(times),
                        "0.5",
                        authority,
                        password)
                .lines()
                .map(String::strip)
                .toList();
    }

    private static String send(FakeMail to) throws Exception {
        return send(to, 1, "", "").get(0);
    }

    /** How curl ends: 0 if the message is taken. */
    private static int curl(FakeMail to, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(Programs.require("curl"), "-s"));
        command.addAll(List.of(options));
        command.addAll(
                List.of(
                        "smtp://127.0.0.1:" + to.port() + "/app.test",
                        "--mail-from",
                        "app@example.org",
                        "--mail-rcpt",
                        "bob@example.org",
                        "-H",
                        "Subject: hello",
                        "-F",
                        "=hello"));
        return Programs.execute(command.toArray(String[]::new)).exit();
    }

    @Test
    @MailTest
    void refusal_atEachStage_isHeard(FakeMail server) throws Exception {
        server.on(connect()).times(1).reply(421, "4.3.2", "busy");
        assertEquals("SMTPConnectError 421", send(server));
        server.on(banner()).times(1).reply(554, "5.3.2", "nobody is served here");
        assertEquals("SMTPConnectError 554", send(server));
        // After a refused EHLO, HELO would serve.
        server.on(ehlo()).times(2).reply(550, "5.7.1", "not you");
        assertEquals("SMTPHeloError 550", send(server));
        server.on(mail()).times(1).reply(550, "5.7.1", "not you");
        assertEquals("SMTPSenderRefused 550", send(server));
        server.on(rcpt("bob@*")).times(1).reply(451, "4.3.0", "later");
        assertEquals("SMTPRecipientsRefused 451", send(server));
        server.on(data()).times(1).reply(452, "4.3.1", "full");
        assertEquals("SMTPDataError 452", send(server));
        server.on(endOfData()).times(1).reply(554, "5.6.0", "no such content");
        assertEquals("SMTPDataError 554", send(server));
        server.assertNone(any());
        server.on(quit()).times(1).reply(421, "4.3.2", "going");
        assertEquals("sent", send(server));
    }

    @Test
    @MailTest(users = "ann:secret")
    void refusal_ofAnAuthentication_isHeard(FakeMail server) throws Exception {
        // By each of the mechanisms that the client knows.
        server.on(auth()).times(2).reply(535, "5.7.8", "no");
        assertEquals(List.of("SMTPAuthenticationError 535", "sent"), send(server, 2, "", "secret"));
    }

    @Test
    @MailTest
    void delay_andThrottle_takeTheirTime(FakeMail server) throws Exception {
        server.on(rcpt()).times(1).delay(Duration.ofMillis(200));
        server.on(data()).times(1).throttle(10_000);
        long begun = System.nanoTime();
        assertEquals("sent", send(server));
        // Some 3,000 octets at 10,000 a second.
        assertTrue(System.nanoTime() - begun >= Duration.ofMillis(400).toNanos());
    }

    @Test
    @MailTest
    void stall_isGivenUp(FakeMail server) throws Exception {
        server.on(data()).stall();
        assertEquals("SMTPServerDisconnected", send(server));
        assertEquals(28, curl(server, "--max-time", "0.5"), "curl's word for a timeout");
        server.assertNone(any());
    }

    @Test
    @MailTest
    void lostConnection_isNoticed(FakeMail server) throws Exception {
        server.on(data()).times(1).close();
        assertEquals("SMTPServerDisconnected", send(server));
        server.on(data()).times(1).reset();
        assertEquals("SMTPServerDisconnected", send(server));
        server.on(data()).times(1).closeAfter(500);
        assertEquals("SMTPServerDisconnected", send(server));
        server.assertNone(any());
        server.on(accepted()).times(1).close();
        assertEquals(List.of("SMTPServerDisconnected", "sent"), send(server, 2, "", ""));
        server.awaitCount(2, any());
    }

    @Test
    @MailTest
    void garbage_isNoReply(FakeMail server) throws Exception {
        server.on(rcpt()).times(1).garbage();
        assertEquals("SMTPRecipientsRefused -1", send(server));
        server.on(ehlo()).times(1).garbage();
        assertTrue(curl(server, "--max-time", "1") != 0);
        server.assertNone(any());
    }

    @Test
    @MailTest
    void endlessReply_isGivenUp_andTheServerServesOn(FakeMail server) throws Exception {
        server.on(ehlo()).times(1).endless(250);
        assertTrue(curl(server, "--max-time", "1") != 0);
        assertEquals("sent", send(server));
    }

    @Test
    @MailTest
    void extensionLeftOut_isMissed(FakeMail server) throws Exception {
        server.on(ehlo()).times(1).without("STARTTLS", "AUTH");
        assertEquals("SMTPNotSupportedError", send(server, 1, "", "secret").get(0));
    }

    @ParameterizedTest
    @CsvSource({"EXPIRED, 10", "WRONG_NAME, 64", "UNTRUSTED, 19"})
    void badCertificate_isFoundOut(BadCertificate kind, int x509Error) throws Exception {
        try (FakeMail server = FakeMail.builder().tls().start()) {
            Path authority = Files.writeString(files.resolve("authority.pem"), server.caPem());
            server.on(starttls()).times(1).badCertificate(kind);
            assertEquals(
                    List.of("SSLCertVerificationError " + x509Error, "sent"),
                    send(server, 2, authority.toString(), ""));
        }
    }

    @Test
    @MailTest
    void tooMany_areTurnedAway(FakeMail server) throws Exception {
        server.on(rcpt()).above(2, Duration.ofHours(1)).tooMany();
        assertEquals(List.of("sent", "sent", "SMTPRecipientsRefused 421"), send(server, 3, "", ""));
    }

    @Test
    void chance_isTheSameForASeed() throws Exception {
        List<String> fates = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (FakeMail server = FakeMail.start()) {
                server.on(rcpt()).withProbability(0.5, 7).reply(451, "4.3.0", "later");
                fates.add(send(server, 12, "", "").toString());
            }
        }
        assertEquals(fates.get(0), fates.get(1));
        assertTrue(fates.get(0).contains("sent") && fates.get(0).contains("Refused 451"));
    }
}
