package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.embedmta.auth.Credentials;
import io.embedmta.internal.client.ScriptedServer.Script;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.testing.ManualClock;
import io.embedmta.tls.TlsFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** What the tests of the client share. */
@Timeout(60)
abstract class ClientTest {
    static final Content MESSAGE = Content.of("Subject: hello\r\n\r\nhello\r\n");
    static final ClientTimeouts GENEROUS =
            ClientTimeouts.all(Duration.ofSeconds(20)).withQuit(Duration.ofSeconds(1));

    final ClientSettings settings = ClientSettings.defaults("client.test").withTimeouts(GENEROUS);
    final ManualClock clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));
    SmtpClient client = client(settings);

    SmtpClient client(ClientSettings other) {
        return new SmtpClient(other, SocketFactory.getDefault(), clock);
    }

    @AfterEach
    void closeClient() {
        client.close();
        assertEquals(0, client.openConnections(), "connections are left open");
    }

    static Envelope to(String... recipients) {
        return Envelope.from("a@x.example").to(recipients);
    }

    Transmission send(ScriptedServer server, Envelope envelope) {
        return send(server, envelope, MESSAGE);
    }

    Transmission send(ScriptedServer server, Envelope envelope, Content message) {
        return send(server.address(), envelope, message);
    }

    /** In plain text. */
    Transmission send(RemoteServer server, Envelope envelope, Content message) {
        return client.send(inPlainText(server), envelope, message, UNHEARD);
    }

    static Approach inPlainText(RemoteServer server) {
        return new Approach(server, TlsDemand.never(), Credentials.none());
    }

    private static final TlsObserver UNHEARD =
            new TlsObserver() {
                @Override
                public void secured(InetAddress local) {
                    throw new AssertionError("Plain text was taken for TLS.");
                }

                @Override
                public void unsecured(InetAddress local, TlsFailure failure) {
                    throw new AssertionError("TLS was tried: " + failure);
                }
            };

    /** Sends the usual message over a connection on which the server plays the script. */
    Transmission exchange(Script script, String... recipients) throws IOException {
        return exchange(script, to(recipients), MESSAGE);
    }

    /** Sends a message for one recipient over such a connection. */
    Transmission exchange(Script script, Content message) throws IOException {
        return exchange(script, to("b@y.example"), message);
    }

    private Transmission exchange(Script script, Envelope envelope, Content message)
            throws IOException {
        try (ScriptedServer server = ScriptedServer.playing(script)) {
            return send(server, envelope, message);
        }
    }

    static Map<MailAddress, DeliveryResult> answered(Transmission transmission) {
        return assertInstanceOf(Transmission.Answered.class, transmission).results();
    }

    static DeliveryResult result(Transmission transmission, String recipient) {
        DeliveryResult result = answered(transmission).get(MailAddress.of(recipient));
        return Objects.requireNonNull(result, recipient + " has no result");
    }

    /** The kind and the reply, such as {@code Failed 550 5.1.1 no}. */
    static String brief(Transmission transmission, String recipient) {
        DeliveryResult result = result(transmission, recipient);
        return result.getClass().getSimpleName() + " " + result.reply();
    }

    static Transmission.NoSession noSession(Transmission transmission) {
        return assertInstanceOf(Transmission.NoSession.class, transmission);
    }
}
