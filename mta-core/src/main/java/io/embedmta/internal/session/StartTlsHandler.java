package io.embedmta.internal.session;

import io.embedmta.smtp.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** STARTTLS (RFC 3207 §4). The handshake itself follows the reply. */
final class StartTlsHandler implements CommandTable.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(StartTlsHandler.class);

    static final Reply READY = Reply.of(220, "2.0.0", "Ready to start TLS");

    private static final Reply ACTIVE = Reply.of(503, "5.5.1", "TLS is active already");

    @Override
    public Reply handle(Session session, String argument) {
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT;
        }
        if (session.tls().isPresent()) {
            return ACTIVE;
        }
        if (session.settings().tls().isEmpty()) {
            return Replies.NOT_IMPLEMENTED;
        }
        // RFC 3207 asks for no EHLO before it, and GNU SASL says none.
        Phase phase = session.phase();
        if (phase != Phase.CONNECTED && phase != Phase.GREETED) {
            return Replies.NESTED_MAIL;
        }
        if (session.connection().input().hasBuffered()) {
            // RFC 3207 §4.2: an honest client waits for the reply. CVE-2011-0411.
            LOG.warn(
                    "{}: {} sent more behind STARTTLS in plain text; it is thrown away",
                    session.id(),
                    session.clientAddress().getHostAddress());
        }
        session.startTlsAfterReply();
        return READY;
    }
}
