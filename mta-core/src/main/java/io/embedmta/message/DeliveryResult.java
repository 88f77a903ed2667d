package io.embedmta.message;

import io.embedmta.smtp.Reply;
import io.embedmta.tls.HopSecurity;

/**
 * What one delivery attempt came to, for one recipient. Stores and the SMTP client speak the same
 * words.
 */
public sealed interface DeliveryResult {

    /** What was said, by the server that decided or by us in its place. */
    Reply reply();

    /** The name of the server that said so; empty if it was decided here. */
    String remoteMta();

    /** The message is in the recipient's mailbox; we were the last hop. */
    record Delivered(Reply reply) implements DeliveryResult {
        @Override
        public String remoteMta() {
            return "";
        }
    }

    /**
     * The next server has taken over.
     *
     * @param reply its reply to the final dot
     * @param remoteMta its name
     * @param dsnHandedOn whether it took over the DSN parameters too, and so the duty to notify
     *     (RFC 3461 §5.2.2)
     * @param security how the message was protected on its way there
     */
    record Relayed(Reply reply, String remoteMta, boolean dsnHandedOn, HopSecurity security)
            implements DeliveryResult {}

    /** An explicit rule threw it away. */
    record Discarded(Reply reply) implements DeliveryResult {
        @Override
        public String remoteMta() {
            return "";
        }
    }

    /** Not now; the engine tries again. */
    record Deferred(Reply reply, String remoteMta) implements DeliveryResult {}

    /** Never; the engine bounces. */
    record Failed(Reply reply, String remoteMta) implements DeliveryResult {}

    /** The usual success of a store. */
    static DeliveryResult delivered() {
        return new Delivered(Reply.of(250, "2.0.0", "delivered"));
    }

    /**
     * A temporary failure, decided here.
     *
     * @param status such as {@code "4.2.2"}
     */
    static DeliveryResult deferred(String status, String text) {
        return new Deferred(Reply.of(451, status, text), "");
    }

    /**
     * A permanent failure, decided here.
     *
     * @param status such as {@code "5.1.1"}
     */
    static DeliveryResult failed(String status, String text) {
        return new Failed(Reply.of(550, status, text), "");
    }
}
