package io.embedmta.internal.delivery;

import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.route.Route;
import io.embedmta.store.LocalMail;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Final delivery, into a store of ours. */
final class LocalDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(LocalDelivery.class);

    private LocalDelivery() {}

    static Map<MailAddress, DeliveryResult> deliver(
            Route.ToStore route, QueueId id, Envelope envelope, Content content)
            throws IOException {
        // RFC 5321 §4.4: the envelope's reverse-path is kept in the message when it leaves SMTP.
        Content traced =
                HeaderEdits.prepend("Return-Path", "<" + envelope.from() + ">").applyTo(content);
        Map<MailAddress, DeliveryResult> said =
                route.store().deliver(new LocalMail(id, envelope, traced));
        Map<MailAddress, DeliveryResult> results = new LinkedHashMap<>();
        for (Recipient recipient : envelope.recipients()) {
            DeliveryResult result = said.get(recipient.address());
            if (!isResultOfStore(result)) {
                // I8: what makes no sense is temporary.
                LOG.error("{}: the store {} says of {}: {}", id, route.name(), recipient, result);
                result = DeliveryResult.deferred("4.3.0", "The store gave no usable result");
            }
            results.put(recipient.address(), result);
        }
        return results;
    }

    private static boolean isResultOfStore(@Nullable DeliveryResult result) {
        if (result instanceof DeliveryResult.Failed failed) {
            return failed.reply().isPermanent();
        }
        return result != null && !(result instanceof DeliveryResult.Relayed);
    }
}
