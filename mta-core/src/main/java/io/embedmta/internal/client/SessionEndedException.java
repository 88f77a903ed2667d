package io.embedmta.internal.client;

import io.embedmta.smtp.Reply;
import io.embedmta.tls.TlsFailure;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session is over, or never began: the socket failed, the server made no sense, or it said so
 * itself. The reply says why, fit for logs and bounces.
 */
final class SessionEndedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;
    private final String remoteMta;
    private final transient @Nullable TlsFailure tlsFailure;
    private final boolean oldSession;

    private SessionEndedException(
            Reply reply, String remoteMta, @Nullable TlsFailure tlsFailure, boolean oldSession) {
        super(reply.toString());
        this.reply = reply;
        this.remoteMta = remoteMta;
        this.tlsFailure = tlsFailure;
        this.oldSession = oldSession;
    }

    /** The server's own word, such as 421. */
    static SessionEndedException bySaying(Reply reply, RemoteServer server) {
        return new SessionEndedException(reply, server.name(), null, false);
    }

    /** We found it so. The reply is a 451: whatever went wrong may go right another time. */
    static SessionEndedException because(String status, String text, Throwable cause) {
        SessionEndedException ended = because(status, text);
        ended.initCause(cause);
        return ended;
    }

    /** We found it so. */
    static SessionEndedException because(String status, String text) {
        return new SessionEndedException(Reply.of(451, status, text), "", null, false);
    }

    /** The same end, which came of TLS. */
    SessionEndedException ofTls(TlsFailure failure) {
        return copy(failure, oldSession);
    }

    /**
     * The same end, where a TLS session of old was resumed: a fresh one may be judged otherwise.
     */
    SessionEndedException ofOldSession() {
        return copy(tlsFailure, true);
    }

    private SessionEndedException copy(@Nullable TlsFailure failure, boolean old) {
        SessionEndedException copy = new SessionEndedException(reply, remoteMta, failure, old);
        copy.initCause(this);
        return copy;
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

    /** What went wrong with TLS, if it is that. */
    Optional<TlsFailure> tlsFailure() {
        return Optional.ofNullable(tlsFailure);
    }

    /** Whether a TLS session of old was resumed. */
    boolean isOfOldSession() {
        return oldSession;
    }
}
