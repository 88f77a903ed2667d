package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.subethamail.smtp.MessageHandler;

/** SubEthaSMTP at its fastest: the message is read from the socket and kept nowhere. */
final class DiscardingHandler implements MessageHandler {
    private final byte[] scrap = new byte[8192];

    @Override
    public void from(String sender) {}

    @Override
    public void recipient(String recipient) {}

    @Override
    public @Nullable String data(InputStream message) throws IOException {
        while (message.read(scrap) >= 0) {
            // Thrown away.
        }
        return null;
    }

    @Override
    public void done() {}
}
