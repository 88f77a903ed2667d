package io.embedmta.internal.delivery;

import io.embedmta.event.MtaEvent;
import io.embedmta.internal.client.ClientSettings;
import io.embedmta.internal.client.SmtpClient;
import io.embedmta.internal.dsn.DsnComposer;
import io.embedmta.internal.intake.Addressing;
import io.embedmta.message.Content;
import io.embedmta.message.DeliveryResult;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.message.Recipient;
import io.embedmta.queue.Lease;
import io.embedmta.queue.Order;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.resolver.DnsName;
import io.embedmta.route.Route;
import io.embedmta.smtp.Reply;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one attempt for the work of one lease, and records what came of it. Thread-safe. */
final class Deliverer {
    private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

    private static final Reply GIVEN_UP = Reply.of(554, "5.3.0", "Given up by the operator");
    private static final Reply REMOVED = Reply.of(250, "2.0.0", "Removed by the operator");

    /** RFC 3463 §3.5: network and routing. */
    private static final int NETWORK = 4;

    /** RFC 5321 §3.8: the server is about to hang up. */
    private static final int NOT_AVAILABLE = 421;

    private final Addressing addressing;
    private final SmtpClient client;
    private final RemoteDelivery remote;
    private final Notifier notifier;
    private final RetrySchedule schedule;
    private final Clock clock;
    private final RandomGenerator random;
    private final Consumer<MtaEvent> events;
    private final Consumer<FinalOutcome> outcomes;
    private volatile boolean cutOff;

    Deliverer(DeliveryParts parts) {
        DeliverySettings settings = parts.settings();
        String hostname = settings.hostname().text();
        addressing = parts.addressing();
        schedule = settings.schedule();
        clock = parts.clock();
        random = parts.random();
        events = parts.events();
        outcomes = parts.outcomes();
        client =
                new SmtpClient(
                        ClientSettings.defaults(hostname)
                                .withMaxIdle(settings.maxDeliveries(), settings.maxPerDestination())
                                .withLocalAddresses(settings.localAddresses()),
                        settings.sockets(),
                        clock);
        remote =
                new RemoteDelivery(
                        new Exchangers(parts.lookUps(), DnsName.of(hostname), random),
                        client,
                        parts.security(),
                        settings.remotePort(),
                        clock,
                        events);
        notifier =
                new Notifier(
                        settings.hostname(),
                        clock,
                        parts.enqueuer(),
                        new DsnComposer(random),
                        schedule);
    }

    /** Its connections, which are whose it is to close. */
    SmtpClient client() {
        return client;
    }

    /**
     * Recipients that share a transaction: the same route, and, where exchangers decide, the same
     * domain.
     */
    private record Group(Route route, MailDomain domain) {
        static Group of(Route route, MailAddress address) {
            // Of a store or smart host, each domain is alike: one transaction for all.
            return new Group(
                    route, route instanceof Route.ToExchangers ? address.mailDomain() : ANY);
        }

        private static final MailDomain ANY = MailDomain.of("any.invalid");
    }

    /** From now on what still goes out is about to be cut off, as the engine stops. */
    void cutOff() {
        cutOff = true;
    }

    /**
     * Delivers, or does what an operator has ordered, and settles.
     *
     * @return what it came to if no server spoke to us, for any recipient; empty if one did, or
     *     none was asked
     */
    Optional<Reply> deliver(Lease lease) {
        Map<MailAddress, DeliveryResult> results =
                lease.order().map(order -> obey(order, lease)).orElseGet(() -> attempt(lease));
        Optional<Reply> silence = silence(results.values());
        settle(lease, results);
        return silence;
    }

    /**
     * Settles without an attempt, as its destination does not answer.
     *
     * @param reason what attempts for others have just come to
     */
    void putOff(Lease lease, Reply reason) {
        Reply reply =
                Reply.of(
                        451,
                        reason.status().withCategory(4),
                        "Not tried now, as it has just failed for others: " + reason);
        settle(lease, RemoteDelivery.all(lease.envelope(), new DeliveryResult.Deferred(reply, "")));
    }

    /** The failure that all recipients share, if it is one of the network, or the server is off. */
    private static Optional<Reply> silence(Collection<DeliveryResult> results) {
        Optional<Reply> last = Optional.empty();
        for (DeliveryResult result : results) {
            boolean ofTheNetwork =
                    result.remoteMta().isEmpty() && result.reply().status().subject() == NETWORK;
            boolean silent =
                    result instanceof DeliveryResult.Deferred
                            && (ofTheNetwork || result.reply().code() == NOT_AVAILABLE);
            if (!silent) {
                return Optional.empty();
            }
            last = Optional.of(result.reply());
        }
        return last;
    }

