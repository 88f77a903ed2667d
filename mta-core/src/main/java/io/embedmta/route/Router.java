package io.embedmta.route;

import io.embedmta.message.MailAddress;
import java.io.IOException;

/**
 * Says where each recipient goes. Asked at RCPT, when a message is accepted, and again for each
 * attempt. Implementations are thread-safe and fast: the sender waits.
 */
@FunctionalInterface
public interface Router {

    /**
     * The way of one address.
     *
     * @throws IOException if that cannot be told now; the engine answers 451 4.3.0 or defers
     */
    Route route(MailAddress recipient) throws IOException;
}
