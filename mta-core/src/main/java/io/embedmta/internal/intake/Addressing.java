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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may send to whom, and to which addresses a recipient comes down in the end. Thread-safe. */
public final class Addressing {
    private static final Logger LOG = LoggerFactory.getLogger(Addressing.class);

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
            route = ask(router::route, address);
        } catch (IOException e) {
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
        // I6. The sender may be able to authenticate or to use another server: 5.7.1 (RFC 3463).
        return allowed
                ? Optional.empty()
                : Optional.of(
                        Reply.of(
                                550,
                                "5.7.1",
                                "Relaying denied: that domain is not ours and you may not relay"));
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
            Map<MailAddress, Recipient> ends = new LinkedHashMap<>();
            follow(recipient, new ArrayDeque<>(), new HashSet<>(), ends);
            for (Recipient end : ends.values()) {
                if (found.putIfAbsent(end.address(), end) == null) {
                    destinations.add(destination(route(end.address()), end.address()));
                }
            }
            targets.put(recipient.address(), List.copyOf(ends.keySet()));
        }
        return new Expansion(List.copyOf(found.values()), destinations, targets);
    }

    /**
     * Finds the addresses that a recipient comes down to. One that an alias leads back to, or that
     * lies beyond the depth, is taken for a mailbox.
     *
     * @param path the aliases that led here
     * @param done the aliases whose ends are all found already
     */
    private void follow(
            Recipient recipient,
            Deque<MailAddress> path,
            Set<MailAddress> done,
            Map<MailAddress, Recipient> ends)
            throws IOException {
        MailAddress address = recipient.address();
        if (done.contains(address)) {
            return;
        }
        boolean isEnd = path.contains(address) || path.size() == MAX_DEPTH;
        if (isEnd || !(ask(router::route, address) instanceof Route.ToAlias alias)) {
            ends.putIfAbsent(address, recipient);
            return;
        }
        // RFC 3461 §5.2.7.1: what the sender wrote stays known behind the alias.
        Recipient original =
                recipient.original().isPresent()
                        ? recipient
                        : recipient.withOriginal(OriginalRecipient.of(address));
        path.push(address);
        for (MailAddress target : alias.targets()) {
            follow(original.withAddress(target), path, done, ends);
        }
        path.pop();
        done.add(address);
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

    /**
     * The way of a recipient that is due.
     *
     * @throws IOException if it cannot be told now
     */
    public Route route(MailAddress address) throws IOException {
        return ask(router::finalRoute, address);
    }

    @FunctionalInterface
    private interface Question {
        @Nullable Route ask(MailAddress address) throws IOException;
    }

    /** I8: a router that throws, or knows nothing to say, is a temporary failure. */
    private static Route ask(Question router, MailAddress address) throws IOException {
        try {
            return Objects.requireNonNull(router.ask(address), "The router gave no route.");
        } catch (RuntimeException | Error e) {
            throw new IOException("The router failed on <" + address + ">.", e);
        }
    }
}
