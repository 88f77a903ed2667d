package io.embedmta.event;

import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.TlsFailure;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an exchanger of a domain, or to a smart host, was made, and secured or not; one
 * event for each new connection, or for a policy that could not be found out. What TLS reports
 * count (RFC 8460).
 */
public final class TlsAttempted implements MtaEvent {
    private final Instant at;
    private final QueueId queueId;
    private final MailDomain domain;
    private final AppliedPolicy policy;
    private final String exchanger;
    private final @Nullable InetAddress local;
    private final @Nullable InetAddress remote;
    private final @Nullable TlsFailure failure;

    /**
     * An event.
     *
     * @param exchanger the name of the server; empty if the failure is one of the policy
     * @param local our end of the connection; null if there was none
     * @param remote the server's; null if there was none
     * @param failure null if the connection complies with the policy
     */
    public TlsAttempted(
            Instant at,
            QueueId queueId,
            MailDomain domain,
            AppliedPolicy policy,
            String exchanger,
            @Nullable InetAddress local,
            @Nullable InetAddress remote,
            @Nullable TlsFailure failure) {
        this.at = at;
        this.queueId = queueId;
        this.domain = domain;
        this.policy = policy;
        this.exchanger = exchanger;
        this.local = local;
        this.remote = remote;
        this.failure = failure;
    }

    @Override
    public Instant at() {
        return at;
    }

    @Override
    public QueueId queueId() {
        return queueId;
    }

    /** Whose mail it was; on the way to a smart host that host's name (RFC 8460 §1.1). */
    public MailDomain domain() {
        return domain;
    }

    /** What the connection was held to. */
    public AppliedPolicy policy() {
        return policy;
    }

    /** The name of the server; empty if the failure is one of the policy. */
    public String exchanger() {
        return exchanger;
    }

    /** Our end of the connection, if there was one. */
    public Optional<InetAddress> local() {
        return Optional.ofNullable(local);
    }

    /** The server's end of the connection, if there was one. */
    public Optional<InetAddress> remote() {
        return Optional.ofNullable(remote);
    }

    /** Why it does not comply; empty if it does. */
    public Optional<TlsFailure> failure() {
        return Optional.ofNullable(failure);
    }
}
