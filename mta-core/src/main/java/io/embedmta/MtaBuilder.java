package io.embedmta;

import io.embedmta.filter.Filter;
import io.embedmta.internal.delivery.DeliverySettings;
import io.embedmta.internal.delivery.TlsaSource;
import io.embedmta.internal.delivery.Verifiers;
import io.embedmta.internal.intake.AliasLoops;
import io.embedmta.internal.intake.RoutingTable;
import io.embedmta.internal.runtime.LateRandom;
import io.embedmta.listener.Listener;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.resolver.Resolver;
import io.embedmta.route.DomainPolicies;
import io.embedmta.route.Route;
import io.embedmta.route.Router;
import io.embedmta.store.MailHandler;
import io.embedmta.store.MailStore;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * What an agent is made from. Each value is checked when it is given. For one thread; after {@link
 * #start} it is of no more use, since the agent owns the parts and closes them.
 */
public final class MtaBuilder {
    /** RFC 1035 §2.3.4; a domain in a path may have two octets more (RFC 5321 §4.5.3.1.2). */
    private static final int MAX_HOSTNAME = 253;

    private static final Duration MAX_GRACE = Duration.ofDays(1);

    final MailDomain hostname;
    @Nullable String name;
    final List<Listener> listeners = new ArrayList<>();
    final List<Filter> filters = new ArrayList<>();
    final Set<MailDomain> relayDomains = new HashSet<>();
    @Nullable MailQueue queue;
    @Nullable Resolver resolver;
    @Nullable DomainPolicies policies;
    List<InetAddress> localAddresses = List.of();
    @Nullable TlsaSource tlsa;
    @Nullable Verifiers verifiers;
    RetrySchedule schedule = RetrySchedule.defaults();
    Clock clock = Clock.systemUTC();
    private @Nullable RandomGenerator random;
    SocketFactory sockets = SocketFactory.getDefault();
    Duration grace = Duration.ofSeconds(10);
    int remotePort = 25;
    int maxHops = 100;
    int maxDeliveries = 200;
    int maxPerDestination = 20;

    private final Map<MailAddress, Route> aliases = new HashMap<>();
    private final Map<MailDomain, Route> catchAlls = new HashMap<>();
    private final Map<MailAddress, Route> addresses = new HashMap<>();
    private final Map<MailDomain, Route> domains = new HashMap<>();
    private @Nullable Route others;
    private char detailSeparator = '+';
    private @Nullable Router router;
    private @Nullable MailAddress postmaster;
    private boolean started;

    MtaBuilder(String hostname) {
        this.hostname = MailDomain.of(hostname);
        if (this.hostname.text().length() > MAX_HOSTNAME) {
            throw new IllegalArgumentException(
                    "Give the agent a name that the DNS has room for: 253 octets at most.");
        }
    }

    /**
     * Names the agent for Jakarta Mail code that is set up by properties alone, such as {@code
     * spring.mail.protocol=mta} with the name as {@code spring.mail.host}. An agent without a name
     * is reached by {@link Mta#session} only. While it runs, no other of this process may have the
     * name.
     *
     * @param newName 1 to 100 letters, digits, dots, hyphens and underscores of ASCII, in any case
     * @throws IllegalArgumentException if it is not
     */
    public MtaBuilder name(String newName) {
        name = NamedAgents.checked(newName);
        return this;
    }

    /** Adds a way for mail to come in. */
    public MtaBuilder listener(Listener listener) {
        listeners.add(listener);
        return this;
    }

    /** Sets the queue. Without it, messages lie in memory and are lost with the process. */
    public MtaBuilder queue(MailQueue newQueue) {
        queue = newQueue;
        return this;
    }

    /** Sets the resolver. Without it, addresses alone can be looked up: enough for a smart host. */
    public MtaBuilder resolver(Resolver newResolver) {
        resolver = newResolver;
        return this;
    }

    /**
     * Sets where the demands of domains on connections to them come from: MTA-STS, of mta-dns.
     * Without it, domains demand nothing but what {@link io.embedmta.tls.OutboundTls#dane} finds.
     */
    public MtaBuilder domainPolicies(DomainPolicies newPolicies) {
        policies = newPolicies;
        return this;
    }

    /** Adds a filter behind those there are. */
    public MtaBuilder filter(Filter filter) {
        filters.add(filter);
        return this;
    }

    /**
     * Makes a domain ours: its mail goes into the store.
     *
     * @throws IllegalArgumentException if it is no domain, or has a rule already
     */
    public MtaBuilder store(String domain, MailStore store) {
        MailDomain name = MailDomain.of(domain);
        return put(domains, name, Route.store(name.text(), store));
    }

    /**
     * Makes a domain ours: its mail goes into the application.
     *
     * @throws IllegalArgumentException if it is no domain, or has a rule already
     */
    public MtaBuilder store(String domain, MailHandler handler) {
        return store(domain, MailStore.of(handler));
    }

    /** Sets the way of all domains without a rule. Without it, they go to their mail exchangers. */
    public MtaBuilder route(Route route) {
        others = route;
        return this;
    }

    /**
     * Sets the way of one domain, or of one address.
     *
     * @param domainOrAddress such as {@code example.org} or {@code noreply@example.org}
     * @throws IllegalArgumentException if it is neither, or has a rule already
     */
    public MtaBuilder route(String domainOrAddress, Route route) {
        return domainOrAddress.indexOf('@') < 0
                ? put(domains, MailDomain.of(domainOrAddress), route)
                : put(addresses, RoutingTable.folded(domainOrAddress), route);
    }

    /**
     * Sends mail for an address to others in its place. An alias may name itself among its targets,
     * to keep a copy; targets may be aliases.
     *
     * @param alias an address, or {@code @example.org} for all addresses there that nothing else
     *     knows
     * @throws IllegalArgumentException if it is neither, has a rule already, or a target is no
     *     address
     */
    public MtaBuilder alias(String alias, String... targets) {
        return alias.startsWith("@")
                ? put(catchAlls, MailDomain.of(alias.substring(1)), Route.alias(targets))
                : put(aliases, RoutingTable.folded(alias), Route.alias(targets));
    }

    private <K> MtaBuilder put(Map<K, Route> rules, K key, Route route) {
        if (rules.putIfAbsent(key, route) != null) {
            throw new IllegalArgumentException("Give only one rule for " + key + ".");
        }
        return this;
    }

    /**
     * Sets what begins a subaddress (RFC 5233); {@code '+'} unless set.
     *
     * @throws IllegalArgumentException if it is a letter, a digit, or not printable ASCII
     */
    public MtaBuilder subaddressSeparator(char separator) {
        if (separator <= ' ' || separator >= 127 || Character.isLetterOrDigit(separator)) {
            throw new IllegalArgumentException(
                    "A separator is an ASCII mark such as '+', no letter, digit or space.");
        }
        detailSeparator = separator;
        return this;
    }

    /** Replaces all routing rules by a router of the application's own. */
    public MtaBuilder router(Router newRouter) {
        router = newRouter;
        return this;
    }

    /** Lets anybody send to these domains, though others host them, as a backup exchanger does. */
    public MtaBuilder relayDomains(String... names) {
        for (String name : names) {
            relayDomains.add(MailDomain.of(name));
        }
        return this;
    }

    /**
     * Sets who gets mail for {@code <Postmaster>} without a domain, as an alias of postmaster at
     * the host name. Without it, that is postmaster at the first of our own domains in alphabetical
     * order, whose store has to take it.
     *
     * <p>RFC 5321 §4.5.1 wants every server to take such mail from anybody, so an agent without a
     * domain of its own that strangers can reach should be given a postmaster. Until it is, it
     * refuses that mail of clients that may not relay: nobody is known who would read it, and to
     * take what can only bounce would harm those whose addresses are forged.
     *
     * @throws IllegalArgumentException if it is no address, or postmaster has a rule already
     */
    public MtaBuilder postmaster(String address) {
        postmaster = MailAddress.of("postmaster", hostname);
        return put(aliases, postmaster, Route.alias(address));
    }

    /** Sets when attempts are made, when delays are told, and when a message is given up. */
    public MtaBuilder retry(RetrySchedule newSchedule) {
        schedule = newSchedule;
        return this;
    }

    /**
     * Sets how many deliveries are under way at once; 200 and 20 unless set. A destination that has
     * not answered yet gets 5 at most, and one more for each answer. One that fails to answer gets
     * fewer; soon its messages are put off untried, for up to a minute.
     *
     * @param inAll 1 or more
     * @param perDestination 1 or more
     */
    public MtaBuilder deliveries(int inAll, int perDestination) {
        if (inAll < 1 || perDestination < 1) {
            throw new IllegalArgumentException("Allow one delivery or more.");
        }
        maxDeliveries = inAll;
        maxPerDestination = perDestination;
        return this;
    }

    /**
     * Sets the port of mail exchangers; 25 unless set.
     *
     * @param port 1 to 65535
     */
    public MtaBuilder remotePort(int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("A port is 1 to 65535.");
        }
        remotePort = port;
        return this;
    }

    /**
     * Sets how many {@code Received} fields a message may bring before it is taken for a loop; 100
     * unless set (RFC 5321 §6.3).
     *
     * @param hops 1 or more
     */
    public MtaBuilder maxHops(int hops) {
        if (hops < 1) {
            throw new IllegalArgumentException("Allow one hop or more.");
        }
        maxHops = hops;
        return this;
    }

    /**
     * Sets how long running transactions and deliveries may take to end at close; 10 s unless set.
     *
     * @param limit zero to a day
     */
    public MtaBuilder shutdownGrace(Duration limit) {
        if (limit.isNegative() || limit.compareTo(MAX_GRACE) > 0) {
            throw new IllegalArgumentException("Give a grace period of zero to a day.");
        }
        grace = limit;
        return this;
    }

    /** Sets the clock. One that jumps implements {@link AdjustableClock}. */
    public MtaBuilder clock(Clock newClock) {
        clock = newClock;
        return this;
    }

    /**
     * Sets the randomness of ids, of retry times and of the order of equal exchangers; thread-safe.
     */
    public MtaBuilder random(RandomGenerator newRandom) {
        random = newRandom;
        return this;
    }

    /** Sets where sockets to other servers come from. */
    public MtaBuilder sockets(SocketFactory factory) {
        sockets = factory;
        return this;
    }

    /**
     * Sets the addresses that connections to other servers come from, IPv4 and IPv6 each to its
     * own. Of a family without one, the system chooses.
     *
     * @param addresses of this machine, one of each family at most
     * @throws IllegalArgumentException if there are two of a family, or one is a wildcard or a
     *     multicast address
     */
    public MtaBuilder sendFrom(InetAddress... addresses) {
        List<InetAddress> given = List.of(addresses);
        boolean any =
                given.stream()
                        .anyMatch(each -> each.isAnyLocalAddress() || each.isMulticastAddress());
        if (any || given.stream().map(InetAddress::getClass).distinct().count() < given.size()) {
            throw new IllegalArgumentException(
                    "Send from addresses of this machine, one of IPv4 and one of IPv6 at most.");
        }
        localAddresses = given;
        return this;
    }

    RandomGenerator buildRandom() {
        return random != null ? random : new LateRandom();
    }

    DeliverySettings deliverySettings() {
        return new DeliverySettings(
                hostname,
                remotePort,
                maxDeliveries,
                maxPerDestination,
                schedule,
                localAddresses,
                sockets);
    }

    Router buildRouter() {
        return router != null ? router : table();
    }

    private RoutingTable table() {
        return new RoutingTable(
                aliases,
                catchAlls,
                addresses,
                domains,
                relayDomains,
                others != null ? others : Route.mailExchangers(),
                detailSeparator);
    }

    /**
     * Refuses aliases that lead back to themselves without a mailbox on the way: all mail for them
     * would bounce.
     */
    void refuseAliasLoops() {
        if (router != null || (aliases.isEmpty() && catchAlls.isEmpty())) {
            return;
        }
        Optional<String> loop = AliasLoops.in(table(), aliases, catchAlls);
        if (loop.isPresent()) {
            throw new IllegalArgumentException(
                    "Give the alias a mailbox in the end; it leads back to itself: " + loop.get());
        }
    }

    MailAddress buildPostmaster() {
        if (postmaster != null) {
            return postmaster;
        }
        // By a loop, not a stream: a part of the time that an agent takes to start.
        MailDomain domain = hostname;
        boolean found = false;
        for (Map.Entry<MailDomain, Route> rule : domains.entrySet()) {
            boolean ours = rule.getValue() instanceof Route.ToStore;
            if (ours && (!found || rule.getKey().text().compareTo(domain.text()) < 0)) {
                domain = rule.getKey();
                found = true;
            }
        }
        return MailAddress.of("postmaster", domain);
    }

    /** The stores to close, each once, even if two of them call themselves equal. */
    Set<MailStore> stores() {
        Set<MailStore> stores = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Map<?, Route> rules : List.of(addresses, domains)) {
            for (Route route : rules.values()) {
                if (route instanceof Route.ToStore toStore) {
                    stores.add(toStore.store());
                }
            }
        }
        if (others instanceof Route.ToStore toStore) {
            stores.add(toStore.store());
        }
        return stores;
    }

    MailQueue buildQueue() {
        return queue != null ? queue : MemoryQueue.create();
    }

    /**
     * Starts the agent.
     *
     * @return the running agent, which the caller closes; if this throws, the parts are closed
     * @throws IllegalArgumentException if an alias leads back to itself, and no mailbox is there;
     *     the message names the way
     * @throws java.io.UncheckedIOException if a listener cannot bind; the message names address and
     *     port
     * @throws IllegalStateException if it was called before, or another agent runs by the {@link
     *     #name}
     */
    public Mta start() {
        if (started) {
            throw new IllegalStateException(
                    "Build each agent with a builder and parts of its own: these were used.");
        }
        started = true;
        return Mta.start(this);
    }
}
