package io.embedmta.internal.intake;

import io.embedmta.filter.SessionView;
import io.embedmta.message.Destination;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.message.OriginalRecipient;
import io.embedmta.message.Recipient;
import io.embedmta.route.Route;
import io.embedmta.route.Router;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may send to whom, and to which addresses a recipient comes down in the end. Thread-safe. */
public final class Addressing {
    private static final Logger LOG = LoggerFactory.getLogger(Addressing.class);

    /** I6. The sender may be able to authenticate or to use another server: 5.7.1 (RFC 3463). */
    private static final Reply RELAYING_DENIED =
            Reply.of(
                    550, "5.7.1", "Relaying denied: that domain is not ours and you may not relay");

    /** Aliases of aliases, before that is taken for a mistake. */
    private static final int MAX_DEPTH = 20;

    private final Router router;
    private final Set<MailDomain> relayDomains;

    /**
     * @param relayDomains domains that anybody may send to though others host them
     */
    public Addressing(Router router, Set<MailDomain> relayDomains) {
        this.router = router;
        this.relayDomains = Set.copyOf(relayDomains);
    }

    /**
     * What a message is to be queued for.
     *
     * @param destinations the line of each recipient, in their order
     * @param targets what became of each recipient that was asked for
     */
    public record Expansion(
            List<Recipient> recipients,
            List<Destination> destinations,
            Map<MailAddress, List<MailAddress>> targets) {}

    /** The reply that refuses mail of such a session for the address; empty if it is taken. */
    public Optional<Reply> refusal(SessionView session, MailAddress address) {
        Route route;
        try {
            route = router.route(address);
        } catch (IOException | RuntimeException e) {
            LOG.error("{}: no way could be found for <{}>", session.id(), address, e);
            return Optional.of(
                    Reply.of(451, "4.3.0", "The address cannot be checked now, try again later"));
        }
        if (route instanceof Route.Refused refused) {
            return Optional.of(refused.reply());
        }
        boolean allowed =
                route.isLocal()
                        || session.mayRelay()
                        || relayDomains.contains(address.mailDomain());
        return allowed ? Optional.empty() : Optional.of(RELAYING_DENIED);
    }

    /**
     * Follows the aliases of all recipients. Nobody gets a message twice.
     *
     * @throws IOException if a way cannot be told now
     */
    Expansion expand(List<Recipient> recipients) throws IOException {
        Map<MailAddress, Recipient> found = new LinkedHashMap<>();
        List<Destination> destinations = new ArrayList<>();
        Map<MailAddress, List<MailAddress>> targets = new LinkedHashMap<>();
        for (Recipient recipient : recipients) {
            List<MailAddress> ends = new ArrayList<>();
            for (Recipient end : follow(recipient, new HashSet<>())) {
                ends.add(end.address());
                if (found.putIfAbsent(end.address(), end) == null) {
                    Route route = router.finalRoute(end.address());
                    destinations.add(destination(route, end.address()));
                }
            }
            targets.put(recipient.address(), List.copyOf(ends));
        }
        return new Expansion(List.copyOf(found.values()), destinations, targets);
    }

    /** An address that an alias leads back to, or beyond the depth, is taken for a mailbox. */
    private List<Recipient> follow(Recipient recipient, Set<MailAddress> followed)
            throws IOException {
        MailAddress address = recipient.address();
        Route route =
                followed.size() < MAX_DEPTH && followed.add(address)
                        ? router.route(address)
                        : router.finalRoute(address);
        if (!(route instanceof Route.ToAlias alias) || followed.size() >= MAX_DEPTH) {
            return List.of(recipient);
        }
        // RFC 3461 §5.2.7.1: what the sender wrote stays known behind the alias.
        Recipient original =
                recipient.original().isPresent()
                        ? recipient
                        : recipient.withOriginal(OriginalRecipient.of(address));
        List<Recipient> ends = new ArrayList<>();
        for (MailAddress target : alias.targets()) {
            ends.addAll(follow(original.withAddress(target), new HashSet<>(followed)));
        }
        return ends;
    }

    /** The line in which a recipient of that route waits. */
    private static Destination destination(Route route, MailAddress address) {
        if (route instanceof Route.ToStore store) {
            return new Destination("store:" + store.name());
        }
        if (route instanceof Route.ToSmartHost host) {
            return new Destination("smarthost:" + host.host() + ":" + host.port());
        }
        return new Destination(address.domain());
    }

    /** The way of a recipient that is due. */
    public Route route(MailAddress address) throws IOException {
        return router.finalRoute(address);
    }
}
