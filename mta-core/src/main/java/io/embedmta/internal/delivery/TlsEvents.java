package io.embedmta.internal.delivery;

import io.embedmta.event.MtaEvent;
import io.embedmta.event.TlsAttempted;
import io.embedmta.internal.client.RemoteServer;
import io.embedmta.internal.client.TlsObserver;
import io.embedmta.internal.delivery.Exchangers.Host;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.TlsFailure;
import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells what became of the security of one delivery to a policy domain's servers. */
final class TlsEvents {
    private final Teller teller;

    private TlsEvents(Teller teller) {
        this.teller = teller;
    }

    static TlsEvents of(QueueId id, MailDomain domain, Clock clock, Consumer<MtaEvent> events) {
        return new TlsEvents(
                (policy, exchanger, local, remote, failure) ->
                        events.accept(
                                new TlsAttempted(
                                        clock.instant(),
                                        id,
                                        domain,
                                        policy,
                                        exchanger,
                                        local,
                                        remote,
                                        failure)));
    }

    /** Of a delivery of which no domain wants to hear. */
    static TlsEvents untold() {
        return new TlsEvents((policy, exchanger, local, remote, failure) -> {});
    }

    private interface Teller {
        void tell(
                AppliedPolicy policy,
                String exchanger,
                @Nullable InetAddress local,
                @Nullable InetAddress remote,
                @Nullable TlsFailure failure);
    }

    /** The domain's MTA-STS policy could not be had. */
    void policyFailed(TlsFailure failure) {
        teller.tell(
                new AppliedPolicy(AppliedPolicy.Type.STS, List.of(), List.of()),
                "",
                null,
                null,
                failure);
    }

    /** An exchanger was passed over, if that is for what the domain publishes. */
    void skipped(Host host, Ruling.Skip skip) {
        if (skip.failure() != null) {
            teller.tell(skip.policy(), host.name(), null, null, skip.failure());
        }
    }

    /** Hears of connections to a server. */
    TlsObserver observer(RemoteServer server, Ruling.Go go) {
        return new TlsObserver() {
            @Override
            public void secured(InetAddress local) {
                teller.tell(go.policy(), server.name(), local, server.address(), go.failure());
            }

            @Override
            public void unsecured(InetAddress local, TlsFailure failure) {
                teller.tell(go.policy(), server.name(), local, server.address(), failure);
            }
        };
    }
}
