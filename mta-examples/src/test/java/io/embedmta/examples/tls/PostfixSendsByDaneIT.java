package io.embedmta.examples.tls;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.dns.KnotServer;
import io.embedmta.dns.SignedZone;
import io.embedmta.dns.UnboundServer;
import io.embedmta.listener.SmtpListener;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Postfix believes what we show it for what our TLSA records say, and nothing else. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostfixSendsByDaneIT {
    private static final String ADDRESS = "127.0.0.6";

    private final TestAuthority.Identity server = TestAuthority.create().issue("mx.dane.example");
    private final Postbox box = new Postbox();

    @TempDir Path folder;
    private Mta mta;
    private KnotServer knot;
    private UnboundServer unbound;
    private PostfixSender postfix;

    @BeforeEach
    void start() throws Exception {
        PostfixSender.assumePossible();
        KnotServer.assumeInstalled();
        UnboundServer.assumeInstalled();
        Tls tls =
                Tls.pem(
                        server.writeChain(folder.resolve("server.crt")),
                        server.writeKey(folder.resolve("server.key")));
        mta =
                Mta.builder("mx.dane.example")
                        .store("right.dane.example", box.store())
                        .store("wrong.dane.example", box.store())
                        .store("hidden.dane.example", box.store())
                        .listener(SmtpListener.on(ADDRESS, 0).tls(tls))
                        .listener(SmtpListener.on(ADDRESS, 0))
                        .start();
        int port = mta.addresses().get(0).getPort();
        int withoutTls = mta.addresses().get(1).getPort();
        startNameServers(port, withoutTls);
        postfix =
                PostfixSender.start(
                        unbound.address().getAddress(),
                        Map.of(
                                "right.dane.example", port,
                                "wrong.dane.example", port,
                                "hidden.dane.example", withoutTls));
    }

    private void startNameServers(int port, int withoutTls) throws Exception {
        byte[] key = server.certificate().getPublicKey().getEncoded();
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
        SignedZone zone =
                SignedZone.sign(
                        "dane.example",
                        """
                        $ORIGIN dane.example.
                        $TTL 300
                        @ SOA ns hostmaster 1 3600 600 86400 60
                        @ NS ns
                        ns A 127.0.0.1
                        mx A %1$s
                        mx2 A %1$s
                        right MX 10 mx
                        wrong MX 10 mx2
                        hidden MX 10 mx
                        _%2$d._tcp.mx TLSA 3 1 1 %4$s
                        _%3$d._tcp.mx TLSA 3 1 1 %4$s
                        _%2$d._tcp.mx2 TLSA 3 1 1 %5$s
                        """
                                .formatted(ADDRESS, port, withoutTls, digest, "66".repeat(32)));
        knot = KnotServer.builder().zone("dane.example", zone.text()).start();
        unbound =
                UnboundServer.builder()
                        .zone("dane.example", knot.address())
                        .validating(SignedZone.writeAnchors(folder.resolve("root.key"), zone))
                        .at(new InetSocketAddress(someLoopbackAddress(), 53))
                        .start();
    }

    /** Port 53 is free at most of the sixteen million. */
    private static InetAddress someLoopbackAddress() throws Exception {
        byte[] address = new byte[4];
        ThreadLocalRandom.current().nextBytes(address);
        address[0] = 127;
        address[1] = 53;
        return InetAddress.getByAddress(address);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {postfix, unbound, knot, mta}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @Test
    void postfix_withTlsaRecordsThatFit_verifiesAndSends() throws Exception {
        postfix.send("bob@right.dane.example");
        postfix.awaitLog("Verified TLS connection established to mx.dane.example");
        postfix.awaitLog("to=<bob@right.dane.example>", "status=sent");
        String message = box.await();
        assertTrue(message.contains(" by mx.dane.example with ESMTPS "), message);
    }

    @Test
    void postfix_withTlsaRecordsOfAnother_defers() throws Exception {
        postfix.send("bob@wrong.dane.example");
        postfix.awaitLog(
                "to=<bob@wrong.dane.example>", "status=deferred", "certificate not verified");
    }

    @Test
    void postfix_withTlsaRecordsAndNoStartTls_defers() throws Exception {
        postfix.send("bob@hidden.dane.example");
        postfix.awaitLog("to=<bob@hidden.dane.example>", "status=deferred", "TLS is required");
    }
}
