package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.auth.Credentials;
import io.embedmta.internal.client.ScriptedServer.Script;
import io.embedmta.internal.tls.TestVerifier;
import io.embedmta.message.DeliveryResult.Relayed;
import io.embedmta.message.Envelope;
import io.embedmta.tls.HopSecurity;
import io.embedmta.tls.HopSecurity.PlainText;
import io.embedmta.tls.HopSecurity.Proof;
import io.embedmta.tls.ServerTls;
import io.embedmta.tls.TestAuthority;
import io.embedmta.tls.TlsFailure;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/** What the tests of TLS share. */
abstract class TlsTest extends ClientTest {
    static final TestAuthority AUTHORITY = TestAuthority.create();
    static final SSLContext GOOD = ServerTls.of(AUTHORITY.issue("mx.test"));
    static final String TAKEN = "Relayed 250 2.0.0 taken";

    static final TlsDemand MAY = TlsDemand.ifOffered("mx.test");
    static final TlsDemand MUST = TlsDemand.must("mx.test");
    static final TestVerifier VERIFIER =
            new TestVerifier(AUTHORITY.certificate(), "mx.test", Proof.TRUST_ANCHOR);
    static final TlsDemand VERIFIED = TlsDemand.verified("mx.test", VERIFIER);

    /** What was heard of connections: {@code secured}, or the kind of the failure. */
    final List<String> heard = new ArrayList<>();

    final List<String> details = new ArrayList<>();

    final TlsObserver observer =
            new TlsObserver() {
                @Override
                public void secured(InetAddress local) {
                    heard.add("secured from " + local.getHostAddress());
                }

                @Override
                public void unsecured(InetAddress local, TlsFailure failure) {
                    heard.add(failure.kind() + " from " + local.getHostAddress());
                    details.add(failure.detail());
                }
            };

    Transmission sendOver(ScriptedServer server, TlsDemand demand) {
        return sendOver(server, demand, to("b@y.example"));
    }

    Transmission sendOver(ScriptedServer server, TlsDemand demand, Envelope envelope) {
        return client.send(
                new Approach(server.address(), demand, Credentials.none()),
                envelope,
                MESSAGE,
                observer);
    }

    static HopSecurity security(Transmission sent) {
        return assertInstanceOf(Relayed.class, result(sent, "b@y.example")).security();
    }

    static String why(HopSecurity security) {
        return assertInstanceOf(PlainText.class, security).why();
    }

    static Script taking(SSLContext tls) {
        return peer -> {
            peer.offerTls("OLD");
            peer.secure(tls, "PIPELINING");
            peer.takeMessage();
        };
    }

    static final Script PLAIN =
            peer -> {
                peer.greet("STARTTLS");
                peer.takeMessage();
            };

    /** A script whose handshake fails at its own end too. */
    static Script failing(Script handshake) {
        return peer -> {
            peer.offerTls();
            handshake.play(peer);
            peer.hangUp();
        };
    }

    void assertNoMail(ScriptedServer server) {
        assertTrue(
                server.commands().stream().noneMatch(command -> command.startsWith("MAIL")),
                () -> "in plain text: " + server.commands());
    }
}
