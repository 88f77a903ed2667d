package io.embedmta.dns;

import java.nio.file.Path;
import java.util.List;

/** Zones that have been signed, with wildcards and delegations, and Knot DNS that serves them. */
final class ReplayedZones implements AutoCloseable {
    private static final String GOOD = "ab".repeat(32);
    private static final String OTHER = "cd".repeat(32);

    final SignedZone org =
            SignedZone.sign(
                    "example.org",
                    zone(
                            "example.org",
                            """
                            @            MX    10 mx
                            mx           A     192.0.2.1
                            _25._tcp.mx  TLSA  3 1 1 %1$s
                            alias        CNAME mx
                            *.wild       A     192.0.2.5
                            *.cn         CNAME plain
                            m.cn         A     192.0.2.9
                            _25._tcp.m.cn TLSA 3 1 1 %1$s
                            plain        A     192.0.2.3
                            *._tcp.w     TLSA  3 1 1 %1$s
                            w            A     192.0.2.4
                            q.ent        A     192.0.2.6
                            sub          DNAME nowhere.example.
                            sub          MX    10 mx
                            tree         DNAME mx
                            child        NS    ns.example.org.
                            child        DS    4711 13 2 %2$s
                            unsigned     NS    ns.example.org.
                            """));
    final SignedZone direct =
            SignedZone.sign(
                    "direct.org",
                    zone(
                            "direct.org",
                            """
                            *           A    192.0.2.8
                            *.dev       A    192.0.2.9
                            mx          A    192.0.2.1
                            _25._tcp.mx TLSA 3 1 1 %1$s
                            """));
    final SignedZone hashed =
            SignedZone.signWithNsec3(
                    "nsec3.example",
                    zone(
                            "nsec3.example",
                            """
                            @           MX   10 mx
                            mx          A    192.0.2.1
                            _25._tcp.mx TLSA 3 1 1 %1$s
                            *           A    192.0.2.7
                            *           TLSA 3 1 1 %2$s
                            """));
    final SignedZone child =
            SignedZone.sign(
                    "example.tld",
                    zone(
                            "example.tld",
                            """
                            mx          A    192.0.2.1
                            _25._tcp.mx TLSA 3 1 1 %1$s
                            *           A    192.0.2.66
                            *           TLSA 3 1 1 %2$s
                            """));
    final SignedZone optOut =
            SignedZone.signWithOptOut(
                    "optout.example",
                    zone(
                            "optout.example",
                            """
                            mx          A    192.0.2.1
                            _25._tcp.mx TLSA 3 1 1 %1$s
                            *           A    192.0.2.7
                            unsigned    NS   ns.example.org.
                            """));
    final SignedZone parent =
            SignedZone.signWithNsec3(
                    "tld", zone("tld", "example NS ns.example.org.\n" + child.ds()));
    final Path anchors;
    final KnotServer knot;

    ReplayedZones(Path folder) {
        anchors =
                SignedZone.writeAnchors(
                        folder.resolve("anchors"), org, direct, hashed, optOut, parent);
        KnotServer.Builder builder = KnotServer.builder();
        for (SignedZone each : List.of(org, direct, hashed, optOut, parent, child)) {
            builder.zone(each.name(), each.text());
        }
        builder.zone("unsigned.optout.example", zone("unsigned.optout.example", ""));
        knot = builder.start();
    }

    private static String zone(String name, String rest) {
        return "$ORIGIN "
                + name
                + ".\n$TTL 300\n@ SOA ns.example.org. h.example.org. 1 3600 600 86400 60\n"
                + "@ NS ns.example.org.\n"
                + rest.formatted(GOOD, OTHER);
    }

    @Override
    public void close() {
        knot.close();
    }
}
