package io.embedmta.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A name server, whichever it is, with its files. It has ended when {@link #close} returns. */
record NameServerProcess(Process process, InetSocketAddress address, Path directory)
        implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final int PORTS_TO_TRY = 10;
    private static final int POLL_MILLIS = 20;

    /** Writes the files of a server. */
    @FunctionalInterface
    interface SetUp {
        /**
         * What to run then.
         *
         * @param identity that the server is to tell, as id.server (RFC 4892)
         */
        List<String> command(Path directory, InetSocketAddress address, String identity)
                throws IOException;
    }

    /**
     * Starts a server, and returns when it answers for every zone.
     *
     * @param name what to call it
     * @param at where; a free port of loopback if empty
     */
    static NameServerProcess start(
            String name, Optional<InetSocketAddress> at, Collection<String> zones, SetUp setUp) {
        try {
            for (int i = 0; i < PORTS_TO_TRY; i++) {
                InetSocketAddress address = at.isPresent() ? at.get() : DnsProbe.freePort();
                Optional<NameServerProcess> server = tryPort(name, address, zones, setUp);
                if (server.isPresent()) {
                    return server.get();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException(name + " found no free port");
    }

    /** Nothing if another process took the port first; a server ends at once then. */
    private static Optional<NameServerProcess> tryPort(
            String name, InetSocketAddress address, Collection<String> zones, SetUp setUp)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(name);
        String identity = UUID.randomUUID().toString();
        Path log = directory.resolve("log");
        Process process =
                new ProcessBuilder(setUp.command(directory, address, identity))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        NameServerProcess server = new NameServerProcess(process, address, directory);
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            if (DnsProbe.answers(address, identity, zones)) {
                return Optional.of(server);
            }
            if (System.nanoTime() - end > 0) {
                break;
            }
        }
        String said = Files.readString(log);
        server.close();
        if (said.toLowerCase(Locale.ROOT).contains("address already in use")) {
            return Optional.empty();
        }
        throw new IllegalStateException(name + " does not answer for its zones: " + said);
    }

    /** Ends the server, and takes its files away. */
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
        deleteTree(directory);
    }

    private static void deleteTree(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = new ArrayList<>(files.toList());
            Collections.reverse(deepestFirst);
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
