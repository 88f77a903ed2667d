package io.embedmta.dns;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * One look-up: a name and a type, and what is learnt on the way through its aliases. A recursive
 * server sends the whole chain in one reply; one that does not is asked again for the rest.
 */
final class Lookup {
    /** Also the most in {@code StaticResolver}; a loop is a chain that is too long. */
    private static final int MAX_ALIASES = 8;

    /** RFC 2308 §5: negative answers are kept for one to three hours at most. */
    private static final long MAX_NEGATIVE_TTL = 3 * 3600;

    /** RFC 8767 §4 lets a resolver cap a TTL; a day without a second look is long enough. */
    private static final long MAX_TTL = 24 * 3600;

    private final Questions questions;
    private final int type;
    private final boolean trustAd;
    private final Clock clock;

    private Name name;
    private int aliases;
    private long ttl = MAX_TTL;
    private boolean authenticated = true;
    private int octets;

    Lookup(Questions questions, Name name, int type, DnsSettings settings) {
        this.questions = questions;
        this.name = name;
        this.type = type;
        this.trustAd = settings.dnssec() != Dnssec.OFF;
        this.clock = settings.clock();
    }

    /**
     * @param answer a {@code Found} carries the time it may be kept as its TTL
     * @param keep how long it may be kept; zero if not at all
     * @param octets the size of the replies it was read from
     */
    record Learnt(DnsAnswer<Record> answer, Duration keep, int octets) {}

    /** Asks, and follows aliases, until there is an answer or the deadline. */
    Learnt run(Deadline deadline) {
        String question = Type.string(type) + " of " + name.toString(true);
        try {
            while (true) {
                Message reply = questions.ask(name, type, deadline);
                octets += size(reply);
                // RFC 4035 §3.2.3: authentic is the chain of which every link is.
                authenticated &= trustAd && reply.getHeader().getFlag(Flags.AD);
                if (authenticated) {
                    ttl = Math.min(ttl, Signatures.secondsLeft(reply, clock.instant()));
                }
                int before = aliases;
                List<Record> records = follow(reply);
                if (!records.isEmpty()) {
                    return learnt(new Found<>(records, Duration.ofSeconds(ttl), authenticated));
                }
                if (reply.getRcode() == Rcode.NXDOMAIN) {
                    // RFC 6604 §3: the code speaks of the last name of the chain.
                    capNegative(reply);
                    return learnt(new NoSuchName<>(authenticated));
                }
                if (aliases == before || hasDenial(reply)) {
                    capNegative(reply);
                    return learnt(new NoData<>(authenticated));
                }
            }
        } catch (IOException e) {
            return new Learnt(
                    new TemporaryFailure<>(question + ": " + e.getMessage()), Duration.ZERO, 0);
        }
    }

    /** A reply that was put together here, after validation, has no size of its own. */
    private static int size(Message reply) {
        return reply.numBytes() > 0 ? reply.numBytes() : reply.toWire().length;
    }

    private Learnt learnt(DnsAnswer<Record> answer) {
        return new Learnt(answer, Duration.ofSeconds(ttl), octets);
    }

    /** Goes from the name along the aliases in the reply, and gives the records at their end. */
    private List<Record> follow(Message reply) throws IOException {
        List<Record> answer = reply.getSection(Section.ANSWER);
        while (true) {
            List<Record> records = at(name, type, answer);
            if (!records.isEmpty() || type == Type.CNAME) {
                return records;
            }
            List<Record> alias = at(name, Type.CNAME, answer);
            if (alias.isEmpty()) {
                return List.of();
            }
            if (++aliases > MAX_ALIASES) {
                // RFC 1034 §5.2.2: a loop is an error, and the chain has to end somewhere.
                throw new IOException("aliases in a loop, or more than " + MAX_ALIASES);
            }
            name = ((CNAMERecord) alias.get(0)).getTarget();
        }
    }

    private List<Record> at(Name owner, int wanted, List<Record> answer) {
        List<Record> records = new ArrayList<>();
        for (Record record : answer) {
            if (record.getType() == wanted
                    && record.getDClass() == DClass.IN
                    && record.getName().equals(owner)) {
                ttl = Math.min(ttl, seconds(record));
                // RFC 2181 §5: a set has no two records alike.
                if (!records.contains(record)) {
                    records.add(record);
                }
            }
        }
        return records;
    }

    /** Whether the reply says of the name where the chain has got to that it has no such record. */
    private boolean hasDenial(Message reply) {
        for (Record record : reply.getSection(Section.AUTHORITY)) {
            if (record.getType() == Type.SOA && name.subdomain(record.getName())) {
                return true;
            }
        }
        return false;
    }

    /** RFC 2308 §5: kept for the lesser of the SOA's own TTL and its MINIMUM; without it, not. */
    private void capNegative(Message reply) {
        long negative = 0;
        for (Record record : reply.getSection(Section.AUTHORITY)) {
            if (record instanceof SOARecord soa) {
                negative = Math.min(seconds(soa), soa.getMinimum());
            }
        }
        ttl = Math.min(ttl, Math.min(negative, MAX_NEGATIVE_TTL));
    }

    /** RFC 2181 §8: a TTL with its first bit set counts as zero. */
    private static long seconds(Record record) {
        return record.getTTL() > Integer.MAX_VALUE ? 0 : record.getTTL();
    }
}
