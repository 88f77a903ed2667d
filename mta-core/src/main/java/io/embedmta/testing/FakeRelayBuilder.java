package io.embedmta.testing;

import io.embedmta.Mta;
import io.embedmta.MtaBuilder;
import io.embedmta.listener.SmtpListener;
import io.embedmta.queue.RetrySchedule;
import io.embedmta.resolver.StaticResolver;
import io.embedmta.resolver.StaticResolverBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** What a {@link FakeRelay} is made from. For one thread; good for one relay. */
public final class FakeRelayBuilder {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    /** RFC 5737: 192.0.2.0/24 is nobody's. */
    private static final int MAX_EXCHANGERS = 254;

    private final FakeMailBuilder servers;
    private final String name;
    private final Map<String, String> hosts = new LinkedHashMap<>();
    private final StaticResolverBuilder zones = StaticResolver.builder();
    private final ManualClock clock = ManualClock.at(BEGIN);
    private RetrySchedule schedule = RetrySchedule.defaults();
    private long seed;
    private Consumer<MtaBuilder> more = builder -> {};

    FakeRelayBuilder(FakeMailBuilder servers, String name) {
        this.servers = servers;
        this.name = name;
    }

    /**
     * Adds an exchanger of domains; given again, it gets more of them. Domains without one do not
     * exist, so that mail for them bounces.
     *
     * @param host the name of the exchanger
     * @param preference the lower, the sooner it is tried
     * @param domains whose mail it takes; none makes it a smart host, or an exchanger that nobody
     *     knows yet
     */
    public FakeRelayBuilder exchanger(String host, int preference, String... domains) {
        if (!hosts.containsKey(host)) {
            if (hosts.size() == MAX_EXCHANGERS) {
                throw new IllegalArgumentException("There is room for 254 exchangers.");
            }
            String address = "192.0.2." + (hosts.size() + 1);
            hosts.put(host, address);
            zones.a(host, address);
        }
        for (String domain : domains) {
            zones.mx(domain, preference, host);
        }
        return this;
    }

    /** Adds to the zones what exchangers do not say, such as names that cannot be looked up. */
    public FakeRelayBuilder zones(Consumer<StaticResolverBuilder> change) {
        change.accept(zones);
        return this;
    }

    /** Sets when attempts are made; the usual schedule unless set, without its jitter. */
    public FakeRelayBuilder retry(RetrySchedule newSchedule) {
        schedule = newSchedule;
        return this;
    }

    /** Sets the seed of all that the relay leaves to chance; 0 unless set. */
    public FakeRelayBuilder seed(long newSeed) {
        seed = newSeed;
        return this;
    }

    /** Sets up the relay further, as in production: filters, routes, aliases, stores. */
    public FakeRelayBuilder relay(Consumer<MtaBuilder> settings) {
        more = more.andThen(settings);
        return this;
    }

    /** Starts exchangers and relay, at 2026-01-01 00:00 UTC. */
    public FakeRelay start() {
        FakeNetwork network = new FakeNetwork();
        Map<String, FakeMail> exchangers = new LinkedHashMap<>();
        Map<String, InetAddress> addresses = new LinkedHashMap<>();
        servers.clock(clock);
        hosts.forEach(
                (host, address) -> {
                    FakeMail exchanger = servers.named(host).start();
                    exchangers.put(host, exchanger);
                    addresses.put(host, literal(address));
                    network.add(
                            literal(address),
                            new InetSocketAddress(exchanger.host(), exchanger.port()));
                });
        WatchedQueue queue = new WatchedQueue(clock);
        MtaBuilder builder =
                Mta.builder(name)
                        .clock(clock)
                        .random(new Random(seed))
                        .queue(queue)
                        .retry(schedule.withJitter(0))
                        .resolver(zones.build())
                        .sockets(network)
                        .shutdownGrace(Duration.ZERO)
                        .listener(SmtpListener.on("127.0.0.1", 0).relayFrom("127.0.0.0/8"));
        try {
            more.accept(builder);
            return new FakeRelay(
                    builder.start(), clock, queue, network, exchangers, addresses, servers.timeout);
        } catch (RuntimeException | Error e) {
            exchangers.values().forEach(exchanger -> exchanger.end(true));
            throw e;
        }
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("An address of four numbers is one.", e);
        }
    }
}
