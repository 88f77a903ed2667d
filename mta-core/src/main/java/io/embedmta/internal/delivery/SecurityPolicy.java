package io.embedmta.internal.delivery;

import io.embedmta.auth.Credentials;
import io.embedmta.internal.client.TlsDemand;
import io.embedmta.internal.delivery.Exchangers.Host;
import io.embedmta.internal.tls.PeerVerifier;
import io.embedmta.internal.tls.TlsaLookup;
import io.embedmta.message.MailDomain;
import io.embedmta.message.TlsRequest;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.TlsaRecord;
import io.embedmta.route.DomainPolicies;
import io.embedmta.route.Route;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.AppliedPolicy;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.OutboundTls.Level;
import io.embedmta.tls.TlsFailure;
import io.embedmta.tls.TlsFailure.Kind;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is demanded of connections to other servers, by the route, by what the domain publishes, and
 * by the message (RFC 8689). Thread-safe.
 *
 * <p>{@link Level#NONE} sets all aside. DANE decides alone where there are usable records; else
 * MTA-STS comes on top of the level. REQUIRETLS comes on top of all.
 */
public final class SecurityPolicy {
    private static final Logger LOG = LoggerFactory.getLogger(SecurityPolicy.class);

    private final Resolver resolver;
    private final DomainPolicies policies;
    private final TlsaSource tlsa;
    private final Verifiers verifiers;

    /** The parts stay their owners' to close. */
    public SecurityPolicy(
            Resolver resolver, DomainPolicies policies, TlsaSource tlsa, Verifiers verifiers) {
        this.resolver = resolver;
        this.policies = policies;
        this.tlsa = tlsa;
        this.verifiers = verifiers;
    }

    /**
     * What the domain publishes by MTA-STS, to be asked once for a delivery. Not where nothing
     * would come of it.
     */
    DomainPolicies.Answer published(MailDomain domain, OutboundTls tls, TlsRequest request) {
        boolean nothingToAsk =
                tls.level() == Level.NONE
                        || request == TlsRequest.WAIVED
                        || domain.address().isPresent();
        return nothingToAsk
                ? DomainPolicies.Answer.none()
                : Objects.requireNonNull(policies.find(domain, resolver), "no answer");
    }

    /** For the exchangers of a domain. */
    HostRules forExchangers(
            MailDomain domain,
            boolean mxAuthenticated,
            OutboundTls tls,
            TlsRequest request,
            DomainPolicies.Answer published) {
        return new DomainRules(
                this, domain.text(), mxAuthenticated, tls, false, request, published);
    }

    /**
     * What counts on the way to a smart host: what protects a log-in is not the sender's to waive.
     */
    static TlsRequest heeded(Route.ToSmartHost route, TlsRequest request) {
        return logsIn(route) && request == TlsRequest.WAIVED ? TlsRequest.DEFAULT : request;
    }

    private static boolean logsIn(Route.ToSmartHost route) {
        return !(route.credentials() instanceof Credentials.None);
    }

    /**
     * For a smart host, whose name is the administrator's word.
     *
     * @param request as it is {@linkplain #heeded heeded} there
     * @param published by the smart host's domain
     */
    HostRules forSmartHost(
            Route.ToSmartHost route, TlsRequest request, DomainPolicies.Answer published) {
        HostRules rules =
                new DomainRules(
                        this,
                        route.host(),
                        true,
                        route.tls(),
                        logsIn(route) || route.tlsFromStart(),
                        request,
                        published);
        return route.tlsFromStart() ? (host, port) -> immediately(rules.rule(host, port)) : rules;
    }

    private static Ruling immediately(Ruling ruling) {
        return ruling instanceof Ruling.Go go
                ? new Ruling.Go(go.demand().immediately(), go.policy(), go.failure())
                : ruling;
    }

    /** What is demanded of each server on a way. */
    @FunctionalInterface
    interface HostRules {
        /** What is demanded of a server. */
        Ruling rule(Host host, int port);
    }

    /** RFC 8689 §4.2.1: no message with REQUIRETLS travels so, and its sender is told at once. */
    static Ruling inPlainText(Host host, TlsRequest request) {
        return request == TlsRequest.REQUIRED
                ? new Ruling.Skip(
                        requireTlsFailure("TLS is ruled out on the way to " + host.name()),
                        AppliedPolicy.none(),
                        null)
                : new Ruling.Go(TlsDemand.never(), AppliedPolicy.none(), null);
    }

    /** The registry of RFC 5248, and RFC 8689 §4.2.1: 5.7.10, encryption needed. */
    static Reply requireTlsFailure(String why) {
        return Reply.of(550, "5.7.10", "The message demands REQUIRETLS: " + why);
    }

    TlsDemand verified(Host host, OutboundTls tls) {
        return TlsDemand.verified(host.sni(), byTrustAnchors(host, tls));
    }

    PeerVerifier byTrustAnchors(Host host, OutboundTls tls) {
        return verifiers.trusting(tls.trust(), List.of(host.name()));
    }

    /** A look-up that throws is one that failed (I8). */
    TlsaLookup.Answer tlsa(Host host, int port, DnsName nextHop) {
        try {
            return Objects.requireNonNull(
                    tlsa.find(DnsName.of(host.name()), port, nextHop), "no answer");
        } catch (RuntimeException | Error e) {
            LOG.error("The TLSA records of {} could not be looked up.", host.name(), e);
            return new TlsaLookup.Answer.Failed("the look-up failed");
        }
    }

    /** What DANE decides alone; empty if it leaves something to others. */
    static Optional<Ruling> byDane(TlsaLookup.Answer answer, Host host) {
        if (answer instanceof TlsaLookup.Answer.Usable usable) {
            return Optional.of(
                    new Ruling.Go(
                            TlsDemand.verified(usable.base().text(), usable.verifier()),
                            published(usable.records()),
                            null));
        }
        if (answer instanceof TlsaLookup.Answer.Failed failed) {
            // RFC 7672 §2.1.2: such a server is passed over, whatever else it may be.
            String text =
                    "The TLSA records of "
                            + host.name()
                            + " cannot be looked up now: "
                            + failed.reason();
            return Optional.of(
                    new Ruling.Skip(
                            Reply.of(451, "4.7.5", text),
                            published(List.of()),
                            new TlsFailure(Kind.DNSSEC_INVALID, text)));
        }
        return Optional.empty();
    }

    static AppliedPolicy published(List<TlsaRecord> records) {
        return new AppliedPolicy(
                AppliedPolicy.Type.TLSA,
                records.stream().map(SecurityPolicy::presentation).toList(),
                List.of());
    }

    /** RFC 6698 §2.2. */
    private static String presentation(TlsaRecord record) {
        return record.usage()
                + " "
                + record.selector()
                + " "
                + record.matchingType()
                + " "
                + record.association();
    }
}
