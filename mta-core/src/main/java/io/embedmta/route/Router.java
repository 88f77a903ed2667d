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

    /**
     * The way of an address whose aliases have been followed: aliases are applied once, when a
     * message is accepted. An alias that is answered here all the same is taken for a loop.
     *
     * @throws IOException if that cannot be told now
     */
    default Route finalRoute(MailAddress recipient) throws IOException {
        return route(recipient);
    }
}
