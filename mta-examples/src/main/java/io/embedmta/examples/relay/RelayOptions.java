package io.embedmta.examples.relay;

import io.embedmta.listener.Cidr;
import io.embedmta.message.MailDomain;
import io.embedmta.route.Route;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options of the relay command, checked.
 *
 * @param retry empty for the default
 * @param maxSize 0 for the default
 */
record RelayOptions(
        String hostname,
        List<InetSocketAddress> listen,
        List<String> relayFrom,
        Map<String, Path> domains,
        Optional<Path> spool,
        Optional<InetSocketAddress> dns,
        int remotePort,
        Optional<Route> smartHost,
        List<Duration> retry,
        Duration expire,
        long maxSize,
        boolean help) {

    static final String USAGE =
            """
            Usage: java -jar mta-relay.jar [option value]...
                   java -jar mta-relay.jar queue --help

            --hostname NAME          name in greeting, EHLO and Received (default: this machine's)
            --listen HOST:PORT       SMTP listener, repeatable; port 0 takes a free one
                                     (default 127.0.0.1:2525)
            --relay-from CIDR        who may relay, repeatable (default 127.0.0.0/8 and ::1)
            --domain NAME=DIR        deliver this domain into Maildirs DIR/<local part>, repeatable
            --spool DIR              queue on disk, in this directory alone; without it, in memory,
                                     and what is queued is lost with the process
            --dns HOST:PORT          ask this name server (default: the system's)
            --remote-port PORT       port of mail exchangers (default 25)
            --smart-host HOST:PORT   send everything that is not local there
            --retry D,D,...          delays between attempts, the last one repeats (5s, 10m, 4h)
            --expire D               give up after (default 5d)
            --max-size N             largest message in bytes
            --help                   print this

            Exit code: 1 if the spool cannot be opened, 2 if an option is wrong or a port is taken.""";

    /** A host by name or address, and a port. */
    record HostAndPort(String host, int port) {

        static HostAndPort parse(String option, String text, int lowestPort) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? "" : text.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            int port = colon < 0 ? -1 : number(text.substring(colon + 1));
            if (host.isEmpty() || port < lowestPort || port > 65535) {
                throw new IllegalArgumentException(
                        option + " takes HOST:PORT, not \"" + text + "\"");
            }
            return new HostAndPort(host, port);
        }

        private static int number(String digits) {
            try {
                return Integer.parseInt(digits);
            } catch (NumberFormatException e) {
                return -1;
            }
        }

        InetSocketAddress resolve(String option) {
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new IllegalArgumentException(option + ": there is no host " + host);
            }
            return address;
        }

        static String of(InetSocketAddress address) {
            String host = address.getAddress().getHostAddress();
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
        }
    }

    static RelayOptions parse(List<String> arguments) {
        Parser parser = new Parser();
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

    static Path directory(String option, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(option + " takes a directory");
        }
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    /** What was given so far. */
    private static final class Parser {
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
                        "--max-size");

        private Optional<String> hostname = Optional.empty();
        private final List<InetSocketAddress> listen = new ArrayList<>();
        private final List<String> relayFrom = new ArrayList<>();
        private final Map<String, Path> domains = new LinkedHashMap<>();
        private Optional<Path> spool = Optional.empty();
        private Optional<InetSocketAddress> dns = Optional.empty();
        private int remotePort = 25;
        private Optional<Route> smartHost = Optional.empty();
        private final List<Duration> retry = new ArrayList<>();
        private Duration expire = Duration.ofDays(5);
        private long maxSize;
        private boolean help;

        void check(String option) {
            if (!OPTIONS.contains(option)) {
                throw new IllegalArgumentException("unknown option " + option + "; see --help");
            }
        }

        void take(String option, String value) {
            switch (option) {
                case "--hostname" -> hostname = Optional.of(domain(option, value));
                case "--listen" -> listen.add(HostAndPort.parse(option, value, 0).resolve(option));
                case "--relay-from" -> relayFrom.add(cidr(option, value));
                case "--domain" -> addDomain(option, value);
                case "--spool" -> spool = Optional.of(directory(option, value));
                case "--dns" ->
                        dns = Optional.of(HostAndPort.parse(option, value, 1).resolve(option));
                case "--remote-port" -> remotePort = (int) number(option, value, 1, 65535);
                case "--smart-host" -> smartHost = Optional.of(smartHost(option, value));
                case "--retry" -> {
                    retry.clear();
                    for (String delay : value.split(",", -1)) {
                        retry.add(duration(option, delay));
                    }
                }
                case "--expire" -> expire = duration(option, value);
                default -> maxSize = number(option, value, 65536, Long.MAX_VALUE);
            }
        }

        private static String domain(String option, String value) {
            try {
                return MailDomain.of(value).text();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
            }
        }

        private static String cidr(String option, String value) {
            try {
                Cidr.of(value);
                return value;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
            }
        }

        /** Its address is looked up when there is mail for it; what can have none is said now. */
        private static Route smartHost(String option, String value) {
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
                throw new IllegalArgumentException(
                        option + " takes NAME=DIR, not \"" + value + "\"");
            }
            String name = domain(option, value.substring(0, equals));
            if (domains.put(name, directory(option, value.substring(equals + 1))) != null) {
                throw new IllegalArgumentException(option + ": " + name + " stands twice");
            }
        }

        private static long number(String option, String value, long low, long high) {
            try {
                long number = Long.parseLong(value);
                if (number >= low && number <= high) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            String range = high == Long.MAX_VALUE ? low + " or more" : low + " to " + high;
            throw new IllegalArgumentException(
                    option + " takes a number of " + range + ", not \"" + value + "\"");
        }

        /** A number and its unit: s, m, h or d. */
        private static Duration duration(String option, String text) {
            int end = text.length() - 1;
            try {
                long number = end < 1 ? 0 : Long.parseLong(text.substring(0, end));
                Duration duration =
                        switch (number > 0 ? text.charAt(end) : '?') {
                            case 's' -> Duration.ofSeconds(number);
                            case 'm' -> Duration.ofMinutes(number);
                            case 'h' -> Duration.ofHours(number);
                            case 'd' -> Duration.ofDays(number);
                            default -> Duration.ZERO;
                        };
                if (!duration.isZero() && duration.compareTo(Duration.ofDays(3650)) < 0) {
                    return duration;
                }
            } catch (NumberFormatException | ArithmeticException e) {
                // Said below.
            }
            throw new IllegalArgumentException(
                    option + " takes a time like 5s, 10m, 4h or 5d, not \"" + text + "\"");
        }

        RelayOptions finish() {
            if (listen.isEmpty()) {
                listen.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), 2525));
            }
            if (relayFrom.isEmpty()) {
                relayFrom.addAll(List.of("127.0.0.0/8", "::1"));
            }
            return new RelayOptions(
                    hostname.orElseGet(Parser::machineName),
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
                    help);
        }

        private static String machineName() {
            try {
                return MailDomain.of(InetAddress.getLocalHost().getHostName()).text();
            } catch (UnknownHostException | IllegalArgumentException e) {
                return "localhost";
            }
        }
    }
}
