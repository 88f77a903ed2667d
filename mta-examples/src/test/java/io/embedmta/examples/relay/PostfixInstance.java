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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Postfix with a configuration and a queue of its own, which neither takes nor sends anything
 * before it is told to. It has ended when {@link #close} returns.
 */
public final class PostfixInstance implements AutoCloseable {
    // inet_interfaces wants an address that an interface was given by name, or Postfix takes every
    // loopback address for itself; the listener's own address is in MASTER.
    private static final String MAIN =
            """
            compatibility_level = 3.6
            queue_directory = %1$s/queue
            data_directory = %1$s/data
            maillog_file = /dev/stdout
            mydestination =
            local_recipient_maps =
            local_transport = error:no local mail
            alias_maps =
            alias_database =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
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
            """;

    private final Path directory;
    private final int port;
    private final Process process;
    private final ProcessLog log;

    private PostfixInstance(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
        this.log = new ProcessLog(process.getInputStream());
    }

    /** Skips the test where Postfix is missing, or cannot be started. */
    public static void assumePossible() {
        Programs.require("postfix");
        assumeTrue(System.getProperty("user.name").equals("root"), "postfix starts as root only");
    }

    /** A directory that Postfix's processes, which give up root, get into all the same. */
    public static Path newDirectory() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("postfix");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String name : List.of("config", "queue", "data")) {
            Files.createDirectory(directory.resolve(name));
        }
        own(directory.resolve("data"));
        return directory;
    }

    /** Makes a file or directory one of Postfix's own. */
    static void own(Path path) throws IOException, InterruptedException {
        Programs.run("chown", id("-u") + ":" + id("-g"), path.toString());
    }

    /** The number of Postfix's user, or group. */
    static String id(String which) throws IOException, InterruptedException {
        return Programs.run("id", which, "postfix").strip();
    }

    /**
     * Starts it, and returns when it listens.
     *
     * @param directory as {@link #newDirectory} made it; gone after the close
     * @param address that it listens on
     * @param main its configuration, beyond what is said above
     * @param services beyond those above
     * @param before the words of the command in front of Postfix's own
     */
    public static PostfixInstance start(
            Path directory, String address, String main, String services, String... before)
            throws IOException, InterruptedException {
        int port = freePort(address);
        Path config = directory.resolve("config");
        Files.writeString(config.resolve("main.cf"), MAIN.formatted(directory) + main);
        Files.writeString(config.resolve("master.cf"), MASTER.formatted(address, port) + services);
        // Makes the queue's directories.
        Programs.run(Programs.require("postfix"), "-c", config.toString(), "check");
        String daemons =
                Programs.run("postconf", "-c", config.toString(), "-h", "daemon_directory").strip();
        List<String> command = new ArrayList<>(List.of(before));
        command.addAll(List.of(daemons + "/master", "-c", config.toString(), "-d"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        PostfixInstance postfix = new PostfixInstance(directory, port, process);
        try {
            postfix.awaitLog("daemon started");
        } catch (AssertionError | InterruptedException e) {
            postfix.close();
            throw e;
        }
        return postfix;
    }

    private static int freePort(String address) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(address))) {
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
