package io.embedmta.examples.tls;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.embedmta.examples.relay.PostfixInstance;
import io.embedmta.examples.relay.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Postfix that sends with DANE. It knows name servers from /etc/resolv.conf alone, so it lives in a
 * mount namespace where that file names ours. It has ended when {@link #close} returns.
 */
final class PostfixSender implements AutoCloseable {
    private static final String MAIN =
            """
            myhostname = sender.test
            mynetworks = 127.0.0.0/8
            smtp_host_lookup = dns
            smtp_dns_support_level = dnssec
            smtp_tls_security_level = dane
            smtp_tls_loglevel = 1
            transport_maps = inline:{ %s }
            """;

    private final PostfixInstance postfix;

    private PostfixSender(PostfixInstance postfix) {
        this.postfix = postfix;
    }

    /** Skips the test where Postfix cannot be run so. */
    static void assumePossible() throws IOException, InterruptedException {
        PostfixInstance.assumePossible();
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
        Path directory = PostfixInstance.newDirectory();
        Path resolvConf =
                Files.writeString(
                        directory.resolve("resolv.conf"),
                        // Without trust-ad, glibc hides the server's judgement (resolv.conf(5)).
                        "nameserver " + nameServer.getHostAddress() + "\noptions edns0 trust-ad\n");
        String transports =
                ports.entrySet().stream()
                        .map(e -> "{ %1$s = smtp:%1$s:%2$d }".formatted(e.getKey(), e.getValue()))
                        .collect(Collectors.joining(" "));
        return new PostfixSender(
                PostfixInstance.start(
                        directory,
                        "127.0.0.1",
                        MAIN.formatted(transports),
                        "smtp unix - - n - - smtp\n",
                        Programs.require("unshare"),
                        "-m",
                        "sh",
                        "-c",
                        "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"",
                        resolvConf.toString()));
    }

    /** Gives it a message to send. */
    void send(String recipient) throws IOException, InterruptedException {
        Programs.run(
                Programs.require("swaks"),
                "--server",
                "127.0.0.1:" + postfix.port(),
                "--from",
                "ann@sender.test",
                "--to",
                recipient,
                "--header",
                "Subject: to " + recipient);
    }

    /** Waits for a line of its log that holds all of these. */
    String awaitLog(String... parts) throws InterruptedException {
        return postfix.awaitLog(parts);
    }

    @Override
    public void close() throws IOException {
        postfix.close();
    }
}
