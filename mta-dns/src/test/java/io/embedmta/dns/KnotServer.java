package io.embedmta.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A real authoritative name server, Knot DNS, in a process of its own on a loopback port. It
 * answers for the zones it is given; any other name is REFUSED. It has ended when {@link #close}
 * returns.
 *
 * <pre>{@code
 * @BeforeEach
 * void needsKnot() {
 *     KnotServer.assumeInstalled();
 * }
 *
 * try (KnotServer knot = KnotServer.builder().zone("example.org", text).start();
 *         DnsResolver resolver = DnsResolver.of(knot.address())) { ... }
 * }</pre>
 */
public final class KnotServer implements AutoCloseable {
    private final NameServerProcess process;

    private KnotServer(NameServerProcess process) {
        this.process = process;
    }

    /** Skips the test that runs, with a reason, where there is no knotd. */
    public static void assumeInstalled() {
        Assumptions.assumeTrue(
                isInstalled(), "This test asks a real name server: install knotd (package knot).");
    }

    /** Whether knotd is on the PATH or in /usr/sbin. */
    public static boolean isInstalled() {
        return executable().isPresent();
    }

    private static Optional<Path> executable() {
        return DnsProbe.executable("knotd");
    }

    /** A server to set up. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where it answers, over UDP and TCP. */
    public InetSocketAddress address() {
        return process.address();
    }

    /** Ends the server, and takes its files away. */
    @Override
    public void close() {
        process.close();
    }

    /** What the server is to answer. */
    public static final class Builder {
        private final Map<String, String> zones = new LinkedHashMap<>();
        private final List<String> broken = new ArrayList<>();
        private String signing = "";
        private String policy = "";

        private Builder() {}

        /** Answers for a zone; the text is a master file (RFC 1035 §5) with SOA and NS. */
        public Builder zone(String name, String text) {
            zones.put(name, text);
            return this;
        }

        /** Answers for zones, each a master file by its name. */
        public Builder zones(Map<String, String> texts) {
            zones.putAll(texts);
            return this;
        }

        /** Answers SERVFAIL for a zone. */
        public Builder brokenZone(String name) {
            broken.add(name);
            return this;
        }

        /** Signs the zones, with NSEC3 (RFC 5155) or NSEC, and gives them away to whoever asks. */
        Builder signing(boolean nsec3, boolean optOut) {
            signing =
                    """
                        dnssec-signing: on
                        dnssec-policy: signing
                        acl: transfer
                    """;
            policy =
                    """
                    policy:
                      - id: signing
                        algorithm: ecdsap256sha256
                        single-type-signing: on
                        nsec3: %s
                        nsec3-opt-out: %s
                        nsec3-iterations: 0
                    acl:
                      - id: transfer
                        address: 127.0.0.1
                        action: transfer
                    """
                            .formatted(nsec3 ? "on" : "off", optOut ? "on" : "off");
            return this;
        }

        /** Starts the server, and returns when it answers for every zone. */
        public KnotServer start() {
            Path program = executable().orElseThrow(() -> new IllegalStateException("no knotd"));
            return new KnotServer(
                    NameServerProcess.start(
                            "knotd",
                            Optional.empty(),
                            zones.keySet(),
                            (directory, address, identity) ->
                                    List.of(
                                            program.toString(),
                                            "-c",
                                            writeFiles(directory, address, identity).toString())));
        }

        private Path writeFiles(Path directory, InetSocketAddress address, String identity)
                throws IOException {
            StringBuilder config =
                    new StringBuilder(
                            """
                            server:
                                rundir: "%1$s"
                                listen: 127.0.0.1@%2$d
                                identity: "%3$s"
                                udp-workers: 1
                                tcp-workers: 1
                                background-workers: 1
                            database:
                                storage: "%1$s/db"
                            log:
                              - target: stderr
                                any: warning
                            %4$stemplate:
                              - id: default
                                storage: "%1$s"
                                file: "%%s.zone"
                                zonefile-sync: -1
                                zonefile-load: whole
                                journal-content: none
                            %5$szone:
                            """
                                    .formatted(
                                            directory,
                                            address.getPort(),
                                            identity,
                                            policy,
                                            signing));
            for (Map.Entry<String, String> zone : zones.entrySet()) {
                config.append("  - domain: ").append(zone.getKey()).append('\n');
                Files.writeString(directory.resolve(zone.getKey() + ".zone"), zone.getValue());
            }
            for (String name : broken) {
                // No file: the zone is ours, but there is nothing to answer from.
                config.append("  - domain: ").append(name).append('\n');
            }
            Files.createDirectory(directory.resolve("db"));
            return Files.writeString(directory.resolve("knot.conf"), config);
        }
    }
}
