package io.embedmta.dns.tlsrpt;

import io.embedmta.event.TlsAttempted;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.TlsFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Connections to count. */
final class Attempts {
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    static final AppliedPolicy STS =
            new AppliedPolicy(
                    AppliedPolicy.Type.STS,
                    List.of(
                            "version: STSv1",
                            "mode: testing",
                            "mx: *.example.org",
                            "max_age: 86400"),
                    List.of("*.example.org"));
    static final AppliedPolicy TLSA =
            new AppliedPolicy(AppliedPolicy.Type.TLSA, List.of("3 1 1 AB"), List.of());

    private Attempts() {}

    static QueueId queueId(int seed) {
        return QueueId.next(NOON, new Random(seed));
    }

    static TlsAttempted success(String domain, AppliedPolicy policy) {
        return of(NOON, queueId(1), domain, policy, null);
    }

    static TlsAttempted failure(
            String domain, AppliedPolicy policy, TlsFailure.Kind kind, String detail) {
        return of(NOON, queueId(1), domain, policy, new TlsFailure(kind, detail));
    }

    static TlsAttempted of(
            Instant at,
            QueueId id,
            String domain,
            AppliedPolicy policy,
            @Nullable TlsFailure failure) {
        try {
            return new TlsAttempted(
                    at,
                    id,
                    MailDomain.of(domain),
                    policy,
                    "mx.example.org",
                    InetAddress.getByName("192.0.2.1"),
                    InetAddress.getByName("2001:db8::25"),
                    failure);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
