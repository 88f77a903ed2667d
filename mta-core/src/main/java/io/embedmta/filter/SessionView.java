package io.embedmta.filter;

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

    /**
     * The protocol so far, as {@code Received} names it: SMTP, ESMTP (RFC 3848), UTF8SMTP (RFC
     * 6531).
     */
    String protocol();

    /** Whether a rule lets this client send to domains that are not ours. */
    boolean mayRelay();
}
