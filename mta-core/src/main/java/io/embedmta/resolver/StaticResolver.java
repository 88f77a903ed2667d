package io.embedmta.resolver;

import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Answers from a table, and from nothing else: for tests, and for a relay that has no name server.
 * A name that is not in the table does not exist; there are no wildcards. Immutable, so
 * thread-safe.
 *
 * <pre>{@code
 * Resolver resolver = StaticResolver.builder()
 *         .mx("example.org", 10, "mx.example.org")
 *         .a("mx.example.org", "127.0.0.1")
 *         .fails("broken.example", "the name server is down")
 *         .build();
 * }</pre>
 */
public final class StaticResolver implements Resolver {
    private static final int MAX_ALIASES = 8;

    private final Map<DnsName, List<MxRecord>> mx;
    private final Map<DnsName, List<Inet4Address>> a;
    private final Map<DnsName, List<Inet6Address>> aaaa;
    private final Map<DnsName, List<String>> txt;
    private final Map<DnsName, List<DnsName>> ptr;
    private final Map<DnsName, List<TlsaRecord>> tlsa;
    private final Map<DnsName, List<DnsName>> cname;
    private final Map<DnsName, String> failing;
    private final Set<DnsName> existing;
    private final Set<DnsName> authenticated;
    private final Duration ttl;

    StaticResolver(StaticResolverBuilder from) {
        mx = from.mx.toMap();
        a = from.a.toMap();
        aaaa = from.aaaa.toMap();
        txt = from.txt.toMap();
        ptr = from.ptr.toMap();
        tlsa = from.tlsa.toMap();
        cname = from.cname.toMap();
        failing = Map.copyOf(from.failing);
        existing = Set.copyOf(from.existing());
        authenticated = Set.copyOf(from.authenticated);
        ttl = from.ttl;
    }

    /** A table to fill. */
    public static StaticResolverBuilder builder() {
        return new StaticResolverBuilder();
    }

    /** Knows no name at all. */
    public static StaticResolver empty() {
        return builder().build();
    }

    @Override
    public DnsAnswer<MxRecord> mx(DnsName name) {
        return follow(name, mx);
    }

    @Override
    public DnsAnswer<Inet4Address> a(DnsName name) {
        return follow(name, a);
    }

    @Override
    public DnsAnswer<Inet6Address> aaaa(DnsName name) {
        return follow(name, aaaa);
    }

    @Override
    public DnsAnswer<String> txt(DnsName name) {
        return follow(name, txt);
    }

    @Override
    public DnsAnswer<DnsName> ptr(InetAddress address) {
        return follow(DnsName.reverse(address), ptr);
    }

    @Override
    public DnsAnswer<TlsaRecord> tlsa(DnsName name) {
        return follow(name, tlsa);
    }

    @Override
    public DnsAnswer<DnsName> cname(DnsName name) {
        return answer(name, cname, isAuthenticated(name));
    }

    private <T> DnsAnswer<T> follow(DnsName start, Map<DnsName, List<T>> table) {
        DnsName name = start;
        boolean secure = isAuthenticated(name);
        // RFC 1034 §3.6.2 has aliases followed; §5.2.2 has a loop end as an error. A loop is a
        // chain that is too long, whatever its length.
        for (int aliases = 0; aliases <= MAX_ALIASES; aliases++) {
            List<DnsName> target = cname.get(name);
            if (target == null || isFailing(name)) {
                return answer(name, table, secure);
            }
            name = target.get(0);
            secure &= isAuthenticated(name);
        }
        return new TemporaryFailure<>(
                start + " is an alias in a loop, or in a chain of more than " + MAX_ALIASES);
    }

    private <T> DnsAnswer<T> answer(DnsName name, Map<DnsName, List<T>> table, boolean secure) {
        Optional<String> failure = closest(name, failing.keySet()).map(failing::get);
        if (failure.isPresent()) {
            return new TemporaryFailure<>(failure.get());
        }
        List<T> records = table.get(name);
        if (records != null) {
            return new Found<>(records, ttl, secure);
        }
        return existing.contains(name) ? new NoData<>(secure) : new NoSuchName<>(secure);
    }

    private boolean isFailing(DnsName name) {
        return closest(name, failing.keySet()).isPresent();
    }

    private boolean isAuthenticated(DnsName name) {
        return closest(name, authenticated).isPresent();
    }

    /** The domain, of these, that the name is or lies below. */
    private static Optional<DnsName> closest(DnsName name, Set<DnsName> domains) {
        DnsName at = name;
        while (!domains.isEmpty()) {
            if (domains.contains(at)) {
                return Optional.of(at);
            }
            if (at.isRoot()) {
                break;
            }
            at = at.parent();
        }
        return Optional.empty();
    }

    /** Does nothing: a table holds nothing to give back. */
    @Override
    public void close() {}
}
