package io.embedmta.internal.delivery;

import io.embedmta.auth.Credentials;
import io.embedmta.internal.client.TlsDemand;
import io.embedmta.internal.delivery.Exchangers.Host;
import io.embedmta.internal.delivery.SecurityPolicy.HostRules;
import io.embedmta.internal.tls.TlsaLookup;
import io.embedmta.message.TlsRequest;
import io.embedmta.resolver.DnsName;
import io.embedmta.route.Route;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.OutboundTls.Level;
import java.util.Optional;

/** What is demanded of a smart host, whose name is the administrator's word. */
final class SmartHostRules implements HostRules {
    private final SecurityPolicy security;
    private final Route.ToSmartHost route;
    private final TlsRequest request;

    SmartHostRules(SecurityPolicy security, Route.ToSmartHost route, TlsRequest request) {
        this.security = security;
        this.route = route;
        this.request = request;
    }

    @Override
    public Ruling rule(Host host, int port) {
        if (route.tls().level() == Level.NONE) {
            return SecurityPolicy.inPlainText(host, request);
        }
        Ruling ruling = ruleOfTls(host, port);
        return route.tlsFromStart() && ruling instanceof Ruling.Go go
                ? new Ruling.Go(go.demand().immediately(), go.policy(), go.failure())
                : ruling;
    }

    private Ruling ruleOfTls(Host host, int port) {
        boolean logsIn = !(route.credentials() instanceof Credentials.None);
        boolean must = logsIn || route.tlsFromStart() || route.tls().level() == Level.MUST;
        // What protects a log-in is not the sender's to waive.
        boolean waived = request == TlsRequest.WAIVED && !logsIn;
        if (route.tls().level() == Level.DANE && host.isName() && !waived) {
            DnsName name = DnsName.of(host.name());
            TlsaLookup.Answer answer = security.tlsa(host, port, name);
            Optional<Ruling> byDane = SecurityPolicy.byDane(answer, host);
            if (byDane.isPresent()) {
                return byDane.get();
            }
            must = must || answer instanceof TlsaLookup.Answer.Unusable;
        }
        return new Ruling.Go(demand(host, must), AppliedPolicy.none(), null);
    }

    private TlsDemand demand(Host host, boolean must) {
        if (route.tls().level() == Level.VERIFY || request == TlsRequest.REQUIRED) {
            return security.verified(host, route.tls());
        }
        return must ? TlsDemand.must(host.sni()) : TlsDemand.ifOffered(host.sni());
    }
}
