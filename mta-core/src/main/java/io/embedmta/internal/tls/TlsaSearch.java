package io.embedmta.internal.tls;

import io.embedmta.internal.tls.TlsaLookup.Answer;
import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.TlsaRecord;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One search for the TLSA records of a server. */
final class TlsaSearch {
    /** As many as resolvers follow. */
    private static final int MAX_ALIASES = 8;

    private final Resolver resolver;
    private final DnsName host;
    private final int port;
    private final DnsName nextHop;

    TlsaSearch(Resolver resolver, DnsName host, int port, DnsName nextHop) {
        this.resolver = resolver;
        this.host = host;
        this.port = port;
        this.nextHop = nextHop;
    }

    /** Nobody knows an answer that the search cannot do without. */
    static final class UnknownForNow extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        UnknownForNow(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    Answer run() throws UnknownForNow {
        // RFC 7672 §2.2.2, §2.2.3: in this order, the first that has records.
        for (DnsName base : bases()) {
            List<TlsaRecord> records = records(base);
            if (!records.isEmpty()) {
                return answer(base, records);
            }
        }
        return new Answer.NoDane();
    }

    private Answer answer(DnsName base, List<TlsaRecord> found) {
        // In one order, however the DNS turns them: equal demands share connections and reports.
        List<TlsaRecord> records =
                found.stream().sorted(Comparator.comparing(TlsaRecord::toString)).toList();
        if (records.stream().noneMatch(DaneVerifier::isUsable)) {
            return new Answer.Unusable(records);
        }
        // RFC 7672 §3.2.2: the domain whose mail it is, and both names of the server.
        List<String> names = Stream.of(nextHop, base, host).map(DnsName::text).distinct().toList();
        return new Answer.Usable(records, base, new DaneVerifier(records, names));
    }

    /** The names below which records may stand; none if DNSSEC does not vouch for any. */
    private Set<DnsName> bases() throws UnknownForNow {
        if (addressesAreSecure()) {
            // RFC 7672 §2.2.2: the end of the aliases first, and the name itself on absence there.
            Set<DnsName> bases = new LinkedHashSet<>();
            bases.add(expanded());
            bases.add(host);
            return bases;
        }
        // RFC 7672 §2.2.2: an alias in a signed zone that leads into an unsigned one has its
        // records, if any, at the name itself.
        return isSecureAlias() ? Set.of(host) : Set.of();
    }

    /**
     * RFC 7672 §2.2: without DNSSEC for the addresses no TLSA record is looked for, as name servers
     * of unsigned zones often enough fail at questions of that type.
     */
    private boolean addressesAreSecure() throws UnknownForNow {
        DnsAnswer<?> ipv4 = resolver.a(host);
        DnsAnswer<?> ipv6 = resolver.aaaa(host);
        if (isFound(ipv4) || isFound(ipv6)) {
            return !isInsecure(ipv4) && !isInsecure(ipv6);
        }
        // No address, so nobody will connect; but it matters whether that is known.
        return isSecure(known(ipv4)) && isSecure(known(ipv6));
    }

    private boolean isSecureAlias() throws UnknownForNow {
        return found(known(resolver.cname(host))).map(Found::authenticated).orElse(false);
    }

    /** The name at the end of the aliases. */
    private DnsName expanded() throws UnknownForNow {
        DnsName name = host;
        for (int aliases = 0; aliases <= MAX_ALIASES; aliases++) {
            Optional<Found<DnsName>> alias = found(known(resolver.cname(name)));
            if (alias.isEmpty()) {
                return name;
            }
            if (!alias.get().authenticated()) {
                // DNSSEC vouched for the whole way a moment ago, so it has just changed.
                throw new UnknownForNow("CNAME of " + name + ": not authenticated any more");
            }
            name = alias.get().records().get(0);
        }
        throw new UnknownForNow(host + " is an alias in a loop, or in a chain of many");
    }

    /** The records of the server by that name; none if DNSSEC does not vouch for them. */
    private List<TlsaRecord> records(DnsName base) throws UnknownForNow {
        Optional<DnsName> service = service(base);
        if (service.isEmpty()) {
            return List.of();
        }
        return found(known(resolver.tlsa(service.get())))
                .filter(Found::authenticated)
                .map(Found::records)
                .orElse(List.of());
    }

    /** RFC 6698 §3; nothing if the name is too long to have such a name below it. */
    private Optional<DnsName> service(DnsName base) {
        try {
            return Optional.of(DnsName.of("_" + port + "._tcp." + base));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** RFC 7672 §2.1.2: what cannot be looked up is no answer, and above all not "no". */
    private static <T> DnsAnswer<T> known(DnsAnswer<T> answer) throws UnknownForNow {
        if (answer instanceof TemporaryFailure<T> failure) {
            throw new UnknownForNow(failure.reason());
        }
        return answer;
    }

    private static <T> Optional<Found<T>> found(DnsAnswer<T> answer) {
        return answer instanceof Found<T> found ? Optional.of(found) : Optional.empty();
    }

    private static boolean isFound(DnsAnswer<?> answer) {
        return answer instanceof Found<?>;
    }

    private static boolean isInsecure(DnsAnswer<?> answer) {
        return answer instanceof Found<?> found && !found.authenticated();
    }

    private static boolean isSecure(DnsAnswer<?> denial) {
        return (denial instanceof NoData<?> none && none.authenticated())
                || (denial instanceof NoSuchName<?> nowhere && nowhere.authenticated());
    }
}
