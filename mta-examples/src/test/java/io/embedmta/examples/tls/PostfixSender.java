package io.embedmta.examples.tls;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.embedmta.examples.relay.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Postfix with a configuration and a queue of its own, sending with DANE. It knows name servers
 * from /etc/resolv.conf alone, so it lives in a mount namespace where that file names ours. It has
 * ended when {@link #close} returns.
 */
final class PostfixSender implements AutoCloseable {
    // An inet_interfaces of its own, or Postfix takes every loopback address for itself.
    private static final String MAIN =
            """
            compatibility_level = 3.6
            queue_directory = %1$s/queue
            data_directory = %1$s/data
            maillog_file = /dev/stdout
            myhostname = sender.test
            mydestination =
            mynetworks = 127.0.0.0/8
            local_recipient_maps =
            local_transport = error:no local mail
            alias_maps =
            alias_database =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            smtp_host_lookup = dns
            smtp_dns_support_level = dnssec
            smtp_tls_security_level = dane
            smtp_tls_loglevel = 1
            transport_maps = inline:{ %2$s }
            """;

    private static final String MASTER =
            """
            127.0.0.1:%d inet n - n - - smtpd
            anvil unix - - n - 1 anvil
            bounce unix - - n - 0 bounce
            cleanup unix n - n - 0 cleanup
            defer unix - - n - 0 bounce
            error unix - - n - - error
            flush unix n - n 1000? 0 flush
            postlog unix-dgram n - n - 1 postlogd
            proxymap unix - - n - - proxymap
            qmgr unix n - n 300 1 qmgr
            retry unix - - n - - error
            rewrite unix - - n - - trivial-rewrite
            showq unix n - n - - showq
            smtp unix - - n - - smtp
            tlsmgr unix - - n 1000? 1 tlsmgr
            trace unix - - n - 0 bounce
            """;

    private final Path directory;
    private final int port;
    private final Process process;
    private final BufferedReader log;

    private PostfixSender(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
        this.log = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Skips the test where Postfix cannot be run so. */
    static void assumePossible() throws IOException, InterruptedException {
        Programs.require("postfix");
        assumeTrue(System.getProperty("user.name").equals("root"), "postfix starts as root only");
        Programs.Ended ended = Programs.execute(Programs.require("unshare"), "-m", "true");
        assumeTrue(ended.exit() == 0, "a mount namespace cannot be made here");
    }

    /**
     * Starts it, and returns when it listens.
     *
     * @param nameServer its address; the port is 53, as Postfix knows no other
     * @param ports the port of the exchangers of each domain
     */
    static PostfixSender start(InetAddress nameServer, Map<String, Integer> ports)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("postfix");
        int port = freePort();
        writeFiles(directory, port, ports);
        Path resolvConf =
                Files.writeString(
                        directory.resolve("resolv.conf"),
                        // Without trust-ad, glibc hides the server's judgement (resolv.conf(5)).
                        "nameserver " + nameServer.getHostAddress() + "\noptions edns0 trust-ad\n");
        String config = directory.resolve("config").toString();
        Programs.run(Programs.require("postfix"), "-c", config, "check");
        String daemons = Programs.run("postconf", "-c", config, "-h", "daemon_directory").strip();
        String script = "mount --bind \"$1\" /etc/resolv.conf && exec \"$2\" -c \"$3\" -d";
        Process process =
                new ProcessBuilder(
                                Programs.require("unshare"),
                                "-m",
                                "sh",
                                "-c",
                                script,
                                "sh",
                                resolvConf.toString(),
                                daemons + "/master",
                                config)
                        .redirectErrorStream(true)
                        .start();
        PostfixSender sender = new PostfixSender(directory, port, process);
        sender.awaitLog("daemon started");
        return sender;
    }

    private static void writeFiles(Path directory, int port, Map<String, Integer> ports)
            throws IOException, InterruptedException {
        // Postfix's processes give up root, and have to get in all the same.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String name : List.of("config", "queue", "data")) {
            Files.createDirectory(directory.resolve(name));
        }
        String owner = Programs.run("id", "-u", "postfix").strip();
        Programs.run("chown", owner, directory.resolve("data").toString());
        String transports =
                ports.entrySet().stream()
                        .map(e -> "{ %1$s = smtp:%1$s:%2$d }".formatted(e.getKey(), e.getValue()))
                        .collect(Collectors.joining(" "));
        Path config = directory.resolve("config");
        Files.writeString(config.resolve("main.cf"), MAIN.formatted(directory, transports));
        Files.writeString(config.resolve("master.cf"), MASTER.formatted(port));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** Gives it a message to send. */
    void send(String recipient) throws IOException, InterruptedException {
        Programs.run(
                Programs.require("swaks"),
                "--server",
                "127.0.0.1:" + port,
                "--from",
                "ann@sender.test",
                "--to",
                recipient,
                "--header",
                "Subject: to " + recipient);
    }

    /** The next line of its log that holds all of these; the caller limits the time. */
    String awaitLog(String... parts) throws IOException {
        List<String> seen = new ArrayList<>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            seen.add(line);
            if (List.of(parts).stream().allMatch(line::contains)) {
                return line;
            }
        }
        throw new AssertionError(
                "no line with " + List.of(parts) + " in the log:\n" + String.join("\n", seen));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
