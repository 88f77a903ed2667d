package io.embedmta.examples.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.Mta;
import io.embedmta.auth.Credentials;
import io.embedmta.event.Deferred;
import io.embedmta.event.MtaEvent;
import io.embedmta.event.Relayed;
import io.embedmta.examples.relay.PostfixServer;
import io.embedmta.examples.relay.Programs;
import io.embedmta.message.Content;
import io.embedmta.message.Envelope;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.route.Route;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.Trust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A smart host that nobody here wrote: Postfix, whose users Cyrus SASL knows. */
@Timeout(120)
class PostfixLogsUsInIT {
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final String PASSWORD = "correct horse";

    @TempDir Path files;

    /** Takes mail over TLS, from ann alone, who logs in by this mechanism alone. */
    private PostfixServer postfix(String mechanism) throws Exception {
        String setPassword = Programs.require("saslpasswd2");
        Programs.require("postfix");
        // Postfix's processes give up root, and have to get in all the same.
        Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path users = files.resolve("users");
        Programs.pipe(
                PASSWORD,
                setPassword,
                "-p",
                "-c",
                "-f",
                users.toString(),
                "-u",
                "postfix.test",
                "ann");
        Programs.run("chown", "postfix", users.toString());
        String cyrus =
                """
                pwcheck_method: auxprop
                auxprop_plugin: sasldb
                sasldb_path: %s
                mech_list: %s
                """;
        TestAuthority.Identity identity = AUTHORITY.issue("postfix.test");
        return PostfixServer.start(
                // Where Debian's Postfix looks for it, whatever cyrus_sasl_config_path says.
                Map.of("sasl/smtpd.conf", cyrus.formatted(users, mechanism)),
                "smtpd_tls_chain_files = "
                        + identity.writeKey(files.resolve("key.pem"))
                        + ", "
                        + identity.writeChain(files.resolve("chain.pem")),
                "smtpd_tls_security_level = may",
                "smtpd_tls_auth_only = yes",
                "smtpd_sasl_auth_enable = yes",
                "smtpd_sasl_path = smtpd",
                "smtpd_sasl_local_domain = postfix.test",
                "smtpd_sender_restrictions = permit_sasl_authenticated, reject");
    }

    /** What became of a message for bob: relayed, or deferred. */
    private static MtaEvent send(PostfixServer postfix, String password) throws Exception {
        Route route =
                Route.smartHost("postfix.test", postfix.port())
                        .login(Credentials.password("ann", password))
                        .tls(
                                OutboundTls.verified()
                                        .trusting(
                                                new Trust(false, Set.of(AUTHORITY.certificate()))));
        try (Mta mta =
                Mta.builder("own.test")
                        .resolver(
                                StaticResolver.builder()
                                        .a("postfix.test", PostfixServer.ADDRESS)
                                        .build())
                        .route(route)
                        .shutdownGrace(Duration.ofSeconds(1))
                        .start()) {
            BlockingQueue<MtaEvent> ends = new LinkedBlockingQueue<>();
            mta.on(Relayed.class, ends::add);
            mta.on(Deferred.class, ends::add);
            mta.submit(
                    Envelope.from("").to("bob@post.test"),
                    Content.of("Subject: hello\r\n\r\nhello\r\n"));
            MtaEvent end = ends.poll(30, TimeUnit.SECONDS);
            assertTrue(end != null, "nothing became of the message");
            return end;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-256", "PLAIN", "LOGIN"})
    void smartHost_thatWantsALogIn_getsIt(String mechanism) throws Exception {
        try (PostfixServer postfix = postfix(mechanism)) {
            MtaEvent e0 = send(postfix, PASSWORD);
            if (!(e0 instanceof Relayed)) {
                postfix.awaitLog("never, ever");
            }
            postfix.awaitLog("sasl_method=" + mechanism, "sasl_username=ann");
            postfix.awaitLog("to=<bob@post.test>", "status=sent");

            Deferred refused = assertInstanceOf(Deferred.class, send(postfix, "wrong horse"));
            assertEquals("4.7.8", refused.reply().status().toString());
            assertFalse(refused.toString().contains("horse"), refused.toString());
            assertEquals(1, postfix.mailbox("bob").size());
        }
    }
}
