package io.embedmta.internal.delivery;

import io.embedmta.auth.Credentials;
import io.embedmta.event.MtaEvent;
import io.embedmta.internal.client.Approach;
import io.embedmta.internal.client.RemoteServer;
import io.embedmta.internal.client.SmtpClient;
import io.embedmta.internal.client.Transmission;
import io.embedmta.internal.delivery.Exchangers.Addresses;
import io.embedmta.internal.delivery.Exchangers.Host;
import io.embedmta.internal.delivery.Exchangers.Way;
import io.embedmta.internal.delivery.SecurityPolicy.HostRules;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.message.TlsRequest;
import io.embedmta.resolver.DnsName;
import io.embedmta.route.DomainPolicies;
import io.embedmta.route.Route;
import io.embedmta.smtp.EnhancedCode;
import io.embedmta.smtp.Reply;
import io.embedmta.smtp.SyntaxException;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.OutboundTls.Level;
import java.net.InetAddress;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes a message to another server: tries the exchangers in their order, and all addresses of one
 * before the next (RFC 5321 §5.1), until a server answers for the recipients. Thread-safe.
 */
final class RemoteDelivery {
    /**
     * Addresses tried in one attempt, and hosts that have none; the next attempt may shuffle others
     * to the front. A domain may name hundreds of hosts, and each may cost its time-outs (I9).
     */
    private static final int MAX_TRIES = 10;

    /** RFC 7504: this host takes no mail at all. */
    private static final int NO_MAIL_HERE = 521;

    private final Exchangers exchangers;
    private final SmtpClient client;
    private final SecurityPolicy security;
    private final int port;
    private final Clock clock;
    private final Consumer<MtaEvent> events;

    /**
     * @param port of mail exchangers, 25 on the Internet
     * @param events returns at once and never throws
     */
    RemoteDelivery(
            Exchangers exchangers,
            SmtpClient client,
            SecurityPolicy security,
            int port,
            Clock clock,
            Consumer<MtaEvent> events) {
        this.exchangers = exchangers;
        this.client = client;
        this.security = security;
        this.port = port;
        this.clock = clock;
        this.events = events;
    }

    /** To the mail exchangers of the recipients' one domain. */
    Map<MailAddress, DeliveryResult> toExchangers(
            QueueId id,
            Route.ToExchangers route,
            MailDomain domain,
            Envelope envelope,
            Content content) {
        Way way = exchangers.find(domain);
        if (way instanceof Way.None none) {
            return all(envelope, resultOf(none.reply(), ""));
        }
        Way.Hosts found = (Way.Hosts) way;
        TlsRequest request = envelope.tlsRequest();
        TlsEvents tlsEvents = tlsEvents(id, domain, route.tls(), request);
        DomainPolicies.Answer published = security.published(domain, route.tls(), request);
        published.failure().ifPresent(tlsEvents::policyFailed);
        return tryAll(
                found.hosts(),
                port,
                security.forExchangers(
                        domain, found.authenticated(), route.tls(), request, published),
                Credentials.none(),
                tlsEvents,
                envelope,
                content);
    }

    /** What was held to no policy, by our will or the sender's, says nothing of the domain. */
    private TlsEvents tlsEvents(
            QueueId id, MailDomain domain, OutboundTls tls, TlsRequest request) {
        return tls.level() != Level.NONE && request != TlsRequest.WAIVED
                ? TlsEvents.of(id, domain, clock, events)
                : TlsEvents.untold();
    }

    /** To one host, whatever the domain of a recipient. */
    Map<MailAddress, DeliveryResult> toSmartHost(
            QueueId id, Route.ToSmartHost smartHost, Envelope envelope, Content content) {
        TlsRequest request = SecurityPolicy.heeded(smartHost, envelope.tlsRequest());
        Optional<MailDomain> domain = policyDomain(smartHost);
        TlsEvents tlsEvents =
                domain.map(its -> tlsEvents(id, its, smartHost.tls(), request))
                        .orElseGet(TlsEvents::untold);
        DomainPolicies.Answer published =
                domain.map(its -> security.published(its, smartHost.tls(), request))
                        .orElseGet(DomainPolicies.Answer::none);
        published.failure().ifPresent(tlsEvents::policyFailed);
        Host host =
                smartHost.host().startsWith("[")
                        ? Host.of(MailDomain.of(smartHost.host()))
                        : Host.of(DnsName.of(smartHost.host()));
        Map<MailAddress, DeliveryResult> results =
                tryAll(
                        List.of(host),
                        smartHost.port(),
                        security.forSmartHost(smartHost, request, published),
                        smartHost.credentials(),
                        tlsEvents,
                        envelope,
                        content);
        // That the smart host has no address is our administrator's mistake, not the sender's.
        results.replaceAll(
                (address, result) ->
                        result instanceof DeliveryResult.Failed failed
                                        && failed.remoteMta().isEmpty()
                                        && failed.reply().status().subject() == 4
                                ? misconfigured(smartHost, failed.reply().text())
                                : result);
        return results;
    }

