package io.embedmta.internal.delivery;

import io.embedmta.internal.client.TlsDemand;
import io.embedmta.internal.delivery.Exchangers.Host;
import io.embedmta.internal.delivery.SecurityPolicy.HostRules;
import io.embedmta.internal.tls.TlsaLookup;
import io.embedmta.message.TlsRequest;
import io.embedmta.resolver.DnsName;
import io.embedmta.route.DomainPolicies;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.OutboundTls.Level;
import io.embedmta.tls.StsPolicy;
import io.embedmta.tls.StsPolicy.Mode;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is demanded of the exchangers of one domain, or of a smart host, for one delivery. */
final class DomainRules implements HostRules {
    private final SecurityPolicy security;
    private final String domain;
    private final boolean named;
    private final OutboundTls tls;
    private final boolean tlsAtLeast;
    private final TlsRequest request;
    private final @Nullable StsPolicy sts;

    /** Why there may be a policy, or a newer one, another time; null if it is known. */
    private final @Nullable String doubt;

    /**
     * @param domain whose policies they are
     * @param named whether DNSSEC or the administrator vouches for the names of the hosts
     * @param tlsAtLeast whether there is to be TLS, whatever the level
     */
    DomainRules(
            SecurityPolicy security,
            String domain,
            boolean named,
            OutboundTls tls,
            boolean tlsAtLeast,
            TlsRequest request,
            DomainPolicies.Answer published) {
        this.security = security;
        this.domain = domain;
        this.named = named;
        this.tls = tls;
        this.tlsAtLeast = tlsAtLeast;
        this.request = request;
        // RFC 8461 §5: a policy of mode none is as though there were none.
        this.sts = published.policy().filter(policy -> policy.mode() != Mode.NONE).orElse(null);
        this.doubt = published.doubt().orElse(null);
    }

    @Override
    public Ruling rule(Host host, int port) {
        if (tls.level() == Level.NONE) {
            return SecurityPolicy.inPlainText(host, request);
        }
        if (request == TlsRequest.WAIVED) {
            // RFC 8689 §3: what the recipient's side demands is ignored. What our administrator
            // demands of this way is not the recipient's side.
            return new Ruling.Go(byLevel(host, false), AppliedPolicy.none(), null);
        }
        boolean unusable = false;
        // RFC 7672 §2.2.1: without DNSSEC for the MX records, anybody may have named the host.
        if (tls.level() == Level.DANE && named && host.isName()) {
            TlsaLookup.Answer answer = security.tlsa(host, port, DnsName.of(domain));
            Optional<Ruling> byDane = SecurityPolicy.byDane(answer, host);
            if (byDane.isPresent()) {
                // RFC 8461 §2: DANE is not overridden.
                return byDane.get();
            }
            if (answer instanceof TlsaLookup.Answer.Unusable records) {
                unusable = true;
                if (sts == null || sts.mode() != Mode.ENFORCE) {
                    return asRequired(host, unusable(host, records));
                }
            }
        }
        return asRequired(host, sts == null ? byLevelAlone(host) : bySts(host, sts, unusable));
    }

    private Ruling byLevelAlone(Host host) {
        return new Ruling.Go(byLevel(host, false), AppliedPolicy.none(), null);
    }

    private TlsDemand byLevel(Host host, boolean must) {
        if (tls.level() == Level.VERIFY) {
            return security.verified(host, tls);
        }
        return must || tlsAtLeast || tls.level() == Level.MUST
                ? TlsDemand.must(host.sni())
                : TlsDemand.ifOffered(host.sni());
    }

    /** RFC 7672 §2.2: TLS without authentication, and no plain text. */
    private Ruling unusable(Host host, TlsaLookup.Answer.Unusable records) {
        return new Ruling.Go(
                byLevel(host, true),
                SecurityPolicy.published(records.records()),
                new TlsFailure(
                        Kind.TLSA_INVALID,
                        "none of the TLSA records of " + host.name() + " is usable"));
    }

    private Ruling bySts(Host host, StsPolicy policy, boolean must) {
        AppliedPolicy applied =
                new AppliedPolicy(AppliedPolicy.Type.STS, policy.lines(), policy.patterns());
        TlsFailure notNamed =
                names(policy, host)
                        ? null
                        : new TlsFailure(
                                Kind.VALIDATION_FAILURE,
                                "the MTA-STS policy of "
                                        + domain
                                        + " does not name the exchanger "
                                        + host.name());
        if (policy.mode() == Mode.TESTING) {
            TlsDemand demand = byLevel(host, must).noting(security.byTrustAnchors(host, tls));
            return new Ruling.Go(demand, applied, notNamed);
        }
        if (notNamed != null) {
            return new Ruling.Skip(
                    request == TlsRequest.REQUIRED
                            ? requiredInVain(notNamed.detail())
                            : Reply.of(451, "4.7.0", notNamed.detail()),
                    applied,
                    notNamed);
        }
        return new Ruling.Go(security.verified(host, tls), applied, null);
    }

    /** RFC 8461 §4.1: an asterisk stands for one label, the left-most. */
    private static boolean names(StsPolicy policy, Host host) {
        String name = host.name();
        int dot = name.indexOf('.');
        String wild = dot < 0 ? name : "*" + name.substring(dot);
        return host.isName()
                && policy.patterns().stream()
                        .anyMatch(pattern -> pattern.equals(name) || pattern.equals(wild));
    }

    /**
     * RFC 8689 §4.2.1: the server is verified; and §8.2: DNSSEC or MTA-STS vouches for its name,
     * which an attacker could have put into the MX records otherwise.
     */
    private Ruling asRequired(Host host, Ruling ruling) {
        if (request != TlsRequest.REQUIRED || !(ruling instanceof Ruling.Go go)) {
            return ruling;
        }
        if (!named && (sts == null || !names(sts, host))) {
            String why =
                    "neither DNSSEC nor MTA-STS vouches for the exchanger "
                            + host.name()
                            + " of "
                            + domain;
            return new Ruling.Skip(requiredInVain(why), go.policy(), null);
        }
        TlsDemand demand =
                go.demand().level() == TlsDemand.Level.VERIFIED
                        ? go.demand()
                        : security.verified(host, tls);
        return new Ruling.Go(demand, go.policy(), go.failure());
    }

    /** Another time a policy may vouch for the server that does not today. */
    private Reply requiredInVain(String why) {
        return doubt == null
                ? SecurityPolicy.requireTlsFailure(why)
                : Reply.of(
                        451, "4.7.5", "The message demands REQUIRETLS: " + why + "; and " + doubt);
    }
}
