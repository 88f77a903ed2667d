package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.embedmta.dns.KnotServer;
import io.embedmta.dns.SignedZone;
import io.embedmta.tls.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two relays as commands: one holds the other to the TLSA records of a signed zone on Knot, with
 * DNSSEC validated from the zone's key.
 */
class DaneIT {
    @TempDir Path directory;

    private TestAuthority.Identity identity = TestAuthority.create().issue("mx.receiver.test");

    @BeforeEach
    void requireKnot() {
        KnotServer.assumeInstalled();
    }

    private RelayProcess receiver() throws Exception {
        return RelayProcess.start(
                "--tls-cert",
                identity.writeChain(directory.resolve("chain.pem")).toString(),
                "--tls-key",
                identity.writeKey(directory.resolve("key.pem")).toString(),
                "--domain",
                "receiver.test=" + directory.resolve("mail"));
    }

    private static String zone(int port, TestAuthority.Identity published) throws Exception {
        byte[] key = published.certificate().getPublicKey().getEncoded();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
        return """
               $ORIGIN receiver.test.
               $TTL 300
               @  SOA  ns hostmaster 1 3600 600 86400 60
               @  NS   ns
               @  MX   10 mx
               ns A    127.0.0.1
               mx A    127.0.0.1
               _%d._tcp.mx TLSA 3 1 1 %s
               """
                .formatted(port, HexFormat.of().formatHex(digest));
    }

    private void send(RelayProcess receiver, TestAuthority.Identity published, String... awaited)
            throws Exception {
        SignedZone zone = SignedZone.sign("receiver.test", zone(receiver.port(), published));
        Path anchors = SignedZone.writeAnchors(directory.resolve("anchors"), zone);
        try (KnotServer knot = KnotServer.builder().zone("receiver.test", zone.text()).start();
                RelayProcess sender =
                        RelayProcess.start(
                                "--dns",
                                HostAndPort.of(knot.address()),
                                "--remote-port",
                                String.valueOf(receiver.port()),
                                "--tls-out",
                                "dane",
                                "--dnssec",
                                "anchor=" + anchors)) {
            Programs.run(
                    Programs.require("swaks"),
                    "--server",
                    "127.0.0.1:" + sender.port(),
                    "--from",
                    "me@example.net",
                    "--to",
                    "bob@receiver.test");
            sender.awaitLog(awaited);
        }
    }

    @Test
    void receiver_thatFitsItsRecord_isVerifiedByIt() throws Exception {
        try (RelayProcess receiver = receiver()) {
            send(receiver, identity, "to=<bob@receiver.test>", "verified=dane", "status=relayed");
            receiver.awaitLog("to=<bob@receiver.test>", "status=delivered");
        }
    }

    @Test
    void receiver_thatDoesNotFitItsRecord_getsNoMail() throws Exception {
        try (RelayProcess receiver = receiver()) {
            TestAuthority.Identity other = TestAuthority.create().issue("mx.receiver.test");
            send(receiver, other, "to=<bob@receiver.test>", "status=deferred", "4.7.5");
        }
        assertFalse(Files.exists(directory.resolve("mail").resolve("bob")));
    }
}
