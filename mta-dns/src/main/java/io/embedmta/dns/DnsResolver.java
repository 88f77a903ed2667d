package io.embedmta.dns;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.MxRecord;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.TlsaRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * Asks recursive name servers, over UDP and where need be TCP, and keeps their answers as long as
 * they may be kept.
 *
 * <ul>
 *   <li><b>Names are absolute.</b> No search path is appended and no hosts file is read, so a bare
 *       name such as {@code mailhost} is asked for as it stands. {@code localhost} and the names
 *       below it are the loopback addresses, and are never asked for (RFC 6761 §6.3).
 *   <li><b>Every wait ends.</b> A server has 5 seconds for each try, UDP and TCP together, and up
 *       to 3 servers are tried twice. A look-up with all its aliases ends within {@code timeout ×
 *       tries × 3}, 30 seconds unless set otherwise.
 *   <li><b>DNSSEC is for you to switch on.</b> Nothing is {@code authenticated} unless {@link
 *       #withTrustAd} says that the server and the way to it are to be trusted, or {@link
 *       #withTrustAnchor} has replies validated here.
 *   <li><b>Failures are not kept.</b> A record that cannot be expressed (a host name with a space,
 *       say) is left out; an answer of nothing else is a temporary failure.
 * </ul>
 *
 * <p>Immutable, thread-safe, and without threads of its own: a look-up runs on the caller's, with a
 * socket that lives as long as the look-up. dnsjava is used for its wire format alone; its selector
 * thread and shutdown hook, which a process cannot get rid of for certain, are never started.
 */
public final class DnsResolver implements Resolver {
    private static final Logger log = LoggerFactory.getLogger(DnsResolver.class);
    private static final Duration LOCALHOST_TTL = Duration.ofDays(1);

    private final DnsSettings settings;
    private final OpenSockets sockets = new OpenSockets();
    private final Questions questions;
    private final KeyReplies keys;
    private final AnswerCache cache;

    private DnsResolver(DnsSettings settings) {
        this.settings = settings;
        this.keys = new KeyReplies(settings.clock());
        this.questions = questions(new NameServers(settings, sockets));
        this.cache = new AnswerCache(settings.cacheEntries(), settings.clock());
    }

    private Questions questions(NameServers servers) {
        return settings.anchors()
                .<Questions>map(anchors -> new Validator(servers, anchors, keys, settings.clock()))
                .orElse(servers);
    }

    /**
     * Asks the servers that the system is set to use: those in {@code /etc/resolv.conf}, looked at
     * again once a minute, or what dnsjava finds on a system without that file.
     */
    public static DnsResolver system() {
        return new DnsResolver(DnsSettings.of(new SystemServers()));
    }

    /**
     * Asks these servers; the first three, in this order until one has answered.
     *
     * @throws IllegalArgumentException if there is none, or one is a name and not an address
     */
    public static DnsResolver of(InetSocketAddress... servers) {
        List<InetSocketAddress> list = List.of(servers);
        if (list.isEmpty()) {
            throw new IllegalArgumentException("Give the address of a name server.");
        }
        for (InetSocketAddress server : list) {
            if (server.isUnresolved() || server.getPort() == 0) {
                throw new IllegalArgumentException(
                        "Give a name server as an address and a port, not as " + server + ".");
            }
        }
        Supplier<List<InetSocketAddress>> fixed = () -> list;
        return new DnsResolver(DnsSettings.of(fixed));
    }

    /** This, but each server has so long for one try: more than zero, at most a minute. */
    public DnsResolver withTimeout(Duration timeout) {
        return new DnsResolver(settings.withTimeout(timeout));
    }

    /** This, but a server that does not answer is asked so often: 1 to 10 times. */
    public DnsResolver withTries(int tries) {
        return new DnsResolver(settings.withTries(tries));
    }

    /**
     * This, but with a new cache of so many answers, 4096 unless set otherwise; zero for none. An
     * answer of more than 4 KiB is not kept.
     */
    public DnsResolver withCache(int entries) {
        return new DnsResolver(settings.withCacheEntries(entries));
    }

    /**
     * This, but believing the servers' AD flag, or not (RFC 6840 §5.8). Say true only of validating
     * servers on this host, or over a way that nobody else can write to: who can forge a reply can
     * forge the flag.
     */
    public DnsResolver withTrustAd(boolean trust) {
        return new DnsResolver(settings.withTrustAd(trust));
    }

    /**
     * This, but validating DNSSEC itself (RFC 4035 §5), from the trust anchors in a file; the
     * servers need not be trusted, and their AD flag counts for nothing. They must be recursive,
     * and pass on signatures. What is bogus is a temporary failure; what lies below no anchor, or
     * is shown to be unsigned, is not {@code authenticated}.
     *
     * <p>Work is bounded: at most 64 questions for a reply, 32 records and signatures that deny, 8
     * signatures for a set of records, all within the time of the look-up. Signatures are computed
     * partly on the JVM's common pool.
     *
     * <p>A zone whose NSEC3 records take more than 150 rounds is as good as unsigned (RFC 9276
     * §3.2). So is one that has, among others, a key that dnsjava cannot use: of an algorithm that
     * the JVM does not know, or of RSA with less than 1024 bits. That there is no name six labels
     * or more below any that exists cannot be proved with NSEC3, and is a temporary failure.
     *
     * @param file DS or DNSKEY records as lines of a zone file, such as the {@code root.key} that
     *     unbound-anchor writes, or {@code /usr/share/dns/root.key} on Debian. It is read once. No
     *     anchor may lie below another
     * @throws IllegalArgumentException if the file has no anchor, or cannot be understood
     * @throws UncheckedIOException if it cannot be read
     */
    public DnsResolver withTrustAnchor(Path file) {
        return new DnsResolver(settings.withAnchors(TrustAnchors.read(file)));
    }

    /**
     * This, but the cache and the dates of signatures go by that clock. Time-outs of sockets go by
     * real time all the same.
     */
    public DnsResolver withClock(Clock clock) {
        return new DnsResolver(settings.withClock(clock));
    }

    @Override
    public DnsAnswer<MxRecord> mx(DnsName name) {
        return lookUp(name, Type.MX, Records::mx);
    }

    @Override
    public DnsAnswer<Inet4Address> a(DnsName name) {
        return isLocalhost(name)
                ? loopback(Inet4Address.class, 127, 0, 0, 1)
                : lookUp(name, Type.A, Records::a);
    }

    @Override
    public DnsAnswer<Inet6Address> aaaa(DnsName name) {
        return isLocalhost(name)
                ? loopback(Inet6Address.class, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
                : lookUp(name, Type.AAAA, Records::aaaa);
    }

    @Override
    public DnsAnswer<String> txt(DnsName name) {
        return lookUp(name, Type.TXT, Records::txt);
    }

    @Override
    public DnsAnswer<DnsName> ptr(InetAddress address) {
        return lookUp(DnsName.reverse(address), Type.PTR, Records::ptr);
    }

    @Override
    public DnsAnswer<TlsaRecord> tlsa(DnsName name) {
        return lookUp(name, Type.TLSA, Records::tlsa);
    }

    @Override
    public DnsAnswer<DnsName> cname(DnsName name) {
        return lookUp(name, Type.CNAME, Records::cname);
    }

    private <T> DnsAnswer<T> lookUp(
            DnsName name, int type, Function<Record, Optional<T>> conversion) {
        if (isLocalhost(name)) {
            return new NoData<>(false);
        }
        if (sockets.isClosed()) {
            return new TemporaryFailure<>("the resolver is closed");
        }
        try {
            return Records.convert(lookUp(Names.toWire(name), type), conversion);
        } catch (RuntimeException e) {
            // A bug, ours or dnsjava's, at a hostile reply perhaps: it must not cost the mail.
            log.error("Looking up {} of {} failed unexpectedly", Type.string(type), name, e);
            return new TemporaryFailure<>(Type.string(type) + " of " + name + ": internal error");
        }
    }

    private DnsAnswer<Record> lookUp(Name name, int type) {
        return cache.get(name, type)
                .orElseGet(
                        () -> {
                            Lookup lookup = new Lookup(questions, name, type, settings);
                            Lookup.Learnt learnt = lookup.run(Deadline.in(settings.limit()));
                            cache.put(name, type, learnt);
                            return learnt.answer();
                        });
    }

    private static boolean isLocalhost(DnsName name) {
        return name.text().equals("localhost") || name.text().endsWith(".localhost");
    }

    private static <T extends InetAddress> DnsAnswer<T> loopback(Class<T> family, int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        try {
            T address = family.cast(InetAddress.getByAddress(bytes));
            return new Found<>(List.of(address), LOCALHOST_TTL, false);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 octets are an address", e);
        }
    }

    /** Ends look-ups under way, and lets go of what was cached. Later look-ups fail for now. */
    @Override
    public void close() {
        cache.clear();
        keys.clear();
        try {
            sockets.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
