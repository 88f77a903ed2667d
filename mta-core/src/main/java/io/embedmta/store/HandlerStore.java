package io.embedmta.store;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.message.Recipient;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A handler as a store: any address is its mailbox. */
record HandlerStore(MailHandler handler) implements MailStore {

    @Override
    public boolean accepts(MailAddress address) {
        return true;
    }

    @Override
    public Map<MailAddress, DeliveryResult> deliver(LocalMail mail) throws IOException {
        try {
            handler.handle(mail);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("The mail handler failed.", e);
        }
        Map<MailAddress, DeliveryResult> results = new HashMap<>();
        for (Recipient recipient : mail.envelope().recipients()) {
            results.put(recipient.address(), DeliveryResult.delivered());
        }
        return results;
    }

    @Override
    public void close() {
        // The handler is the application's.
    }
}