    /**
     * The smart host's own, whose policies count and which reports go to (RFC 8461 §3.4, RFC 8460
     * §1.1); empty for a name that is no domain, as those of container networks with underscores.
     */
    private static Optional<MailDomain> policyDomain(Route.ToSmartHost smartHost) {
        try {
            return Optional.of(MailDomain.of(smartHost.host()));
        } catch (SyntaxException e) {
            return Optional.empty();
        }
    }

    private static DeliveryResult misconfigured(Route.ToSmartHost host, String why) {
        return DeliveryResult.deferred(
                "4.3.5", "The smart host " + host.host() + " cannot be used: " + why);
    }

    private Map<MailAddress, DeliveryResult> tryAll(
            List<Host> hosts,
            int toPort,
            HostRules rules,
            Credentials credentials,
            TlsEvents tlsEvents,
            Envelope envelope,
            Content content) {
        Failures failures = new Failures();
        int tried = 0;
        for (Host host : hosts) {
            if (tried == MAX_TRIES) {
                return all(envelope, failures.soFar());
            }
            Addresses found = exchangers.addresses(host);
            if (found instanceof Addresses.None none) {
                failures.add(none.reply(), "");
                tried++;
                continue;
            }
            Ruling ruling = rules.rule(host, toPort);
            if (ruling instanceof Ruling.Skip skip) {
                tlsEvents.skipped(host, skip);
                failures.add(skip.reply(), "");
                tried++;
                continue;
            }
            Ruling.Go go = (Ruling.Go) ruling;
            for (InetAddress address : ((Addresses.Known) found).addresses()) {
                if (tried++ == MAX_TRIES) {
                    return all(envelope, failures.soFar());
                }
                RemoteServer server = new RemoteServer(host.name(), address, toPort);
                Transmission transmission =
                        client.send(
                                new Approach(server, go.demand(), credentials),
                                envelope,
                                content,
                                tlsEvents.observer(server, go));
                if (transmission instanceof Transmission.Answered answered) {
                    return new LinkedHashMap<>(answered.results());
                }
                if (transmission instanceof Transmission.NoSession none) {
                    failures.add(asRequired(envelope, none), none.remoteMta());
                } else {
                    failures.add(((Transmission.Unfit) transmission).reply(), "");
                }
            }
        }
        return all(envelope, failures.result());
    }

    /**
     * RFC 8689 §4.2.1: where TLS cannot be had as REQUIRETLS demands it, the sender is told. That a
     * server is silent today says nothing of that.
     */
    private static Reply asRequired(Envelope envelope, Transmission.NoSession none) {
        boolean noTls = none.remoteMta().isEmpty() && lacksTls(none.reply().status());
        return noTls && envelope.tlsRequest() == TlsRequest.REQUIRED
                ? SecurityPolicy.requireTlsFailure(none.reply().text())
                : none.reply();
    }

    /** Whether the client tells by it that there is no TLS, or not with the right server. */
    private static boolean lacksTls(EnhancedCode status) {
        return status.subject() == 7 && (status.detail() == 4 || status.detail() == 5);
    }

    /**
     * What the failure of each server comes to together: final only if each one is. A server that
     * greets with 5yz may be ill today, so only 521 and the lack of an address are final (RFC 7504
     * §3).
     */
    private static final class Failures {
        private Reply last = Reply.of(451, "4.4.1", "No mail exchanger could be reached");
        private String lastMta = "";
        private boolean allFinal = true;
        private boolean any;

        void add(Reply reply, String remoteMta) {
            boolean isFinal =
                    reply.isPermanent() && (remoteMta.isEmpty() || reply.code() == NO_MAIL_HERE);
            if (!isFinal || allFinal) {
                last = reply;
                lastMta = remoteMta;
            }
            allFinal = allFinal && isFinal;
            any = true;
        }

        /** There are more servers, so nothing is final yet. */
        DeliveryResult soFar() {
            return new DeliveryResult.Deferred(lastMta.isEmpty() ? forNow(last) : last, lastMta);
        }

        /** A verdict of our own on one server is not that on another; a server's word is kept. */
        private static Reply forNow(Reply reply) {
            return reply.isPermanent()
                    ? Reply.of(451, reply.status().withCategory(4), reply.text())
                    : reply;
        }

        DeliveryResult result() {
            return any && allFinal ? new DeliveryResult.Failed(last, lastMta) : soFar();
        }
    }

    private static DeliveryResult resultOf(Reply reply, String remoteMta) {
        return reply.isPermanent()
                ? new DeliveryResult.Failed(reply, remoteMta)
                : new DeliveryResult.Deferred(reply, remoteMta);
    }

    static Map<MailAddress, DeliveryResult> all(Envelope envelope, DeliveryResult result) {
        Map<MailAddress, DeliveryResult> results = new LinkedHashMap<>();
        for (Recipient recipient : envelope.recipients()) {
            results.put(recipient.address(), result);
        }
        return results;
    }
}
