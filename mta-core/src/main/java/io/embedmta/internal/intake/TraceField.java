package io.embedmta.internal.intake;

import io.embedmta.filter.SessionView;
import io.embedmta.filter.TransactionView;
import io.embedmta.internal.wire.MailDate;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import java.net.InetSocketAddress;
import java.time.Instant;

/** The {@code Received} field that each hop puts on top (RFC 5321 §4.4). */
final class TraceField {

    private TraceField() {}

    static HeaderEdits of(TransactionView tx, String hostname, QueueId id, Instant now) {
        SessionView session = tx.session();
        StringBuilder value = new StringBuilder(160);
        if (session.client().isPresent()) {
            from(value, session, session.client().get());
        }
        value.append("by ").append(hostname);
        if (!session.protocol().isEmpty()) {
            value.append(" with ").append(protocol(tx));
            session.tls().ifPresent(tls -> value.append(" (").append(tls.protocol()).append(')'));
        }
        value.append(" id ").append(id.text());
        forClause(value, tx);
        // RFC 8314 §4.3: behind the other clauses, as RFC 5321 §4.4 has it.
        session.tls().ifPresent(tls -> value.append("\r\n\ttls ").append(tls.cipher()));
        value.append(";\r\n\t").append(MailDate.format(now));
        return HeaderEdits.prepend("Received", value.toString());
    }

    private static void from(StringBuilder value, SessionView session, InetSocketAddress client) {
        value.append("from ");
        appendHelo(value, session.helo().orElse("unknown"));
        // RFC 5321 §4.4: the address from the TCP connection, as a literal.
        value.append(" (").append(MailDomain.literal(client.getAddress())).append(")\r\n\t");
    }

    /**
     * What a client calls itself may be anything; what would end the field or open a comment is
     * marked.
     */
    private static void appendHelo(StringBuilder value, String helo) {
        for (int i = 0; i < helo.length(); i++) {
            char c = helo.charAt(i);
            boolean plain =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || ".-_:[]".indexOf(c) >= 0;
            value.append(plain ? c : '?');
        }
    }

    /** RFC 3848, and RFC 6531 §4.3 for a transaction with SMTPUTF8. */
    private static String protocol(TransactionView tx) {
        String protocol = tx.session().protocol();
        return tx.envelope().smtpUtf8() && protocol.startsWith("ESMTP")
                ? "UTF8" + protocol.substring(1)
                : protocol;
    }

    /** Only for a single recipient, so that no blind copy is given away (RFC 5321 §7.2). */
    private static void forClause(StringBuilder value, TransactionView tx) {
        if (tx.envelope().recipients().size() != 1) {
            return;
        }
        MailAddress recipient = tx.envelope().recipients().get(0).address();
        if (recipient.isAscii()) {
            value.append("\r\n\tfor <").append(recipient).append('>');
        }
    }
}
