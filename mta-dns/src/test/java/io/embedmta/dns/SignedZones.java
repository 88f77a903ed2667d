package io.embedmta.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.xbill.DNS.Record;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.Type;

/** A domain with everything that DNSSEC can be right or wrong about, served by Knot DNS. */
final class SignedZones implements AutoCloseable {
    static final String GOOD = "ab".repeat(32);
    static final String FORGED = "66".repeat(32);

    /** A name of very many labels, below example.org. */
    static final String DEEP = "a" + ".a".repeat(109);

    private static final String HEAD =
            """
            $TTL 300
            @  SOA  ns.example.org. hostmaster.example.org. 1 3600 600 86400 60
            @  NS   ns.example.org.
            mx A    192.0.2.1
            _25._tcp.mx TLSA 3 1 1 %s
            """
                    .formatted(GOOD);

    final KnotServer knot;
    final Path anchors;
    private final Path directory;

    private SignedZones(KnotServer knot, Path anchors, Path directory) {
        this.knot = knot;
        this.anchors = anchors;
        this.directory = directory;
    }

    static SignedZones start() {
        SignedZone child = SignedZone.sign("child.example.org", zone("child.example.org", ""));
        SignedZone lost = SignedZone.sign("lost.example.org", zone("lost.example.org", ""));
        SignedZone zone =
                SignedZone.sign(
                        "example.org",
                        zone(
                                "example.org",
                                """
                                @              MX    10 mx
                                ns             A     127.0.0.1
                                plain          A     192.0.2.2
                                alias          CNAME mx
                                _25._tcp.alias CNAME _25._tcp.mx
                                outside        CNAME mx.unsigned.example.org.
                                bogus          A     192.0.2.3
                                _25._tcp.bogus TLSA  3 1 1 %1$s
                                servfail       A     192.0.2.4
                                _25._tcp.servfail TLSA 3 1 1 %1$s
                                *.wild         A     192.0.2.5
                                unsigned       NS    ns
                                child          NS    ns
                                lost           NS    ns
                                %2$s           A     192.0.2.6
                                """
                                                .formatted(GOOD, DEEP)
                                        + child.ds()
                                        // Not the key that lost.example.org is signed with.
                                        + child.ds()
                                                .replaceFirst("^child", "lost")
                                                .replace("\nchild", "\nlost")));
        SignedZone nsec3 =
                SignedZone.signWithNsec3(
                        "nsec3.example",
                        zone("nsec3.example", "plain A 192.0.2.2\n*.wild A 192.0.2.5\n"));
        KnotServer knot =
                KnotServer.builder()
                        .zone("example.org", zone.with(SignedZones::breakTlsa).text())
                        .zone("child.example.org", child.text())
                        .zone("lost.example.org", lost.text())
                        .zone("unsigned.example.org", zone("unsigned.example.org", ""))
                        .zone("nsec3.example", nsec3.text())
                        .zone("nowhere.example", zone("nowhere.example", ""))
                        .brokenZone("_tcp.servfail.example.org")
                        .start();
        try {
            Path directory = Files.createTempDirectory("anchors");
            Path file = SignedZone.writeAnchors(directory.resolve("root.key"), zone, nsec3);
            return new SignedZones(knot, file, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String zone(String name, String rest) {
        return "$ORIGIN " + name + ".\n" + HEAD + rest;
    }

    /** Changes one record below its signature. */
    private static Record breakTlsa(Record record) {
        return record.getType() == Type.TLSA && record.getName().toString().contains(".bogus.")
                ? new TLSARecord(
                        record.getName(),
                        record.getDClass(),
                        record.getTTL(),
                        3,
                        1,
                        1,
                        org.xbill.DNS.utils.base16.fromString(FORGED))
                : record;
    }

    @Override
    public void close() {
        knot.close();
        try {
            Files.delete(anchors);
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
