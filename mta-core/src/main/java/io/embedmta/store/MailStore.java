package io.embedmta.store;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import java.io.IOException;
import java.util.Map;

/**
 * Takes mail for domains of our own.
 *
 * <p>Implementations are thread-safe: several messages are delivered at once. What {@link #deliver}
 * reports as delivered must be as durable as the store ever makes it. After a crash the engine may
 * deliver the same queue id to the same recipient again; a store that can tell makes no second
 * copy. If a method throws anything, the engine defers (or answers 451 4.3.0) and logs the cause; a
 * recipient that the result does not name is deferred too. The tests in {@code MailStoreContract}
 * (in the core's test-jar) are the contract in executable form.
 */
public interface MailStore extends AutoCloseable {

    /**
     * Whether the store has a mailbox for the address. Asked while the sender waits, at RCPT.
     *
     * @throws IOException if that cannot be told now
     */
    boolean accepts(MailAddress address) throws IOException;

    /**
     * Delivers a message to each of its envelope's recipients.
     *
     * @return what became of each recipient: {@code Delivered}, {@code Discarded}, {@code Deferred}
     *     or {@code Failed}
     * @throws IOException if nothing was delivered to anyone, and trying again later may help
     */
    Map<MailAddress, DeliveryResult> deliver(LocalMail mail) throws IOException;

    /** Gives back what the store holds. Idempotent. */
    @Override
    void close();

    /** A store that hands all mail to the handler. */
    static MailStore of(MailHandler handler) {
        return new HandlerStore(handler);
    }
}
