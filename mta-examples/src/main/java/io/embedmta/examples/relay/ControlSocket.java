package io.embedmta.examples.relay;

import io.embedmta.queue.QueueControl;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a running relay hears the queue command: a Unix domain socket in its spool, for the owner
 * of the process alone. A connection carries one {@link QueueRequest} and its {@link
 * ControlAnswer}. Thread-safe.
 */
final class ControlSocket implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

    private static final String NAME = "control";
    private static final String NEW_NAME = "control.new";

    /** How many commands are served at once; more wait to be accepted. */
    private static final int THREADS = 8;

    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);

    /** Somebody may page through a long list. */
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(10);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Path socket;
    private final ServerSocketChannel server;
    private final QueueOperator operator;
    private final Duration requestLimit;
    private final ExecutorService threads =
            Executors.newFixedThreadPool(
                    THREADS,
                    task -> {
                        Thread thread = new Thread(task, "queue-control");
                        thread.setDaemon(true);
                        return thread;
                    });

    private ControlSocket(
            Path socket,
            ServerSocketChannel server,
            QueueOperator operator,
            Duration requestLimit) {
        this.socket = socket;
        this.server = server;
        this.operator = operator;
        this.requestLimit = requestLimit;
    }

    /**
     * Listens in a spool that this process owns; the socket of a relay that was killed is replaced.
     *
     * @throws IOException if the system has no such sockets, or the path is too long for one
     */
    static ControlSocket open(Path spool, QueueControl queue, Clock clock) throws IOException {
        return open(spool, queue, clock, REQUEST_LIMIT);
    }

    static ControlSocket open(Path spool, QueueControl queue, Clock clock, Duration requestLimit)
            throws IOException {
        ServerSocketChannel server;
        try {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (UnsupportedOperationException e) {
            throw new IOException("there are no Unix domain sockets on this system", e);
        }
        Path socket = spool.resolve(NAME);
        try {
            bind(server, spool, socket);
        } catch (IOException | RuntimeException | Error e) {
            server.close();
            throw e;
        }
        QueueOperator operator = new QueueOperator(queue, clock, true);
        ControlSocket control = new ControlSocket(socket, server, operator, requestLimit);
        for (int i = 0; i < THREADS; i++) {
            control.threads.execute(control::serveAll);
        }
        return control;
    }

    /**
     * Made in a directory that nobody else can enter, and closed to others before it gets its name,
     * so that there is no instant at which others reach it, whatever the mode of the spool.
     */
    private static void bind(ServerSocketChannel server, Path spool, Path socket)
            throws IOException {
        Path directory = spool.resolve(NEW_NAME);
        Path fresh = directory.resolve(NAME);
        Files.deleteIfExists(fresh);
        Files.deleteIfExists(directory);
        if (!Files.getFileStore(spool).supportsFileAttributeView("posix")) {
            throw new IOException("the files of " + spool + " cannot be closed to other users");
        }
        Files.createDirectory(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            server.bind(UnixDomainSocketAddress.of(fresh));
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            Files.move(
                    fresh,
                    socket,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
            Files.deleteIfExists(directory);
        }
    }

    /**
     * Connects to the relay that runs on a spool.
     *
     * @param limit how long it may be silent
     * @return empty if none runs there
     */
    static Optional<ControlConnection> connect(Path spool, Duration limit) throws IOException {
        Path socket = spool.resolve(NAME);
        if (!Files.exists(socket)) {
            return Optional.empty();
        }
        SocketChannel channel;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            // What a killed relay has left behind; else the lock of the spool will tell.
            LOG.debug("Nobody listens at {}", socket, e);
            return Optional.empty();
        }
        return Optional.of(new ControlConnection(channel, limit, limit));
    }

    /** Each thread accepts for itself, so that no more are served than there are threads. */
    private void serveAll() {
        while (server.isOpen()) {
            try {
                serve(server.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.warn("The queue command could not be served; more will be tried", e);
                pause();
            }
        }
    }

    /** Such as when the process has no file descriptor left: then not as fast as it can. */
    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel client) throws IOException {
        try (ControlConnection connection =
                new ControlConnection(client, requestLimit, ANSWER_LIMIT)) {
            try {
                answer(connection, request(connection));
            } catch (IOException e) {
                LOG.info("The queue command got no whole answer: {}", e.toString());
                fail(connection, Spools.sentence(e));
            } catch (RuntimeException | Error e) {
                LOG.error("The queue command failed", e);
                fail(connection, e.toString());
            }
        }
    }

    private static QueueRequest request(ControlConnection connection) throws IOException {
        String line = connection.readRequest();
        try {
            return QueueRequest.parse(line);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void answer(ControlConnection connection, QueueRequest request) throws IOException {
        ControlAnswer.Writing answer = new ControlAnswer.Writing(connection);
        BufferedWriter out =
                new BufferedWriter(new OutputStreamWriter(answer, StandardCharsets.UTF_8));
        int messages = operator.answer(request, out);
        if (request.action() != QueueRequest.Action.LIST) {
            LOG.info("queue {}: {}", request, TextListing.messages(messages));
        }
        out.flush();
        answer.end();
    }

    private static void fail(ControlConnection connection, String reason) {
        try {
            new ControlAnswer.Writing(connection).fail(reason);
        } catch (IOException e) {
            LOG.debug("The queue command is gone", e);
        }
    }

    /** Ends what is being answered, and takes away the socket. Idempotent. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(socket);
            server.close();
            // Interrupts whoever waits for a client.
            threads.shutdownNow();
            if (!threads.awaitTermination(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("A queue command is still being answered");
            }
        } catch (IOException e) {
            LOG.warn("The control socket did not close cleanly", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
