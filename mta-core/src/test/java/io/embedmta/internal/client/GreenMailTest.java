package io.embedmta.internal.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import jakarta.mail.internet.MimeMessage;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that others wrote. */
class GreenMailTest extends ClientTest {
    private final GreenMail greenMail = new GreenMail(ServerSetup.SMTP.dynamicPort());

    @BeforeEach
    void start() {
        greenMail.start();
    }

    @AfterEach
    void stop() {
        client.close();
        greenMail.stop();
    }

    @Test
    void messages_arriveWhole_I7() throws Exception {
        RemoteServer server =
                new RemoteServer(
                        "green.test",
                        InetAddress.getLoopbackAddress(),
                        greenMail.getSmtp().getPort());
        String dots = "Subject: dots\r\n\r\n.\r\n..a\r\nb\r\n";
        String large = "Subject: large\r\n\r\n" + ("x".repeat(75) + "\r\n").repeat(20_000);
        for (String message : new String[] {dots, large}) {
            Transmission sent = send(server, to("b@y.example", "c@y.example"), Content.of(message));
            for (DeliveryResult result : answered(sent).values()) {
                assertInstanceOf(DeliveryResult.Relayed.class, result);
            }
        }
        assertEquals(1, client.openConnections());
        MimeMessage[] received = greenMail.getReceivedMessages();
        assertEquals(4, received.length);
        for (MimeMessage message : received) {
            String expected = message.getSubject().equals("dots") ? dots : large;
            assertArrayEquals(
                    bodyOf(expected),
                    message.getRawInputStream().readAllBytes(),
                    message.getSubject());
        }
    }

    /** GreenMail keeps a message without its last CRLF. */
    private static byte[] bodyOf(String message) {
        return message.substring(message.indexOf("\r\n\r\n") + 4, message.length() - 2)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
