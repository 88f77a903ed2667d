package io.embedmta.examples.tls;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.embedmta.store.MailStore;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what was delivered. Thread-safe. */
final class Postbox {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    MailStore store() {
        return MailStore.of(
                mail -> {
                    ByteArrayOutputStream octets = new ByteArrayOutputStream();
                    mail.content().writeTo(octets);
                    messages.add(octets.toString(StandardCharsets.ISO_8859_1));
                });
    }

    /** The next message, its header unfolded. */
    String await() throws InterruptedException {
        String message = messages.poll(30, TimeUnit.SECONDS);
        assertNotNull(message, "no message came");
        return message.replaceAll("\r\n[ \t]", " ");
    }
}
