package io.embedmta.internal.tls;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.MxRecord;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.TlsaRecord;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/** An application's resolver with a bug. */
final class ThrowingResolver implements Resolver {
    private static <T> DnsAnswer<T> bug() {
        throw new IllegalStateException("a bug, on purpose");
    }

    @Override
    public DnsAnswer<MxRecord> mx(DnsName name) {
        return bug();
    }

    @Override
    public DnsAnswer<Inet4Address> a(DnsName name) {
        return bug();
    }

    @Override
    public DnsAnswer<Inet6Address> aaaa(DnsName name) {
        return bug();
    }

    @Override
    public DnsAnswer<String> txt(DnsName name) {
        return bug();
    }

    @Override
    public DnsAnswer<DnsName> ptr(InetAddress address) {
        return bug();
    }

    @Override
    public DnsAnswer<TlsaRecord> tlsa(DnsName name) {
        return bug();
    }

    @Override
    public DnsAnswer<DnsName> cname(DnsName name) {
        return bug();
    }

    @Override
    public void close() {}
}
