package io.embedmta.dns;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/**
 * A real authoritative name server, Knot DNS, in a process of its own on a loopback port. It
 * answers for the zones it is given; any other name is REFUSED. It has ended when {@link #close}
 * returns.
 *
 * <pre>{@code
 * @BeforeEach
 * void needsKnot() {
 *     KnotServer.assumeInstalled();
 * }
 *
 * try (KnotServer knot = KnotServer.builder().zone("example.org", text).start();
 *         DnsResolver resolver = DnsResolver.of(knot.address())) { ... }
 * }</pre>
 */
public final class KnotServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final int PORTS_TO_TRY = 10;
    private static final int POLL_MILLIS = 20;

    private final Process process;
    private final InetSocketAddress address;
    private final Path directory;

    private KnotServer(Process process, InetSocketAddress address, Path directory) {
        this.process = process;
        this.address = address;
        this.directory = directory;
    }

    /** Skips the test that runs, with a reason, where there is no knotd. */
    public static void assumeInstalled() {
        Assumptions.assumeTrue(
                isInstalled(), "This test asks a real name server: install knotd (package knot).");
    }

    /** Whether knotd is on the PATH or in /usr/sbin. */
    public static boolean isInstalled() {
        return executable().isPresent();
    }

    private static Optional<Path> executable() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(
                        Arrays.stream(path.split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "knotd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A server to set up. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where it answers, over UDP and TCP. */
    public InetSocketAddress address() {
        return address;
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

    /** What the server is to answer. */
    public static final class Builder {
        private final Map<String, String> zones = new LinkedHashMap<>();
        private final List<String> broken = new ArrayList<>();

        private Builder() {}

        /** Answers for a zone; the text is a master file (RFC 1035 §5) with SOA and NS. */
        public Builder zone(String name, String text) {
            zones.put(name, text);
            return this;
        }

        /** Answers for zones, each a master file by its name. */
        public Builder zones(Map<String, String> texts) {
            zones.putAll(texts);
            return this;
        }

        /** Answers SERVFAIL for a zone. */
        public Builder brokenZone(String name) {
            broken.add(name);
            return this;
        }

        /** Starts the server, and returns when it answers for every zone. */
        public KnotServer start() {
            Path program = executable().orElseThrow(() -> new IllegalStateException("no knotd"));
            try {
                for (int i = 0; i < PORTS_TO_TRY; i++) {
                    Optional<KnotServer> server = tryPort(program, freePort());
                    if (server.isPresent()) {
                        return server.get();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("knotd found no free port");
        }

        /** Nothing if another process took the port first; knotd ends at once then. */
        private Optional<KnotServer> tryPort(Path program, InetSocketAddress address)
                throws IOException, InterruptedException {
            Path directory = Files.createTempDirectory("knot");
            String identity = UUID.randomUUID().toString();
            Path config = writeFiles(directory, address, identity);
            Path log = directory.resolve("log");
            Process process =
                    new ProcessBuilder(program.toString(), "-c", config.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            KnotServer server = new KnotServer(process, address, directory);
            long end = System.nanoTime() + START_LIMIT.toNanos();
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (answers(address, identity)) {
                    return Optional.of(server);
                }
                if (System.nanoTime() - end > 0) {
                    break;
                }
            }
            String said = Files.readString(log);
            server.close();
            if (said.contains("address already in use")) {
                return Optional.empty();
            }
            throw new IllegalStateException("knotd does not answer for its zones: " + said);
        }

        private Path writeFiles(Path directory, InetSocketAddress address, String identity)
                throws IOException {
            StringBuilder config =
                    new StringBuilder(
                            """
                            server:
                                rundir: "%1$s"
                                listen: 127.0.0.1@%2$d
                                identity: "%3$s"
                                udp-workers: 1
                                tcp-workers: 1
                                background-workers: 1
                            database:
                                storage: "%1$s/db"
                            log:
                              - target: stderr
                                any: warning
                            template:
                              - id: default
                                storage: "%1$s"
                                file: "%%s.zone"
                                zonefile-sync: -1
                                zonefile-load: whole
                                journal-content: none
                            zone:
                            """
                                    .formatted(directory, address.getPort(), identity));
            for (Map.Entry<String, String> zone : zones.entrySet()) {
                config.append("  - domain: ").append(zone.getKey()).append('\n');
                Files.writeString(directory.resolve(zone.getKey() + ".zone"), zone.getValue());
            }
            for (String name : broken) {
                // No file: the zone is ours, but there is nothing to answer from.
                config.append("  - domain: ").append(name).append('\n');
            }
            Files.createDirectory(directory.resolve("db"));
            return Files.writeString(directory.resolve("knot.conf"), config);
        }

        /** Whether it is our server that answers there, and for all its zones. */
        private boolean answers(InetSocketAddress server, String identity) throws IOException {
            Optional<Message> who = ask(server, "id.server.", Type.TXT, DClass.CH);
            if (who.isEmpty() || !names(who.get(), identity)) {
                return false;
            }
            for (String zone : zones.keySet()) {
                Optional<Message> soa = ask(server, zone + ".", Type.SOA, DClass.IN);
                if (soa.isEmpty() || soa.get().getRcode() != Rcode.NOERROR) {
                    return false;
                }
            }
            return true;
        }

        private static boolean names(Message reply, String identity) {
            return reply.getSection(Section.ANSWER).stream()
                    .anyMatch(r -> r instanceof TXTRecord t && t.getStrings().contains(identity));
        }

        private static Optional<Message> ask(
                InetSocketAddress server, String name, int type, int dclass) throws IOException {
            Record question = Record.newRecord(Name.fromString(name), type, dclass);
            byte[] query = Message.newQuery(question).toWire();
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(server);
                socket.setSoTimeout(1000);
                socket.send(new DatagramPacket(query, query.length));
                DatagramPacket reply = new DatagramPacket(new byte[4096], 4096);
                socket.receive(reply);
                return Optional.of(new Message(Arrays.copyOf(reply.getData(), reply.getLength())));
            } catch (PortUnreachableException | SocketTimeoutException e) {
                return Optional.empty();
            }
        }

        /** Free for TCP and for UDP; a moment ago, that is, for knotd cannot be told to choose. */
        private static InetSocketAddress freePort() throws IOException {
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            try (ServerSocket tcp = new ServerSocket(0, 1, loopback);
                    DatagramSocket udp =
                            new DatagramSocket(
                                    new InetSocketAddress(loopback, tcp.getLocalPort()))) {
                return new InetSocketAddress(loopback, udp.getLocalPort());
            }
        }
    }
}
