package io.embedmta.examples.relay;

import io.embedmta.message.MailDomain;
import io.embedmta.route.Route;
import io.embedmta.tls.OutboundTls;
import io.embedmta.tls.Trust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the options of the relay command, one after the other. For one thread. */
final class RelayOptionParser {
    private static final List<String> OPTIONS =
            List.of(
                    "--hostname",
                    "--listen",
                    "--relay-from",
                    "--domain",
                    "--spool",
                    "--dns",
                    "--remote-port",
                    "--smart-host",
                    "--retry",
                    "--expire",
                    "--max-size",
                    "--tls-cert",
                    "--tls-key",
                    "--submission",
                    "--submissions",
                    "--users",
                    "--tls-out",
                    "--trust",
                    "--dnssec");

    private Optional<String> hostname = Optional.empty();
    private final List<InetSocketAddress> listen = new ArrayList<>();
    private final List<String> relayFrom = new ArrayList<>();
    private final Map<String, Path> domains = new LinkedHashMap<>();
    private Optional<Path> spool = Optional.empty();
    private Optional<InetSocketAddress> dns = Optional.empty();
    private int remotePort = 25;
    private Optional<Route.ToSmartHost> smartHost = Optional.empty();
    private final List<Duration> retry = new ArrayList<>();
    private Duration expire = Duration.ofDays(5);
    private long maxSize;
    private Optional<Path> certificate = Optional.empty();
    private Optional<Path> key = Optional.empty();
    private final List<InetSocketAddress> submission = new ArrayList<>();
    private final List<InetSocketAddress> submissions = new ArrayList<>();
    private Optional<Path> users = Optional.empty();
    private OutboundTls.Level tlsOut = OutboundTls.Level.MAY;
    private Optional<Path> trust = Optional.empty();
    private Dnssec dnssec = Dnssec.OFF;
    private boolean help;

    static RelayOptions parse(List<String> arguments) {
        RelayOptionParser parser = new RelayOptionParser();
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i);
            if (option.equals("--help")) {
                parser.help = true;
                continue;
            }
            parser.check(option);
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException(option + " takes a value; see --help");
            }
            parser.take(option, arguments.get(++i));
        }
        return parser.finish();
    }

    private void check(String option) {
        if (!OPTIONS.contains(option)) {
            throw new IllegalArgumentException("unknown option " + option + "; see --help");
        }
    }

    private void take(String option, String value) {
        switch (option) {
            case "--hostname" -> hostname = Optional.of(OptionValues.domain(option, value));
            case "--listen" -> listen.add(address(option, value));
            case "--submission" -> submission.add(address(option, value));
            case "--submissions" -> submissions.add(address(option, value));
            case "--relay-from" -> relayFrom.add(OptionValues.cidr(option, value));
            case "--domain" -> addDomain(option, value);
            case "--spool" -> spool = Optional.of(OptionValues.directory(option, value));
            case "--dns" -> dns = Optional.of(HostAndPort.parse(option, value, 1).resolve(option));
            case "--remote-port" -> remotePort = (int) OptionValues.number(option, value, 1, 65535);
            case "--smart-host" -> smartHost = Optional.of(smartHost(option, value));
            case "--retry" -> {
                retry.clear();
                for (String delay : value.split(",", -1)) {
                    retry.add(OptionValues.duration(option, delay));
                }
            }
            case "--tls-cert" -> certificate = Optional.of(OptionValues.file(option, value));
            case "--tls-key" -> key = Optional.of(OptionValues.file(option, value));
            case "--users" -> users = Optional.of(OptionValues.file(option, value));
            case "--tls-out" -> tlsOut = tlsOut(option, value);
            case "--trust" -> trust = Optional.of(OptionValues.file(option, value));
            case "--dnssec" -> dnssec = Dnssec.parse(option, value);
            case "--expire" -> expire = OptionValues.duration(option, value);
            default -> maxSize = OptionValues.number(option, value, 65536, Long.MAX_VALUE);
        }
    }

    private static InetSocketAddress address(String option, String value) {
        return HostAndPort.parse(option, value, 0).resolve(option);
    }

    private static OutboundTls.Level tlsOut(String option, String value) {
        return switch (value) {
            case "may" -> OutboundTls.Level.MAY;
            case "must" -> OutboundTls.Level.MUST;
            case "verify" -> OutboundTls.Level.VERIFY;
            case "dane" -> OutboundTls.Level.DANE;
            default ->
                    throw new IllegalArgumentException(
                            option + " takes may, must, verify or dane, not \"" + value + "\"");
        };
    }

    /** Its address is looked up when there is mail for it; what can have none is said now. */
    private static Route.ToSmartHost smartHost(String option, String value) {
        HostAndPort smartHost = HostAndPort.parse(option, value, 1);
        try {
            return Route.smartHost(smartHost.host(), smartHost.port());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    private void addDomain(String option, String value) {
        int equals = value.indexOf('=');
        if (equals <= 0 || equals == value.length() - 1) {
            throw new IllegalArgumentException(option + " takes NAME=DIR, not \"" + value + "\"");
        }
        String name = OptionValues.domain(option, value.substring(0, equals));
        if (domains.put(name, OptionValues.directory(option, value.substring(equals + 1)))
                != null) {
            throw new IllegalArgumentException(option + ": " + name + " stands twice");
        }
    }

    /** What would silently do less than was asked for. */
    private void refuseHalves() {
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    certificate.isPresent()
                            ? "--tls-cert needs --tls-key, the file with its private key"
                            : "--tls-key needs --tls-cert, the file with its certificate chain");
        }
        if (!submission.isEmpty() || !submissions.isEmpty()) {
            String option = submission.isEmpty() ? "--submissions" : "--submission";
            if (certificate.isEmpty()) {
                throw new IllegalArgumentException(
                        option + " needs --tls-cert and --tls-key: passwords go over TLS alone");
            }
            if (users.isEmpty()) {
                throw new IllegalArgumentException(option + " needs --users, the users it knows");
            }
        } else if (users.isPresent()) {
            throw new IllegalArgumentException(
                    "--users needs --submission or --submissions, where users log in");
        }
        if (tlsOut == OutboundTls.Level.DANE && !dnssec.vouches()) {
            throw new IllegalArgumentException(
                    "--tls-out dane needs --dnssec: without it no TLSA record can be believed");
        }
    }

    private RelayOptions finish() {
        if (!help) {
            refuseHalves();
        }
        if (listen.isEmpty()) {
            listen.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), 2525));
        }
        if (relayFrom.isEmpty()) {
            relayFrom.addAll(List.of("127.0.0.0/8", "::1"));
        }
        return new RelayOptions(
                hostname.orElseGet(RelayOptionParser::machineName),
                listen,
                relayFrom,
                domains,
                spool,
                dns,
                remotePort,
                smartHost,
                retry,
                expire,
                maxSize,
                certificate,
                key,
                submission,
                submissions,
                users,
                new OutboundTls(tlsOut, anchors()),
                dnssec,
                help);
    }

    /** Read now, so that a mistake shows at the start. */
    private Trust anchors() {
        return trust.map(file -> OptionValues.readable("--trust", file, Trust.system()::and))
                .orElse(Trust.system());
    }

    private static String machineName() {
        try {
            return MailDomain.of(InetAddress.getLocalHost().getHostName()).text();
        } catch (UnknownHostException | IllegalArgumentException e) {
            return "localhost";
        }
    }
}
