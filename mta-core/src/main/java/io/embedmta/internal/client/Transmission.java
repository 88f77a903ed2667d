package io.embedmta.internal.client;

import io.embedmta.message.DeliveryResult;
import io.embedmta.message.MailAddress;
import io.embedmta.smtp.Reply;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What came of sending one message to one server. */
public sealed interface Transmission {

    /**
     * There was a session, and each recipient has a result: {@code Relayed}, {@code Deferred} or
     * {@code Failed}.
     *
     * @param results one for each recipient, in no particular order
     */
    record Answered(Map<MailAddress, DeliveryResult> results) implements Transmission {
        /** Copies the results. */
        public Answered {
            results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
        }
    }

    /**
     * No session could be had, or it was over before MAIL was answered. Nothing was sent to anyone;
     * another server may be tried at once (RFC 5321 §5.1).
     *
     * @param reply the server's own where it gave one, such as 421, 521 (RFC 7504) or 554; else a
     *     451 of ours with status 4.4.1 (no answer), 4.4.2 (connection lost), 4.5.0 (protocol), or
     *     of security: 4.7.0 (no TLS for now), 4.7.4 (no TLS), 4.7.5 (failed handshake, or a
     *     certificate that will not do)
     * @param remoteMta the name of the server if the reply is its own; empty if it is ours
     */
    record NoSession(Reply reply, String remoteMta) implements Transmission {}

    /**
     * The session is good, but the server cannot hand on the message as its sender demands. Nothing
     * was sent to anyone; another server may be tried at once.
     *
     * @param reply ours, permanent
     */
    record Unfit(Reply reply) implements Transmission {}
}
