package io.embedmta.dns;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A real recursive name server, Unbound, in a process of its own on a loopback port. It knows where
 * the zones are that it is told of, and of no others; it validates where it is given an anchor. It
 * has ended when {@link #close} returns.
 */
public final class UnboundServer implements AutoCloseable {
    private final NameServerProcess process;

    private UnboundServer(NameServerProcess process) {
        this.process = process;
    }

    /** Skips the test that runs, with a reason, where there is no unbound. */
    public static void assumeInstalled() {
        Assumptions.assumeTrue(
                isInstalled(), "This test asks a real recursive name server: install unbound.");
    }

    /** Whether unbound is on the PATH or in /usr/sbin. */
    public static boolean isInstalled() {
        return DnsProbe.executable("unbound").isPresent();
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

    /** What the server is to know. */
    public static final class Builder {
        private final Map<String, InetSocketAddress> zones = new LinkedHashMap<>();
        private String modules = "iterator";
        private String anchors = "";
        private Optional<InetSocketAddress> at = Optional.empty();

        private Builder() {}

        /** Asks there about a zone and what lies below it. */
        public Builder zone(String name, InetSocketAddress server) {
            zones.put(name, server);
            return this;
        }

        /** Validates, from the DS or DNSKEY records in a file. */
        public Builder validating(Path anchorFile) {
            modules = "validator iterator";
            anchors = "    trust-anchor-file: \"" + anchorFile + "\"\n";
            return this;
        }

        /** Answers at that address, for programs that know no other port than 53. */
        public Builder at(InetSocketAddress address) {
            at = Optional.of(address);
            return this;
        }

        /** Starts the server, and returns when it answers for every zone. */
        public UnboundServer start() {
            Path program =
                    DnsProbe.executable("unbound")
                            .orElseThrow(() -> new IllegalStateException("no unbound"));
            return new UnboundServer(
                    NameServerProcess.start(
                            "unbound",
                            at,
                            zones.keySet(),
                            (directory, address, identity) -> {
                                Path config =
                                        Files.writeString(
                                                directory.resolve("unbound.conf"),
                                                config(directory, address, identity));
                                return List.of(program.toString(), "-d", "-c", config.toString());
                            }));
        }

        private String config(Path directory, InetSocketAddress address, String identity) {
            StringBuilder config =
                    new StringBuilder(
                            """
                            server:
                                directory: "%1$s"
                                chroot: ""
                                username: ""
                                pidfile: ""
                                use-syslog: no
                                logfile: ""
                                interface: %2$s
                                port: %3$d
                                identity: "%4$s"
                                num-threads: 1
                                do-ip6: no
                                do-not-query-localhost: no
                                access-control: 127.0.0.0/8 allow
                                module-config: "%5$s"
                            %6$sremote-control:
                                control-enable: no
                            """
                                    .formatted(
                                            directory,
                                            address.getAddress().getHostAddress(),
                                            address.getPort(),
                                            identity,
                                            modules,
                                            anchors));
            zones.forEach(
                    (zone, server) ->
                            config.append("stub-zone:\n    name: \"")
                                    .append(zone)
                                    .append("\"\n    stub-addr: ")
                                    .append(server.getAddress().getHostAddress())
                                    .append('@')
                                    .append(server.getPort())
                                    .append('\n'));
            return config.toString();
        }
    }
}
