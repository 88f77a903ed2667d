package io.embedmta.examples.benchmark;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Postfix as Debian builds it, with a configuration and a queue of its own and all else as it
 * comes, but for one look-up: it asks DNS for no client's name, as we do not.
 */
final class PostfixProcess implements Server {
    private static final String MAIN =
            """
            compatibility_level = 3.6
            queue_directory = %1$s/queue
            data_directory = %1$s/data
            maillog_file = %1$s/log
            maillog_file_prefixes = %1$s
            myhostname = postfix.example
            mydestination =
            mynetworks = 127.0.0.0/8
            local_recipient_maps =
            alias_maps =
            alias_database =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            smtpd_peername_lookup = no
            """;

    private static final String HOLD =
            "smtpd_client_restrictions = check_client_access static:HOLD\n";

    private static final String RELAY = "relayhost = [127.0.0.1]:%d\n";

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
            relay unix - - n - - smtp
            retry unix - - n - - error
            rewrite unix - - n - - trivial-rewrite
            scache unix - - n - 1 scache
            showq unix n - n - - showq
            smtp unix - - n - - smtp
            trace unix - - n - 0 bounce
            """;

    private final Path directory;
    private final int port;
    private final boolean holds;
    private final Process process;

    private PostfixProcess(Path directory, int port, boolean holds, Process process) {
        this.directory = directory;
        this.port = port;
        this.holds = holds;
        this.process = process;
    }

    /** Why it cannot be run here; empty if it can. */
    static Optional<String> whyMissing() {
        if (program("postfix").isEmpty() || program("smtp-source").isEmpty()) {
            return Optional.of("Postfix is not installed (Debian: apt-get install postfix)");
        }
        return System.getProperty("user.name").equals("root")
                ? Optional.empty()
                : Optional.of("Postfix starts as root only");
    }

    /** A program of Postfix's, if it is there. */
    static Optional<String> program(String name) {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                        Stream.of("/usr/sbin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /** One that keeps all mail in its queue. */
    static PostfixProcess holding(Path directory) throws IOException {
        return start(directory, HOLD, true);
    }

    /** One that hands all mail to a port of this machine. */
    static PostfixProcess relayingTo(int sink, Path directory) throws IOException {
        return start(directory, RELAY.formatted(sink), false);
    }

    private static PostfixProcess start(Path directory, String more, boolean holds)
            throws IOException {
        int port = freePort();
        // Postfix's processes give up root, and have to get in all the same.
        Files.createDirectory(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String name : List.of("config", "queue", "data")) {
            Files.createDirectory(directory.resolve(name));
        }
        run("chown", "postfix", directory.resolve("data").toString());
        Path config = directory.resolve("config");
        Files.writeString(config.resolve("main.cf"), MAIN.formatted(directory) + more);
        Files.writeString(config.resolve("master.cf"), MASTER.formatted(port));
        // Makes the queue's directories.
        run("postfix", "-c", config.toString(), "check");
        String daemons = run("postconf", "-c", config.toString(), "-h", "daemon_directory").strip();
        Process process =
                new ProcessBuilder(daemons + "/master", "-c", config.toString(), "-d")
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("output").toFile())
                        .start();
        // Unlike our JVMs, it does not end with its input.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        PostfixProcess server = new PostfixProcess(directory, port, holds, process);
        try {
            server.awaitListening();
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private void awaitListening() throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (true) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                probe.setSoTimeout(10_000);
                if (probe.getInputStream().read() == '2') {
                    return;
                }
            } catch (IOException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void settle() throws IOException {
        if (holds) {
            run("postsuper", "-c", directory.resolve("config").toString(), "-d", "ALL", "hold");
        }
    }

    @Override
    public Duration processorTime() throws IOException {
        return ProcessorTime.ofFamily(process.toHandle());
    }

    private static String run(String name, String... arguments) throws IOException {
        List<String> command =
                Stream.concat(Stream.of(program(name).orElseThrow()), Arrays.stream(arguments))
                        .toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + " failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return said;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
