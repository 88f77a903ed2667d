package io.embedmta.filter;

import io.embedmta.auth.Identity;
import io.embedmta.tls.TlsSession;
import java.net.InetSocketAddress;
import java.util.Optional;

/** What is known of a session, read-only. Valid as long as the session. */
public interface SessionView {

    /** A name for logs, unique in this process. */
    String id();

    /** The peer; empty for mail submitted in the process. */
    Optional<InetSocketAddress> client();

    /** The name given with HELO or EHLO, if it was. */
    Optional<String> helo();

    /** The TLS of the connection, with the certificates the client showed; empty in plain text. */
    Optional<TlsSession> tls();

    /** The user that the client has proved to be; empty before it has. */
    Optional<Identity> user();

    /**
     * The protocol so far, as {@code Received} names it: SMTP, ESMTP, ESMTPS, ESMTPA or ESMTPSA
     * (RFC 3848).
     */
    String protocol();

    /** Whether the session takes new mail of users alone (RFC 6409), and completes its header. */
    default boolean isSubmission() {
        return false;
    }

    /** Whether a rule, or who the user is, lets this client send to domains that are not ours. */
    boolean mayRelay();
}
