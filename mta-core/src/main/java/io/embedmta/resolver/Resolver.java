package io.embedmta.resolver;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * Typed DNS look-ups. Each call may block, for a limited time of the implementation's choice, and
 * follows aliases (CNAME, RFC 1034 §3.6.2), but for {@link #cname}.
 *
 * <p>Implementations are thread-safe. An answer is never an exception: what fails is a {@link
 * DnsAnswer.TemporaryFailure}. If an implementation throws all the same, the engine takes that for
 * a temporary failure and logs it. The tests in {@code ResolverContract} (in the core's test-jar)
 * are the contract in executable form.
 */
public interface Resolver extends AutoCloseable {

    /** Mail exchangers. A null MX (RFC 7505) is one record whose exchanger is the root. */
    DnsAnswer<MxRecord> mx(DnsName name);

    /** IPv4 addresses. */
    DnsAnswer<Inet4Address> a(DnsName name);

    /** IPv6 addresses. */
    DnsAnswer<Inet6Address> aaaa(DnsName name);

    /** Texts; the strings of one record are joined without a space (RFC 7208 §3.3). */
    DnsAnswer<String> txt(DnsName name);

    /** Names of an address. */
    DnsAnswer<DnsName> ptr(InetAddress address);

    /** TLS associations of a service name such as {@code _25._tcp.mx.example.org}. */
    DnsAnswer<TlsaRecord> tlsa(DnsName name);

    /** What the name is an alias of, one step. */
    DnsAnswer<DnsName> cname(DnsName name);

    /** Gives back what the resolver holds. Idempotent; look-ups under way may fail. */
    @Override
    void close();
}
