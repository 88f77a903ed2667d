package io.embedmta.dns;

import io.embedmta.resolver.DnsAnswer;
import io.embedmta.resolver.DnsAnswer.Found;
import io.embedmta.resolver.DnsAnswer.NoData;
import io.embedmta.resolver.DnsAnswer.NoSuchName;
import io.embedmta.resolver.DnsAnswer.TemporaryFailure;
import io.embedmta.resolver.DnsName;
import io.embedmta.resolver.MxRecord;
import io.embedmta.resolver.TlsaRecord;
import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;

/** Makes our records of dnsjava's. Each gives nothing for a record that ours cannot express. */
final class Records {
    private Records() {}

    /** The same answer in records of ours. */
    static <T> DnsAnswer<T> convert(
            DnsAnswer<Record> answer, Function<Record, Optional<T>> conversion) {
        if (answer instanceof Found<Record> found) {
            List<T> records =
                    found.records().stream().map(conversion).flatMap(Optional::stream).toList();
            return records.isEmpty()
                    ? new TemporaryFailure<>("a record that makes no sense")
                    : new Found<>(records, found.ttl(), found.authenticated());
        }
        if (answer instanceof NoData<Record> none) {
            return new NoData<>(none.authenticated());
        }
        if (answer instanceof NoSuchName<Record> none) {
            return new NoSuchName<>(none.authenticated());
        }
        return new TemporaryFailure<>(((TemporaryFailure<Record>) answer).reason());
    }

    static Optional<MxRecord> mx(Record record) {
        return record instanceof MXRecord mx
                ? Names.toText(mx.getTarget()).map(name -> new MxRecord(mx.getPriority(), name))
                : Optional.empty();
    }

    static Optional<Inet4Address> a(Record record) {
        return record instanceof ARecord a && a.getAddress() instanceof Inet4Address v4
                ? Optional.of(v4)
                : Optional.empty();
    }

    /** An IPv4 address mapped into IPv6 is nothing that IPv6 reaches (RFC 4291 §2.5.5.2). */
    static Optional<Inet6Address> aaaa(Record record) {
        if (!(record instanceof AAAARecord aaaa)) {
            return Optional.empty();
        }
        InetAddress address = aaaa.getAddress();
        return address instanceof Inet6Address v6 ? Optional.of(v6) : Optional.empty();
    }

    /** RFC 7208 §3.3 joins the strings. As octets first: a UTF-8 character may lie across two. */
    static Optional<String> txt(Record record) {
        if (!(record instanceof TXTRecord txt)) {
            return Optional.empty();
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] string : txt.getStringsAsByteArrays()) {
            joined.writeBytes(string);
        }
        return Optional.of(joined.toString(StandardCharsets.UTF_8));
    }

    static Optional<DnsName> ptr(Record record) {
        return record instanceof PTRRecord ptr ? Names.toText(ptr.getTarget()) : Optional.empty();
    }

    static Optional<DnsName> cname(Record record) {
        return record instanceof CNAMERecord cname
                ? Names.toText(cname.getTarget())
                : Optional.empty();
    }

    static Optional<TlsaRecord> tlsa(Record record) {
        return record instanceof TLSARecord tlsa
                ? Optional.of(
                        TlsaRecord.of(
                                tlsa.getCertificateUsage(),
                                tlsa.getSelector(),
                                tlsa.getMatchingType(),
                                tlsa.getCertificateAssociationData()))
                : Optional.empty();
    }
}
