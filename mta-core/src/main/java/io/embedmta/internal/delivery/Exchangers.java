package io.embedmta.internal.delivery;

import io.embedmta.message.MailDomain;
import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.MxRecord;
import io.embedmta.resolver.Resolver;
import io.embedmta.smtp.Reply;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the servers that take mail for a domain (RFC 5321 §5.1). Thread-safe. */
final class Exchangers {
    private static final Logger LOG = LoggerFactory.getLogger(Exchangers.class);

    /** RFC 1035 §2.3.4; a domain in a path may have two octets more (RFC 5321 §4.5.3.1.2). */
    private static final int MAX_NAME = 253;

    private final Resolver resolver;
    private final DnsName ownName;
    private final RandomGenerator random;

    Exchangers(Resolver resolver, DnsName ownName, RandomGenerator random) {
        this.resolver = resolver;
        this.ownName = ownName;
        this.random = random;
    }

    /** Where to try. */
    sealed interface Way {
        /**
         * These, in this order.
         *
         * @param authenticated whether it is certain that they are the domain's: DNSSEC vouches for
         *     it, or the domain names the host itself
         */
        record Hosts(List<Host> hosts, boolean authenticated) implements Way {}

        /** Nowhere, for good or for now, by the class of the reply. */
        record None(Reply reply) implements Way {}
    }

    /** A server by name; its addresses are looked up when its turn comes. */
    record Host(String name, List<InetAddress> literal) {
        static Host of(DnsName name) {
            return new Host(name.text(), List.of());
        }

        /** Of an address literal, which names the host itself. */
        static Host of(MailDomain literal) {
            return new Host(literal.text(), List.of(literal.address().orElseThrow()));
        }

        /** Whether it has a name, not just an address. */
        boolean isName() {
            return literal.isEmpty();
        }

        /** For SNI, which takes names alone (RFC 6066 §3); empty for an address. */
        String sni() {
            return isName() ? name : "";
        }
    }

    /** The addresses of a host, or why there are none. */
    sealed interface Addresses {
        /** One or more, in the order to try. */
        record Known(List<InetAddress> addresses) implements Addresses {}

        /** None, for good or for now, by the class of the reply. */
        record None(Reply reply) implements Addresses {}
    }

    Way find(MailDomain domain) {
        if (domain.address().isPresent()) {
            return new Way.Hosts(List.of(Host.of(domain)), true);
        }
        if (domain.text().length() > MAX_NAME) {
            return new Way.None(
                    Reply.of(550, "5.1.2", "The domain is longer than any in the DNS can be"));
        }
        DnsName name = DnsName.of(domain.text());
        DnsAnswer<MxRecord> answer = ask(() -> resolver.mx(name));
        if (answer instanceof DnsAnswer.Found<MxRecord> found) {
            return choose(domain, found.records(), found.authenticated());
        }
        if (answer instanceof DnsAnswer.NoData<MxRecord> none) {
            // The implicit MX: the domain's own address, with preference 0.
            return choose(domain, List.of(new MxRecord(0, name)), none.authenticated());
        }
        if (answer instanceof DnsAnswer.NoSuchName<MxRecord>) {
            return new Way.None(Reply.of(550, "5.1.2", "The domain " + domain + " does not exist"));
        }
        return new Way.None(
                Reply.of(
                        451,
                        "4.4.3",
                        "The mail exchangers of "
                                + domain
                                + " cannot be looked up now: "
                                + reason(answer)));
    }

    private Way choose(MailDomain domain, List<MxRecord> records, boolean authenticated) {
        List<MxRecord> sorted =
                new ArrayList<>(records.stream().filter(mx -> !mx.exchanger().isRoot()).toList());
        if (sorted.isEmpty()) {
            // Null MX: RFC 7505 §4.
            return new Way.None(
                    Reply.of(556, "5.1.10", "The domain " + domain + " accepts no mail (null MX)"));
        }
        // Equals are shuffled first; the sort is stable.
        Collections.shuffle(sorted, new Random(random.nextLong()));
        sorted.sort(Comparator.comparingInt(MxRecord::preference));
        List<Host> hosts = new ArrayList<>();
        int cut = cutAt(sorted);
        for (MxRecord record : sorted) {
            if (record.preference() < cut) {
                hosts.add(Host.of(record.exchanger()));
            }
        }
        if (hosts.isEmpty()) {
            return new Way.None(
                    Reply.of(
                            550,
                            "5.4.6",
                            "The best mail exchanger of "
                                    + domain
                                    + " is this server, which does not know the domain"));
        }
        return new Way.Hosts(hosts, authenticated);
    }

    /** Our own preference: exchangers of that or a worse one would hand the message back to us. */
    private int cutAt(List<MxRecord> records) {
        return records.stream()
                .filter(mx -> mx.exchanger().equals(ownName))
                .mapToInt(MxRecord::preference)
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    /**
     * The addresses of a host, IPv4 first: many exchangers hold mail over IPv6 to stricter rules.
     */
    Addresses addresses(Host host) {
        if (!host.literal.isEmpty()) {
            return new Addresses.Known(host.literal);
        }
        DnsName name = DnsName.of(host.name);
        DnsAnswer<? extends InetAddress> v4 = ask(() -> resolver.a(name));
        DnsAnswer<? extends InetAddress> v6 = ask(() -> resolver.aaaa(name));
        List<InetAddress> all = new ArrayList<>();
        addShuffled(all, v4);
        addShuffled(all, v6);
        if (!all.isEmpty()) {
            return new Addresses.Known(all);
        }
        if (v4 instanceof DnsAnswer.TemporaryFailure || v6 instanceof DnsAnswer.TemporaryFailure) {
            return new Addresses.None(
                    Reply.of(
                            451,
                            "4.4.3",
                            "The address of "
                                    + host.name
                                    + " cannot be looked up now: "
                                    + reason(v4 instanceof DnsAnswer.TemporaryFailure ? v4 : v6)));
        }
        return new Addresses.None(
                Reply.of(550, "5.4.4", "The mail exchanger " + host.name + " has no address"));
    }

    private void addShuffled(List<InetAddress> all, DnsAnswer<? extends InetAddress> answer) {
        if (answer instanceof DnsAnswer.Found<? extends InetAddress> found) {
            List<InetAddress> addresses = new ArrayList<>(found.records());
            Collections.shuffle(addresses, new Random(random.nextLong()));
            all.addAll(addresses);
        }
    }

    /** A resolver that throws, or says nothing, is a temporary failure (I8). */
    private static <T> DnsAnswer<T> ask(Supplier<DnsAnswer<T>> question) {
        try {
            return Objects.requireNonNull(question.get(), "The resolver gave no answer.");
        } catch (RuntimeException | Error e) {
            LOG.error("The resolver failed.", e);
            return new DnsAnswer.TemporaryFailure<>("the resolver failed");
        }
    }

    private static String reason(DnsAnswer<?> answer) {
        return answer instanceof DnsAnswer.TemporaryFailure<?> failure
                ? failure.reason()
                : "no answer";
    }
}