    /**
     * Records what came of an attempt. If that cannot be recorded, the lease is left to run out, so
     * that what has been delivered is not delivered again at once.
     */
    private void settle(Lease lease, Map<MailAddress, DeliveryResult> results) {
        if (cutOff) {
            // That we stop says nothing of the recipients: they are not to wait longer for it, and
            // those whose time is up are not to bounce for it (I2).
            results.values().removeIf(DeliveryResult.Deferred.class::isInstance);
        }
        try (Attempt attempt =
                Attempt.judge(lease, results, clock.instant(), schedule, random, notifier)) {
            record(lease, attempt);
        }
    }

    private void record(Lease lease, Attempt attempt) {
        try {
            if (!attempt.settlements().isEmpty()) {
                lease.settle(attempt.settlements(), attempt.notices());
            }
        } catch (IOException e) {
            LOG.error(
                    "{}: what was attempted could not be recorded; it is repeated when the lease ends",
                    lease.id(),
                    e);
            return;
        }
        // Before the lease is closed: what is recorded is told, even if the queue fails there.
        attempt.tellOfNotices();
        attempt.events().forEach(this::tell);
        attempt.outcomes().forEach(outcomes);
        lease.close();
    }

    private static Map<MailAddress, DeliveryResult> obey(Order order, Lease lease) {
        return RemoteDelivery.all(
                lease.envelope(),
                switch (order) {
                    case BOUNCE -> new DeliveryResult.Failed(GIVEN_UP, "");
                    case REMOVE -> new DeliveryResult.Discarded(REMOVED);
                });
    }

    private void tell(MtaEvent event) {
        OutcomeLog.write(event);
        events.accept(event);
    }

    private Map<MailAddress, DeliveryResult> attempt(Lease lease) {
        Map<MailAddress, DeliveryResult> results = new LinkedHashMap<>();
        Map<Group, List<Recipient>> groups = new LinkedHashMap<>();
        for (Recipient recipient : lease.envelope().recipients()) {
            MailAddress address = recipient.address();
            try {
                Route route = addressing.route(address);
                groups.computeIfAbsent(Group.of(route, address), group -> new ArrayList<>())
                        .add(recipient);
            } catch (IOException e) {
                LOG.error("{}: no way could be found for {}", lease.id(), address, e);
                results.put(address, DeliveryResult.deferred("4.3.0", "The router failed for now"));
            }
        }
        groups.forEach(
                (group, recipients) ->
                        results.putAll(
                                carry(lease, group, lease.envelope().withRecipients(recipients))));
        for (Recipient recipient : lease.envelope().recipients()) {
            results.putIfAbsent(
                    recipient.address(),
                    DeliveryResult.deferred("4.3.0", "The delivery gave no result"));
        }
        return results;
    }

    /** I8: whatever goes wrong here is temporary. */
    private Map<MailAddress, DeliveryResult> carry(Lease lease, Group group, Envelope envelope) {
        try {
            return carry(lease, group.route, group.domain, envelope, lease.content());
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("{}: the delivery to {} failed", lease.id(), envelope.recipients(), e);
            return RemoteDelivery.all(
                    envelope, DeliveryResult.deferred("4.3.0", "The delivery failed for now"));
        }
    }

    private Map<MailAddress, DeliveryResult> carry(
            Lease lease, Route route, MailDomain domain, Envelope envelope, Content content)
            throws IOException {
        if (route instanceof Route.ToStore store) {
            return LocalDelivery.deliver(store, lease.id(), envelope, content);
        }
        if (route instanceof Route.ToExchangers exchangers) {
            return remote.toExchangers(lease.id(), exchangers, domain, envelope, content);
        }
        if (route instanceof Route.ToSmartHost smartHost) {
            return remote.toSmartHost(lease.id(), smartHost, envelope, content);
        }
        if (route instanceof Route.ToNowhere) {
            Reply reply = Reply.of(250, "2.0.0", "discarded by a rule");
            return RemoteDelivery.all(envelope, new DeliveryResult.Discarded(reply));
        }
        if (route instanceof Route.Refused refused) {
            return RemoteDelivery.all(envelope, new DeliveryResult.Failed(refused.reply(), ""));
        }
        return RemoteDelivery.all(
                envelope, DeliveryResult.failed("5.4.6", "The alias leads back to itself"));
    }
}
