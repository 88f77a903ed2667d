package io.embedmta.dns.tlsrpt;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.MxRecord;
import io.embedmta.resolver.Resolver;
import io.embedmta.resolver.TlsaRecord;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A resolver whose records a test changes, and that remembers which texts were asked for. */
final class RecordingResolver implements Resolver {
    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private volatile Resolver records;
    volatile boolean closed;

    RecordingResolver(Resolver records) {
        this.records = records;
    }

    void change(Resolver other) {
        records = other;
    }

    /** The next name whose texts were asked for. */
    String nextText() throws InterruptedException {
        String name = texts.poll(30, TimeUnit.SECONDS);
        if (name == null) {
            throw new AssertionError("Nobody asked for a text.");
        }
        return name;
    }

    @Override
    public DnsAnswer<String> txt(DnsName name) {
        try {
            return records.txt(name);
        } finally {
            texts.add(name.text());
        }
    }

    @Override
    public DnsAnswer<MxRecord> mx(DnsName name) {
        return records.mx(name);
    }

    @Override
    public DnsAnswer<Inet4Address> a(DnsName name) {
        return records.a(name);
    }

    @Override
    public DnsAnswer<Inet6Address> aaaa(DnsName name) {
        return records.aaaa(name);
    }

    @Override
    public DnsAnswer<DnsName> ptr(InetAddress address) {
        return records.ptr(address);
    }

    @Override
    public DnsAnswer<TlsaRecord> tlsa(DnsName name) {
        return records.tlsa(name);
    }

    @Override
    public DnsAnswer<DnsName> cname(DnsName name) {
        return records.cname(name);
    }

    @Override
    public void close() {
        closed = true;
    }
}
