package io.embedmta.examples.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.dns.https.WebServer;
import io.embedmta.dns.mtasts.MtaSts;
import io.embedmta.event.Deferred;
import io.embedmta.event.MtaEvent;
import io.embedmta.event.Relayed;
import io.embedmta.event.TlsAttempted;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.Route;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.HopSecurity;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Tls;
import io.embedmta.tls.TlsFailure.Kind;
import io.embedmta.tls.Trust;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole agent sends to another, held to a policy that comes over real HTTPS. */
class MtaStsDeliveryTest {
    private static final String ENFORCE = "enforce";
    private static final String TESTING = "testing";

    @TempDir Path directory;

    private final TestAuthority authority = TestAuthority.create();
    private final BlockingQueue<MtaEvent> outcomes = new LinkedBlockingQueue<>();
    private final BlockingQueue<TlsAttempted> attempts = new LinkedBlockingQueue<>();
    private final Postbox postbox = new Postbox();
    private WebServer host;

    @BeforeEach
    void startHost() throws Exception {
        host = WebServer.start(authority.issue("mta-sts.receiver.test"));
    }

    @AfterEach
    void stopHost() {
        host.close();
    }

    private SmtpListener withTls(TestAuthority.Identity identity) {
        return SmtpListener.on("127.0.0.1", 0)
                .tls(
                        Tls.pem(
                                identity.writeChain(directory.resolve("chain.pem")),
                                identity.writeKey(directory.resolve("key.pem"))));
    }

    /** Sends a message, and gives what became of its first attempt. */
    private MtaEvent send(String mode, String mx, SmtpListener listener) throws Exception {
        host.text("version: STSv1\r\nmode: " + mode + "\r\nmx: " + mx + "\r\nmax_age: 86400\r\n");
        try (Mta receiver =
                Mta.builder("mx.receiver.test")
                        .listener(listener)
                        .store("receiver.test", postbox.store())
                        .start()) {
            StaticResolver resolver =
                    StaticResolver.builder()
                            .mx("receiver.test", 10, "mx.receiver.test")
                            .a("mx.receiver.test", "127.0.0.1")
                            .a("mta-sts.receiver.test", "127.0.0.1")
                            .txt("_mta-sts.receiver.test", "v=STSv1; id=1;")
                            .build();
            Trust trust = Trust.of(authority.certificate());
            try (Mta sender =
                    Mta.builder("sender.test")
                            .resolver(resolver)
                            .route(
                                    Route.mailExchangers()
                                            .tls(OutboundTls.opportunistic().trusting(trust)))
                            .domainPolicies(MtaSts.inMemory().trusting(trust).port(host.port()))
                            .remotePort(receiver.addresses().get(0).getPort())
                            .start()) {
                sender.on(Relayed.class, outcomes::add);
                sender.on(Deferred.class, outcomes::add);
                sender.on(TlsAttempted.class, attempts::add);
                sender.submit(
                        Envelope.from("me@sender.test").to("bob@receiver.test"),
                        Content.of("Subject: hi\r\n\r\nIt works.\r\n"));
                MtaEvent outcome = outcomes.poll(30, TimeUnit.SECONDS);
                assertNotNull(outcome, "nothing became of the message");
                return outcome;
            }
        }
    }

    private static HopSecurity.Proof proof(MtaEvent outcome) {
        Relayed relayed = assertInstanceOf(Relayed.class, outcome);
        return assertInstanceOf(HopSecurity.Encrypted.class, relayed.security()).proof();
    }

    private TlsAttempted attempt() throws InterruptedException {
        TlsAttempted attempt = attempts.poll(30, TimeUnit.SECONDS);
        assertNotNull(attempt, "no attempt was told");
        return attempt;
    }

    @Test
    void enforce_andTheRightCertificate_isVerified() throws Exception {
        SmtpListener listener = withTls(authority.issue("mx.receiver.test"));
        assertEquals(
                HopSecurity.Proof.TRUST_ANCHOR, proof(send(ENFORCE, "*.receiver.test", listener)));
        assertTrue(postbox.await().contains("with ESMTPS"));
        assertEquals(AppliedPolicy.Type.STS, attempt().policy().type());
    }

    @Test
    void enforce_andTheWrongCertificate_defers() throws Exception {
        SmtpListener listener = withTls(TestAuthority.create().issue("mx.receiver.test"));
        Deferred deferred =
                assertInstanceOf(Deferred.class, send(ENFORCE, "mx.receiver.test", listener));
        assertEquals("4.7.5", deferred.reply().status().toString());
        assertEquals(Kind.CERTIFICATE_NOT_TRUSTED, attempt().failure().orElseThrow().kind());
    }

    @Test
    void enforce_andNoStarttls_defers() throws Exception {
        SmtpListener listener = SmtpListener.on("127.0.0.1", 0);
        Deferred deferred =
                assertInstanceOf(Deferred.class, send(ENFORCE, "mx.receiver.test", listener));
        assertEquals("4.7.4", deferred.reply().status().toString());
        assertEquals(Kind.STARTTLS_NOT_SUPPORTED, attempt().failure().orElseThrow().kind());
    }

    @Test
    void enforce_andAnExchangerThatIsNotInThePolicy_defers() throws Exception {
        SmtpListener listener = withTls(authority.issue("mx.receiver.test"));
        Deferred deferred =
                assertInstanceOf(Deferred.class, send(ENFORCE, "*.mx.receiver.test", listener));
        assertTrue(deferred.reply().status().toString().startsWith("4.7."));
    }

    @Test
    void testing_andTheWrongCertificate_goesOutAndIsReported() throws Exception {
        SmtpListener listener = withTls(TestAuthority.create().issue("mx.receiver.test"));
        assertEquals(HopSecurity.Proof.NONE, proof(send(TESTING, "mx.receiver.test", listener)));
        assertEquals(Kind.CERTIFICATE_NOT_TRUSTED, attempt().failure().orElseThrow().kind());
    }
}
