package io.embedmta.examples.relay;

import io.embedmta.route.Route;
import io.embedmta.tls.OutboundTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
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
        Optional<Route.ToSmartHost> smartHost,
        List<Duration> retry,
        Duration expire,
        long maxSize,
        Optional<Path> certificate,
        Optional<Path> key,
        List<InetSocketAddress> submission,
        List<InetSocketAddress> submissions,
        Optional<Path> users,
        OutboundTls tlsOut,
        Dnssec dnssec,
        boolean help) {

    static final String USAGE =
            """
            Usage: java -jar mta-relay.jar [option value]...
                   java -jar mta-relay.jar queue --help
                   java -jar mta-relay.jar hash --help

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
            --tls-cert FILE          certificate chain in PEM: STARTTLS is offered; read again when
            --tls-key FILE           it changes, with its private key
            --submission HOST:PORT   listener for users, with STARTTLS, repeatable; they have to log in
            --submissions HOST:PORT  the same with TLS from the first octet, repeatable
            --users FILE             who they are: a name and a hash a line, as "hash" makes them
            --tls-out may|must|verify|dane
                                     TLS to other servers: where they offer it; always; always, with
                                     a verified certificate; as their TLSA records say (default may)
            --trust FILE             more trust anchors for them, certificates in PEM
            --dnssec trust-ad|anchor=FILE|off
                                     believe the name server that it has validated; or validate here,
                                     from the DNSKEY or DS records in FILE (default off)
            --help                   print this

            Exit code: 1 if the spool cannot be opened, 2 if an option is wrong or a port is taken.""";

    static RelayOptions parse(List<String> arguments) {
        return RelayOptionParser.parse(arguments);
    }
}
