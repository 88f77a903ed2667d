package io.embedmta.examples.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.event.Deferred;
import io.embedmta.event.MtaEvent;
import io.embedmta.event.Relayed;
import io.embedmta.examples.relay.PostfixServer;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.Route;
import io.embedmta.tls.HopSecurity.Encrypted;
import io.embedmta.tls.HopSecurity.PlainText;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Trust;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Postfix with a certificate, and without TLS, takes mail from an agent of each setting. */
@Timeout(120)
class PostfixReceivesTlsIT {
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final TestAuthority STRANGER = TestAuthority.create();

    @TempDir Path files;

    private PostfixServer postfix(String... more) throws Exception {
        TestAuthority.Identity identity = AUTHORITY.issue("postfix.test");
        String chain =
                "smtpd_tls_chain_files = "
                        + identity.writeKey(files.resolve("key.pem"))
                        + ", "
                        + identity.writeChain(files.resolve("chain.pem"));
        String[] lines = new String[more.length + 3];
        lines[0] = chain;
        lines[1] = "smtpd_tls_loglevel = 1";
        lines[2] = "smtpd_tls_received_header = yes";
        System.arraycopy(more, 0, lines, 3, more.length);
        return PostfixServer.start(lines);
    }

    /** What became of a message for bob: relayed, or deferred. */
    private static MtaEvent send(PostfixServer postfix, OutboundTls tls) throws Exception {
        try (Mta mta =
                Mta.builder("own.test")
                        .resolver(
                                StaticResolver.builder()
                                        .mx("post.test", 10, "postfix.test")
                                        .a("postfix.test", PostfixServer.ADDRESS)
                                        .build())
                        .route(Route.mailExchangers().tls(tls))
                        .remotePort(postfix.port())
                        .shutdownGrace(Duration.ofSeconds(1))
                        .start()) {
            BlockingQueue<MtaEvent> ends = new LinkedBlockingQueue<>();
            mta.on(Relayed.class, ends::add);
            mta.on(Deferred.class, ends::add);
            mta.submit(
                    Envelope.from("").to("bob@post.test"),
                    Content.of("Subject: secret\r\n\r\nhello\r\n"));
            MtaEvent end = ends.poll(30, TimeUnit.SECONDS);
            assertTrue(end != null, "nothing became of the message");
            return end;
        }
    }

    private static Encrypted encrypted(MtaEvent event) {
        return assertInstanceOf(Encrypted.class, assertInstanceOf(Relayed.class, event).security());
    }

    private static String status(MtaEvent event) {
        return assertInstanceOf(Deferred.class, event).reply().status().toString();
    }

    @Test
    void postfix_withACertificate_takesMailOverTls_ofEachSetting() throws Exception {
        Trust trust = new Trust(false, Set.of(AUTHORITY.certificate()));
        try (PostfixServer postfix = postfix("smtpd_tls_security_level = may")) {
            Encrypted may = encrypted(send(postfix, OutboundTls.opportunistic()));
            assertEquals("TLSv1.3", may.session().protocol());
            assertEquals(Proof.NONE, may.proof());
            postfix.awaitLog("TLS connection established from", "TLSv1.3");
            assertEquals(Proof.NONE, encrypted(send(postfix, OutboundTls.required())).proof());
            assertEquals(
                    Proof.TRUST_ANCHOR,
                    encrypted(send(postfix, OutboundTls.verified().trusting(trust))).proof());
            postfix.awaitLog("to=<bob@post.test>", "status=sent");
            String received = new String(postfix.mailbox("bob").get(0), StandardCharsets.US_ASCII);
            assertTrue(received.contains("using TLSv1.3 with cipher"), received);
        }
    }

    @Test
    void postfix_withACertificateOfAStranger_getsNoMailThatIsToBeVerified() throws Exception {
        Trust trust = new Trust(false, Set.of(STRANGER.certificate()));
        try (PostfixServer postfix = postfix("smtpd_tls_security_level = may")) {
            assertEquals("4.7.5", status(send(postfix, OutboundTls.verified().trusting(trust))));
            assertEquals("4.7.5", status(send(postfix, OutboundTls.verified())));
        }
    }

    @Test
    void postfix_ofTls12Alone_takesMailOverIt() throws Exception {
        try (PostfixServer postfix =
                postfix("smtpd_tls_security_level = may", "smtpd_tls_protocols = TLSv1.2")) {
            assertEquals(
                    "TLSv1.2",
                    encrypted(send(postfix, OutboundTls.opportunistic())).session().protocol());
        }
    }

    @Test
    void postfix_withoutTls_takesWhatMayGoInPlainText() throws Exception {
        try (PostfixServer postfix = postfix("smtpd_tls_security_level = none")) {
            assertInstanceOf(
                    PlainText.class,
                    assertInstanceOf(Relayed.class, send(postfix, OutboundTls.opportunistic()))
                            .security());
            assertEquals("4.7.4", status(send(postfix, OutboundTls.required())));
        }
    }
}
