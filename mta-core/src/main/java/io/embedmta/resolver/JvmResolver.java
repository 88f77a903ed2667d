package io.embedmta.resolver;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the JVM itself can look up: addresses, and no other kind of record. Enough for a smart host;
 * mail exchangers need a real resolver, such as the one in mta-dns. Thread-safe.
 */
public final class JvmResolver implements Resolver {
    private static final Duration UNKNOWN_TTL = Duration.ZERO;
    private static final String NO_RESOLVER =
            "no DNS resolver was given to the builder, such as DnsResolver.system() of mta-dns";

    /** Asks the JVM, which asks the hosts file and the system's name servers. */
    public JvmResolver() {}

    @Override
    public DnsAnswer<Inet4Address> a(DnsName name) {
        return addresses(name, Inet4Address.class);
    }

    @Override
    public DnsAnswer<Inet6Address> aaaa(DnsName name) {
        return addresses(name, Inet6Address.class);
    }

    private static <T extends InetAddress> DnsAnswer<T> addresses(DnsName name, Class<T> kind) {
        List<T> found = new ArrayList<>();
        try {
            for (InetAddress address : InetAddress.getAllByName(name.text())) {
                if (kind.isInstance(address)) {
                    found.add(kind.cast(address));
                }
            }
        } catch (UnknownHostException e) {
            // The JVM does not tell a missing name from a failed look-up.
            return new DnsAnswer.TemporaryFailure<>("the JVM does not find " + name);
        }
        return found.isEmpty()
                ? new DnsAnswer.NoData<>(false)
                : DnsAnswer.found(found, UNKNOWN_TTL);
    }

    @Override
    public DnsAnswer<MxRecord> mx(DnsName name) {
        return unknown();
    }

    @Override
    public DnsAnswer<String> txt(DnsName name) {
        return unknown();
    }

    @Override
    public DnsAnswer<DnsName> ptr(InetAddress address) {
        return unknown();
    }

    @Override
    public DnsAnswer<TlsaRecord> tlsa(DnsName name) {
        return unknown();
    }

    @Override
    public DnsAnswer<DnsName> cname(DnsName name) {
        return unknown();
    }

    private static <T> DnsAnswer<T> unknown() {
        return new DnsAnswer.TemporaryFailure<>(NO_RESOLVER);
    }

    @Override
    public void close() {
        // The JVM's look-ups hold nothing.
    }
}
