package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Postfix with a configuration, a queue and mailboxes of its own, on 127.0.0.4. It takes mail for
 * bob, cat, dots and many at post.test, and says 450 for slow each time. It has ended when {@link
 * #close} returns.
 */
public final class PostfixServer implements AutoCloseable {
    public static final String ADDRESS = "127.0.0.4";

    /** The largest message it takes, in octets. */
    static final int MESSAGE_SIZE_LIMIT = 1_000_000;

    // inet_interfaces wants an address that an interface was given by name; the listener's is
    // below.
    private static final String MAIN =
            """
            compatibility_level = 3.6
            queue_directory = %1$s/queue
            data_directory = %1$s/data
            maillog_file = /dev/stdout
            myhostname = postfix.test
            mydestination =
            mynetworks =
            local_recipient_maps =
            local_transport = error:no local mail
            alias_maps =
            alias_database =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            smtpd_relay_restrictions = reject_unauth_destination
            smtpd_recipient_restrictions =
                check_recipient_access inline:{ { slow@post.test = 450 4.2.0 come again } }
            virtual_mailbox_domains = post.test
            virtual_mailbox_base = %1$s/mail
            virtual_mailbox_maps = inline:{
                { bob@post.test = bob/ } { cat@post.test = cat/ } { dots@post.test = dots/ }
                { many@post.test = many/ } { slow@post.test = slow/ } }
            virtual_minimum_uid = 1
            virtual_uid_maps = static:%2$s
            virtual_gid_maps = static:%3$s
            message_size_limit = %4$d
            """;

    private static final String MASTER =
            """
            %s:%d inet n - n - - smtpd
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
            tlsmgr unix - - n 1000? 1 tlsmgr
            trace unix - - n - 0 bounce
            virtual unix - n n - - virtual
            """;

    private final Path directory;
    private final int port;
    private final Process process;
    private final ProcessLog log;

    private PostfixServer(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
        this.log = new ProcessLog(process.getInputStream());
    }

    /**
     * Starts it, and returns when it listens; skips the test where that is not possible.
     *
     * @param more lines of its main configuration
     */
    public static PostfixServer start(String... more) throws IOException, InterruptedException {
        return start(Map.of(), more);
    }

    /**
     * The same, for what is configured by files of their own.
     *
     * @param files their content by their names, within its directory of configuration
     * @param more lines of its main configuration
     */
    public static PostfixServer start(Map<String, String> files, String... more)
            throws IOException, InterruptedException {
        String postfix = Programs.require("postfix");
        assumeTrue(System.getProperty("user.name").equals("root"), "postfix starts as root only");
        Path directory = Files.createTempDirectory("postfix");
        int port = freePort();
        writeFiles(directory, port, more);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = directory.resolve("config").resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        String config = directory.resolve("config").toString();
        // Makes the queue's directories.
        Programs.run(postfix, "-c", config, "check");
        String daemons = Programs.run("postconf", "-c", config, "-h", "daemon_directory").strip();
        Process process =
                new ProcessBuilder(daemons + "/master", "-c", config, "-d")
                        .redirectErrorStream(true)
                        .start();
        PostfixServer server = new PostfixServer(directory, port, process);
        try {
            server.log.await("daemon started");
        } catch (AssertionError | InterruptedException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private static void writeFiles(Path directory, int port, String... more)
            throws IOException, InterruptedException {
        // Postfix's processes give up root, and have to get in all the same.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String name : List.of("config", "queue", "data", "mail")) {
            Files.createDirectory(directory.resolve(name));
        }
        String user = Programs.run("id", "-u", "postfix").strip();
        String group = Programs.run("id", "-g", "postfix").strip();
        for (String name : List.of("data", "mail")) {
            Programs.run("chown", user + ":" + group, directory.resolve(name).toString());
        }
        Files.writeString(
                directory.resolve("config").resolve("main.cf"),
                MAIN.formatted(directory, user, group, MESSAGE_SIZE_LIMIT)
                        + String.join("\n", more)
                        + "\n");
        Files.writeString(
                directory.resolve("config").resolve("master.cf"), MASTER.formatted(ADDRESS, port));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(ADDRESS))) {
            return free.getLocalPort();
        }
    }

    public int port() {
        return port;
    }

    /** Waits for a line of its log that holds all of these. */
    public String awaitLog(String... parts) throws InterruptedException {
        return log.await(parts);
    }

    /** The messages in a mailbox; Postfix writes a message's lines with a mere LF. */
    public List<byte[]> mailbox(String name) throws IOException {
        List<byte[]> messages = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("mail").resolve(name + "/new"))) {
            for (Path file : files.toList()) {
                messages.add(Files.readAllBytes(file));
            }
        }
        return messages;
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
