package io.embedmta.internal.session;

import io.embedmta.internal.intake.Addressing;
import io.embedmta.internal.intake.Enqueuer;
import io.embedmta.internal.intake.FilterChain;
import io.embedmta.internal.intake.Intake;
import io.embedmta.internal.intake.RoutingTable;
import io.embedmta.listener.SmtpLimits;
import io.embedmta.listener.SmtpListener;
import io.embedmta.message.MailAddress;
import io.embedmta.message.MailDomain;
import io.embedmta.route.Route;
import io.embedmta.store.MailStore;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * A whole session on the caller's thread, over streams in memory: the client's octets are known
 * from the start, and come in pieces of the test's choice.
 */
final class MemorySession {
    private static final SmtpLimits LIMITS = SmtpLimits.defaults();

    private MemorySession() {}

    /** What a session said, and what it took in. */
    record Result(String said, List<RecordingQueue.Message> messages, int openWriters) {}

    static SmtpListener listener() {
        return SmtpListener.on(0).limits(LIMITS.withMessageSize(65536).withErrors(1_000_000));
    }

    /**
     * Runs a session to its end.
     *
     * @param pieces how many octets the next read gives at most, each time it is asked; 1 or more
     */
    static Result run(SmtpListener settings, byte[] octets, IntSupplier pieces) {
        RecordingQueue queue = new RecordingQueue();
        MemorySocket socket = new MemorySocket(octets, pieces);
        AtomicInteger ended = new AtomicInteger();
        Intake engine = engine(queue);
        new Session(
                        settings,
                        engine,
                        socket,
                        "s1",
                        session -> ended.incrementAndGet(),
                        settings.authenticator().map(users -> LoginDesk.of(users, engine)),
                        SessionScript.Source.NONE)
                .run();
        if (ended.get() != 1) {
            throw new AssertionError("The session ended " + ended + " times.");
        }
        return new Result(
                socket.said.toString(StandardCharsets.ISO_8859_1), queue.messages(), queue.open());
    }

    static Result run(SmtpListener settings, String text) {
        return run(settings, text.getBytes(StandardCharsets.ISO_8859_1), () -> Integer.MAX_VALUE);
    }

    private static Intake engine(RecordingQueue queue) {
        Clock clock = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
        Route ours = Route.store("ours.example", MailStore.of(mail -> {}));
        Addressing addressing =
                new Addressing(
                        new RoutingTable(
                                Map.of(),
                                Map.of(),
                                Map.of(),
                                Map.of(MailDomain.of("ours.example"), ours),
                                Set.of(),
                                Route.mailExchangers(),
                                '+'),
                        Set.of());
        return new Intake(
                "mx.ours.example",
                MailAddress.of("postmaster@ours.example"),
                clock,
                new FilterChain(List.of()),
                addressing,
                new Enqueuer(queue, addressing, clock, new Random(1), event -> {}),
                (name, task) -> task.run(),
                100);
    }

    private static final class MemorySocket extends Socket {
        private final ByteArrayOutputStream said = new ByteArrayOutputStream();
        private final byte[] octets;
        private final IntSupplier pieces;
        private int position;

        MemorySocket(byte[] octets, IntSupplier pieces) {
            this.octets = octets;
            this.pieces = pieces;
        }

        @Override
        public InputStream getInputStream() {
            return new InputStream() {
                @Override
                public int read() {
                    return position == octets.length ? -1 : octets[position++] & 0xff;
                }

                @Override
                public int read(byte[] to, int offset, int length) {
                    if (position == octets.length) {
                        return -1;
                    }
                    int got =
                            Math.min(length, Math.min(pieces.getAsInt(), octets.length - position));
                    System.arraycopy(octets, position, to, offset, got);
                    position += got;
                    return got;
                }
            };
        }

        @Override
        public OutputStream getOutputStream() {
            return said;
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000);
        }

        @Override
        public void setSoTimeout(int millis) {}

        @Override
        public void shutdownInput() {}

        @Override
        public void shutdownOutput() {}
    }
}
