package io.embedmta.dns;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.config.ResolvConfResolverConfigProvider;

/**
 * The name servers that the system is set to use, read again once a minute: a process that runs for
 * months outlives a lease of its host. Two threads may read at once; either result will do.
 */
final class SystemServers implements Supplier<List<InetSocketAddress>> {
    private static final Logger log = LoggerFactory.getLogger(SystemServers.class);
    private static final long REREAD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private record Reading(List<InetSocketAddress> servers, long nanos) {}

    private volatile Reading last = new Reading(read(), System.nanoTime());

    @Override
    public List<InetSocketAddress> get() {
        Reading reading = last;
        if (System.nanoTime() - reading.nanos > REREAD_NANOS) {
            reading = new Reading(read(), System.nanoTime());
            last = reading;
        }
        return reading.servers;
    }

    private static List<InetSocketAddress> read() {
        // resolv.conf by itself where there is one: dnsjava's whole search goes on to start JNDI
        // when it has found servers but no search path, and we want no search path.
        ResolvConfResolverConfigProvider resolvConf = new ResolvConfResolverConfigProvider();
        if (resolvConf.isEnabled()) {
            try {
                resolvConf.initialize();
                List<InetSocketAddress> servers = usable(resolvConf.servers());
                if (!servers.isEmpty()) {
                    return servers;
                }
            } catch (RuntimeException e) {
                log.warn("/etc/resolv.conf has a line that cannot be read", e);
            }
        }
        // Without any, the result is a server on the loopback address (resolv.conf(5) says so too).
        return usable(new ResolverConfig().servers());
    }

    private static List<InetSocketAddress> usable(List<InetSocketAddress> servers) {
        return servers.stream().filter(server -> !server.isUnresolved()).toList();
    }
}
