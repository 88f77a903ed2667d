package io.embedmta.resolver;

import io.embedmta.message.MailDomain;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table of a {@link StaticResolver}, to fill. Names are absolute, with or without a final dot;
 * addresses are literals, and no name server is asked about them. Every method refuses what is
 * malformed at once with an {@link IllegalArgumentException}. Not thread-safe; it may go on being
 * filled after {@link #build()}, which takes a copy.
 */
public final class StaticResolverBuilder {
    final Table<MxRecord> mx = new Table<>();
    final Table<Inet4Address> a = new Table<>();
    final Table<Inet6Address> aaaa = new Table<>();
    final Table<String> txt = new Table<>();
    final Table<DnsName> ptr = new Table<>();
    final Table<TlsaRecord> tlsa = new Table<>();
    final Table<DnsName> cname = new Table<>();
    final Map<DnsName, String> failing = new HashMap<>();
    final Set<DnsName> authenticated = new HashSet<>();
    Duration ttl = Duration.ofMinutes(5);

    private final List<Table<?>> records = List.of(mx, a, aaaa, txt, ptr, tlsa);

    StaticResolverBuilder() {}

    /** A mail exchanger; the preference is 0 to 65535, lower is better. */
    public StaticResolverBuilder mx(String name, int preference, String exchanger) {
        return add(mx, DnsName.of(name), new MxRecord(preference, DnsName.of(exchanger)));
    }

    /** A domain that takes no mail (RFC 7505). */
    public StaticResolverBuilder nullMx(String name) {
        return mx(name, 0, ".");
    }

    /** An IPv4 address, such as {@code 192.0.2.1}. */
    public StaticResolverBuilder a(String name, String address) {
        if (address(address) instanceof Inet4Address v4) {
            return add(a, DnsName.of(name), v4);
        }
        throw new IllegalArgumentException("Give an IPv4 address, not " + address + ".");
    }

    /** An IPv6 address, such as {@code 2001:db8::1}. */
    public StaticResolverBuilder aaaa(String name, String address) {
        if (address(address) instanceof Inet6Address v6) {
            return add(aaaa, DnsName.of(name), v6);
        }
        throw new IllegalArgumentException("Give an IPv6 address, not " + address + ".");
    }

    /** A text, in one piece. */
    public StaticResolverBuilder txt(String name, String text) {
        return add(txt, DnsName.of(name), text);
    }

    /** The name of an address, IPv4 or IPv6. */
    public StaticResolverBuilder ptr(String address, String target) {
        return ptrName(DnsName.reverse(address(address)).text(), target);
    }

    /**
     * A PTR record at a name of any form, such as one a reverse zone is delegated to (RFC 2317).
     */
    public StaticResolverBuilder ptrName(String name, String target) {
        return add(ptr, DnsName.of(name), DnsName.of(target));
    }

    /** A TLS association of a service name such as {@code _25._tcp.mx.example.org}. */
    public StaticResolverBuilder tlsa(String name, TlsaRecord association) {
        return add(tlsa, DnsName.of(name), association);
    }

    /** Makes a name the alias of another; it can then have no record of its own. */
    public StaticResolverBuilder cname(String alias, String target) {
        DnsName name = DnsName.of(alias);
        if (cname.has(name) || records.stream().anyMatch(table -> table.has(name))) {
            // RFC 1034 §3.6.2: "If a CNAME RR is present at a node, no other data should be".
            throw new IllegalArgumentException(
                    alias + " already has a record, so it cannot be an alias.");
        }
        cname.add(name, DnsName.of(target));
        return this;
    }

    /**
     * Makes every look-up of a domain, and of the names below it, a temporary failure.
     *
     * @param reason one phrase
     */
    public StaticResolverBuilder fails(String domain, String reason) {
        failing.put(DnsName.of(domain), reason);
        return this;
    }

    /**
     * Lets DNSSEC vouch for a domain and the names below it, for their absence too, as for a signed
     * zone.
     */
    public StaticResolverBuilder authenticated(String domain) {
        authenticated.add(DnsName.of(domain));
        return this;
    }

    /** The time to live of every record, zero or more; five minutes if not said. */
    public StaticResolverBuilder ttl(Duration ttl) {
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("A time to live is zero or more.");
        }
        this.ttl = ttl;
        return this;
    }

    /** The table as it is now. */
    public StaticResolver build() {
        return new StaticResolver(this);
    }

    private <T> StaticResolverBuilder add(Table<T> table, DnsName name, T record) {
        if (cname.has(name)) {
            throw new IllegalArgumentException(
                    name + " is an alias, so it cannot have a record of its own.");
        }
        table.add(name, record);
        return this;
    }

    private static InetAddress address(String text) {
        String literal = (text.indexOf(':') >= 0 ? "[IPv6:" : "[") + text + "]";
        return MailDomain.of(literal)
                .address()
                .orElseThrow(() -> new IllegalArgumentException("Not an address: " + text));
    }

    /** RFC 8020 §2: a name exists when it has a record, or when a name below it exists. */
    Set<DnsName> existing() {
        Set<DnsName> names = new HashSet<>();
        List<Table<?>> all = new ArrayList<>(records);
        all.add(cname);
        for (Table<?> table : all) {
            for (DnsName name : table.names()) {
                DnsName at = name;
                while (names.add(at) && !at.isRoot()) {
                    at = at.parent();
                }
            }
        }
        return names;
    }

    /** The records of one kind, by name, in the order they were given. */
    static final class Table<T> {
        private final Map<DnsName, List<T>> records = new LinkedHashMap<>();

        void add(DnsName name, T record) {
            records.computeIfAbsent(name, n -> new ArrayList<>()).add(record);
        }

        boolean has(DnsName name) {
            return records.containsKey(name);
        }

        Set<DnsName> names() {
            return records.keySet();
        }

        Map<DnsName, List<T>> toMap() {
            Map<DnsName, List<T>> copy = new HashMap<>();
            records.forEach((name, list) -> copy.put(name, List.copyOf(list)));
            return Map.copyOf(copy);
        }
    }
}
