package io.embedmta.examples.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.examples.relay.Programs;
import io.embedmta.filter.Filter;
import io.embedmta.filter.SessionView;
import io.embedmta.filter.Verdict;
import io.embedmta.listener.SmtpListener;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Tls;
import io.embedmta.tls.TlsSession;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that nobody here wrote, into a listener with STARTTLS and one with implicit TLS. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReceivingIT {
    private static final String TRACE =
            ".* with ESMTPS \\(TLSv1\\.[23]\\) id .* tls TLS_[A-Z0-9_]+; .*";

    private final TestAuthority authority = TestAuthority.create();
    private final Postbox box = new Postbox();
    private final Queue<Optional<TlsSession>> seen = new ConcurrentLinkedQueue<>();

    @TempDir Path folder;
    private Path anchors;
    private Mta mta;

    @BeforeEach
    void start() {
        anchors = authority.writeCertificate(folder.resolve("root.pem"));
        Tls tls =
                pem(authority.intermediate().issue("mx.home.test", "localhost", "127.0.0.1"))
                        .and(pem(authority.issueRsa("mx.home.test", "localhost", "127.0.0.1")))
                        .and(pem(authority.issue("*.other.test")))
                        .askForClientCertificates();
        Filter watching =
                new Filter() {
                    @Override
                    public Verdict helo(SessionView session, String name) {
                        seen.add(session.tls());
                        return Verdict.next();
                    }
                };
        mta =
                Mta.builder("mx.home.test")
                        .store("home.test", box.store())
                        .filter(watching)
                        .listener(SmtpListener.on("127.0.0.1", 0).tls(tls))
                        .listener(SmtpListener.on("127.0.0.1", 0).implicitTls(tls))
                        .start();
    }

    @AfterEach
    void close() {
        mta.close();
    }

    private Tls pem(TestAuthority.Identity identity) {
        String name = String.valueOf(identity.certificate().getSerialNumber());
        return Tls.pem(
                identity.writeChain(folder.resolve(name + ".crt")),
                identity.writeKey(folder.resolve(name + ".key")));
    }

    private String startTlsPort() {
        return String.valueOf(mta.addresses().get(0).getPort());
    }

    private String implicitPort() {
        return String.valueOf(mta.addresses().get(1).getPort());
    }

    // OpenSSL.

    private List<String> openssl(boolean startTls, String... options) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Programs.require("openssl"),
                                "s_client",
                                "-crlf",
                                "-connect",
                                "127.0.0.1:" + (startTls ? startTlsPort() : implicitPort()),
                                "-CAfile",
                                anchors.toString(),
                                "-verify_return_error"));
        if (startTls) {
            command.addAll(List.of("-starttls", "smtp"));
        }
        command.addAll(Arrays.asList(options));
        return command;
    }

    private String say(List<String> command, String text) throws Exception {
        return Programs.pipe(text, command.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void openssl_agreesAndVerifies(String version) throws Exception {
        for (boolean startTls : List.of(true, false)) {
            String said =
                    say(
                            openssl(startTls, version, "-verify_hostname", "mx.home.test"),
                            "EHLO client.test\n");
            assertTrue(said.contains("Verify return code: 0 (ok)"), said);
            assertTrue(said.contains(version.replace("-tls1_", "New, TLSv1.")), said);
        }
    }

    @Test
    void openssl_getsTheCertificateOfTheName() throws Exception {
        String said =
                say(
                        openssl(
                                true,
                                "-servername",
                                "mx.other.test",
                                "-verify_hostname",
                                "mx.other.test"),
                        "");
        assertTrue(said.contains("Verify return code: 0 (ok)"), said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"})
    void openssl_getsTheKindOfKeyThatItCanUse(String suite) throws Exception {
        String said = say(openssl(true, "-tls1_2", "-cipher", suite), "");
        assertTrue(said.contains("Cipher is " + suite), said);
    }

    @Test
    void openssl_ofOldVersions_isRefused() throws Exception {
        List<String> old = openssl(true, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0");
        Programs.Ended ended = Programs.execute(old.toArray(String[]::new));
        assertFalse(ended.exit() == 0, ended.output());
        assertTrue(ended.output().contains("alert protocol version"), ended.output());
    }

    @Test
    void openssl_showsItsCertificate_toFilters() throws Exception {
        // Of an authority that nobody knows.
        TestAuthority.Identity own = TestAuthority.create().issue("client.test");
        Path chain = own.writeChain(folder.resolve("client.crt"));
        Path key = own.writeKey(folder.resolve("client.key"));
        for (String version : List.of("-tls1_2", "-tls1_3")) {
            Process process =
                    start(
                            openssl(
                                    false,
                                    version,
                                    "-cert",
                                    chain.toString(),
                                    "-key",
                                    key.toString()));
            awaitText(process, "220 mx.home.test");
            send(process, "EHLO client.test\n");
            awaitText(process, "REQUIRETLS");
            assertEquals(
                    List.of(own.certificate()), seen.remove().orElseThrow().peerCertificates());
            end(process);
        }
    }

    @Test
    void openssl_thatRenegotiates_isCutOff() throws Exception {
        Process process = start(openssl(false, "-tls1_2"));
        awaitText(process, "220 mx.home.test");
        send(process, "NOOP\n");
        awaitText(process, "250 2.0.0");
        send(process, "R\n");
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(said.contains("RENEGOTIATING"), said);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it goes on");
        assertFalse(said.contains("Secure Renegotiation IS NOT"), said);
    }

    @Test
    void openssl_thatChangesItsKeys_goesOn() throws Exception {
        Process process = start(openssl(false, "-tls1_3"));
        awaitText(process, "220 mx.home.test");
        // K asks for new keys of both sides.
        send(process, "K\n");
        awaitText(process, "KEYUPDATE");
        send(process, "NOOP\n");
        awaitText(process, "250 2.0.0");
        end(process);
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void send(Process process, String line) throws IOException {
        OutputStream out = process.getOutputStream();
        out.write(line.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static void awaitText(Process process, String text) throws IOException {
        StringBuilder said = new StringBuilder();
        InputStream in = process.getInputStream();
        while (said.indexOf(text) < 0) {
            int octet = in.read();
            assertTrue(octet >= 0, () -> "It ended after: " + said);
            said.append((char) octet);
        }
    }

    private static void end(Process process) throws Exception {
        process.getOutputStream().close();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it does not end");
    }

    // Senders of mail.

    private void arrived(String text) throws InterruptedException {
        String message = box.await();
        assertTrue(message.contains(text), message);
        assertTrue(message.lines().anyMatch(line -> line.matches("Received: " + TRACE)), message);
    }

    private void curl(String url, String... options) throws Exception {
        Path message =
                Files.writeString(folder.resolve("message"), "Subject: x\r\n\r\nof curl\r\n");
        Stream<String> fixed =
                Stream.of(
                        Programs.require("curl"),
                        "-sS",
                        url,
                        "--cacert",
                        anchors.toString(),
                        "--mail-from",
                        "ann@client.test",
                        "--mail-rcpt",
                        "bob@home.test",
                        "-T",
                        message.toString());
        Programs.run(Stream.concat(fixed, Arrays.stream(options)).toArray(String[]::new));
        arrived("of curl");
    }

    @Test
    void curl_sends() throws Exception {
        String at = "mx.home.test:" + startTlsPort();
        curl("smtp://" + at, "--ssl-reqd", "--resolve", at + ":127.0.0.1");
        curl("smtp://" + at, "--ssl-reqd", "--resolve", at + ":127.0.0.1", "--tls-max", "1.2");
        String implicit = "mx.home.test:" + implicitPort();
        curl("smtps://" + implicit, "--resolve", implicit + ":127.0.0.1");
    }

    private void swaks(String port, String option) throws Exception {
        Programs.run(
                Programs.require("swaks"),
                "--server",
                "127.0.0.1",
                "--port",
                port,
                option,
                "--tls-verify",
                "--tls-ca-path",
                anchors.toString(),
                "--from",
                "ann@client.test",
                "--to",
                "bob@home.test",
                "--body",
                "of swaks");
        arrived("of swaks");
    }

    @Test
    void swaks_sends() throws Exception {
        swaks(startTlsPort(), "--tls");
        swaks(implicitPort(), "--tlsc");
    }

    private void jakartaMail(String protocol, String port) throws Exception {
        Properties properties = new Properties();
        String prefix = "mail." + protocol + ".";
        properties.put("mail.transport.protocol", protocol);
        properties.put(prefix + "host", "localhost");
        properties.put(prefix + "port", port);
        properties.put(prefix + "starttls.enable", "true");
        properties.put(prefix + "starttls.required", "true");
        properties.put(prefix + "ssl.checkserveridentity", "true");
        properties.put(prefix + "ssl.socketFactory", trusting().getSocketFactory());
        Session session = Session.getInstance(properties);
        MimeMessage message = new MimeMessage(session);
        message.setFrom("ann@client.test");
        message.setRecipient(Message.RecipientType.TO, new InternetAddress("bob@home.test"));
        message.setText("of Jakarta Mail");
        message.saveChanges();
        try (Transport transport = session.getTransport()) {
            transport.connect();
            transport.sendMessage(message, message.getAllRecipients());
        }
        arrived("of Jakarta Mail");
    }

    private SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("root", authority.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void jakartaMail_sends() throws Exception {
        jakartaMail("smtp", startTlsPort());
        jakartaMail("smtps", implicitPort());
    }
}
