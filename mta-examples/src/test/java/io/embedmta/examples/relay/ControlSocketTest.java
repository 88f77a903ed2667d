package io.embedmta.examples.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.embedmta.message.QueueId;
import io.embedmta.message.ReversePath;
import io.embedmta.queue.MemoryQueue;
import io.embedmta.queue.QueueControl;
import io.embedmta.queue.QueuedMail;
import io.embedmta.queue.Selection;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The socket between the queue command and a relay, with peers that behave badly. */
class ControlSocketTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String EMPTY = "0 messages, 0 octets\n";

    @TempDir Path spool;

    private final MemoryQueue queue = MemoryQueue.create();
    private ControlSocket control;

    private void open(QueueControl served, Duration requestLimit) throws IOException {
        control = ControlSocket.open(spool, served, Clock.systemUTC(), requestLimit);
    }

    @AfterEach
    void close() {
        if (control != null) {
            control.close();
        }
        queue.close();
    }

    private ControlConnection connect() throws IOException {
        return ControlSocket.connect(spool, LIMIT).orElseThrow();
    }

    private String ask(String request) throws IOException {
        try (ControlConnection connection = connect()) {
            connection.writeRequest(request);
            return answer(connection);
        }
    }

    private static String answer(ControlConnection connection) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ControlAnswer.copy(connection, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String failure(ControlConnection connection) {
        return assertThrows(IOException.class, () -> answer(connection)).getMessage();
    }

    @Test
    void request_isAnswered_oneAConnection() throws Exception {
        open(queue, LIMIT);
        for (int i = 0; i < 20; i++) {
            assertEquals(EMPTY, ask("list text all"));
        }
        assertEquals("hold: 0 messages\n", ask("hold text all"));
    }

    @Test
    void socket_isForItsOwnerAlone_whateverTheModeOfTheSpool() throws Exception {
        Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxrwxrwx"));
        open(queue, LIMIT);
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(spool.resolve("control"))));
        assertFalse(Files.exists(spool.resolve("control.new")));
    }

    @Test
    void socketOfAKilledRelay_isNobody_andIsReplaced() throws Exception {
        Path stale = spool.resolve("control");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(stale));
        }
        assertTrue(Files.exists(stale));
        assertTrue(ControlSocket.connect(spool, LIMIT).isEmpty());
        // It may have been killed while it made its socket.
        Files.createDirectory(spool.resolve("control.new"));
        Files.createFile(spool.resolve("control.new").resolve("control"));
        open(queue, LIMIT);
        assertEquals(EMPTY, ask("list text all"));
    }

    @Test
    void close_takesTheSocketAway_andEndsASilentClient_I9() throws Exception {
        open(queue, LIMIT.multipliedBy(10));
        try (ControlConnection silent = connect()) {
            // Served after the silent one was accepted.
            assertEquals(EMPTY, ask("list text all"));
            assertTimeoutPreemptively(LIMIT, control::close);
            assertThrows(EOFException.class, () -> answer(silent));
        }
        assertFalse(Files.exists(spool.resolve("control")));
        assertTrue(ControlSocket.connect(spool, LIMIT).isEmpty());
        control.close();
    }

    @Test
    void close_endsAnAnswerThatNobodyReads_I9() throws Exception {
        EndlessQueue endless = new EndlessQueue();
        open(endless, LIMIT);
        try (ControlConnection lazy = connect()) {
            lazy.writeRequest("list json all");
            lazy.readFully(ByteBuffer.allocate(1 << 20));
            assertTimeoutPreemptively(LIMIT, control::close);
            assertTrue(endless.ended.await(LIMIT.toSeconds(), TimeUnit.SECONDS));
            assertThrows(IOException.class, () -> answer(lazy));
        }
    }

    @Test
    void clientThatSaysNothing_isToldSo_andOthersAreServed_I9() throws Exception {
        open(queue, Duration.ofMillis(300));
        List<ControlConnection> silent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            silent.add(connect());
        }
        assertEquals(EMPTY, ask("list text all"));
        for (ControlConnection connection : silent) {
            assertTrue(failure(connection).startsWith("the other side did nothing for"));
            connection.close();
        }
    }

    @Test
    void request_withoutEnd_isCutOffAtItsBound_I9() throws Exception {
        open(queue, LIMIT);
        try (ControlConnection connection = connect()) {
            connection.writeFully(ByteBuffer.wrap(new byte[4096]));
            assertEquals("a request is no longer than 4096 octets", failure(connection));
        }
    }

    @Test
    void request_thatIsNone_isRefused() throws Exception {
        open(queue, LIMIT);
        try (ControlConnection connection = connect()) {
            connection.writeRequest("burn text all");
            assertTrue(failure(connection).startsWith("unknown action burn"));
        }
    }

    @Test
    void queue_thatFails_isQuoted_andTheSocketGoesOn_I8() throws Exception {
        open(new BrokenQueue(), LIMIT);
        // More often than there are threads that could end.
        for (int i = 0; i < 10; i++) {
            try (ControlConnection connection = connect()) {
                connection.writeRequest("hold text all");
                assertEquals("the disk is gone", failure(connection));
            }
            try (ControlConnection connection = connect()) {
                connection.writeRequest("list text all");
                assertTrue(failure(connection).contains("a bug"));
            }
        }
    }

    @Test
    void answer_thatIsCutOff_isNotTakenForAWholeOne() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(spool.resolve("control")));
            try (ControlConnection connection = connect();
                    SocketChannel dying = server.accept()) {
                dying.write(ByteBuffer.wrap(new byte[] {'+', 0, 2, 'o', 'k', '+', 0}));
                dying.shutdownOutput();
                assertThrows(EOFException.class, () -> answer(connection));
            }
        }
    }

    @Test
    void spool_withAPathTooLongForASocket_isRefusedWithAReason() throws Exception {
        Path deep = Files.createDirectories(spool.resolve("x".repeat(100)));
        assertThrows(IOException.class, () -> ControlSocket.open(deep, queue, Clock.systemUTC()));
        try (var left = Files.list(deep)) {
            assertEquals(List.of(), left.toList());
        }
    }

    /** Without a stack, which would fill the log of the test. */
    private static final class Bug extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Bug() {
            super("a bug", null, false, false);
        }
    }

    /** Shows messages without end, until nobody takes them any more. */
    private static final class EndlessQueue extends IdleQueue {
        final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void list(Selection which, Consumer<QueuedMail> each) {
            QueuedMail mail =
                    new QueuedMail(new QueueId("1"), Instant.EPOCH, 1, ReversePath.NULL, List.of());
            try {
                while (true) {
                    each.accept(mail);
                }
            } finally {
                ended.countDown();
            }
        }
    }

    /** Fails as a disk does, and as code does. */
    private static final class BrokenQueue extends IdleQueue {
        @Override
        public void list(Selection which, Consumer<QueuedMail> each) {
            throw new Bug();
        }

        @Override
        public int hold(Selection which) throws IOException {
            throw new IOException("the disk is gone");
        }
    }

    private abstract static class IdleQueue implements QueueControl {
        @Override
        public int hold(Selection which) throws IOException {
            return 0;
        }

        @Override
        public int release(Selection which) {
            return 0;
        }

        @Override
        public int retry(Selection which, Instant now) {
            return 0;
        }

        @Override
        public int bounce(Selection which) {
            return 0;
        }

        @Override
        public int remove(Selection which) {
            return 0;
        }
    }
}
