package io.embedmta.internal.client;

import io.embedmta.smtp.Reply;
import java.io.IOException;

/**
 * A session is over, or never began: the socket failed, the server made no sense, or it said so
 * itself. The reply says why, fit for logs and bounces.
 */
final class SessionEndedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;
    private final String remoteMta;

    private SessionEndedException(Reply reply, String remoteMta) {
        super(reply.toString());
        this.reply = reply;
        this.remoteMta = remoteMta;
    }

    /** The server's own word, such as 421. */
    static SessionEndedException bySaying(Reply reply, RemoteServer server) {
        return new SessionEndedException(reply, server.name());
    }

    /** We found it so. The reply is a 451: whatever went wrong may go right another time. */
    static SessionEndedException because(String status, String text, Throwable cause) {
        SessionEndedException ended = because(status, text);
        ended.initCause(cause);
        return ended;
    }

    /** We found it so. */
    static SessionEndedException because(String status, String text) {
        return new SessionEndedException(Reply.of(451, status, text), "");
    }

    Reply reply() {
        return reply;
    }

    /** The name of the server if the reply is its own, else empty. */
    String remoteMta() {
        return remoteMta;
    }

    boolean isServersWord() {
        return !remoteMta.isEmpty();
    }
}
