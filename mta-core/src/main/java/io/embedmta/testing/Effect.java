package io.embedmta.testing;

import io.embedmta.internal.session.SessionScript.Wire;
import io.embedmta.smtp.Reply;
import io.embedmta.tls.Tls;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a rule does. Immutable. */
sealed interface Effect {

    /** Acts on the session's thread; an exception ends the session. */
    Optional<Reply> act(FakeSession session, Wire wire) throws IOException;

    /** Of a submission without a socket: what of it makes sense there. */
    default Optional<Reply> actWithoutSocket() {
        return Optional.empty();
    }

    /** Says it. */
    record Say(Reply reply) implements Effect {
        @Override
        public Optional<Reply> act(FakeSession session, Wire wire) {
            return Optional.of(reply);
        }

        @Override
        public Optional<Reply> actWithoutSocket() {
            return Optional.of(reply);
        }
    }

    /** Takes its time. */
    record Delay(Duration time) implements Effect {
        @Override
        public Optional<Reply> act(FakeSession session, Wire wire) {
            session.pause(time);
            return Optional.empty();
        }
    }

    /** Says no more, until the client gives up. */
    record Stall() implements Effect {
        @Override
        public Optional<Reply> act(FakeSession session, Wire wire) throws IOException {
            wire.awaitEnd();
            throw over();
        }
    }

    /** Slows the connection down from here on. */
    record Throttle(int octetsPerSecond) implements Effect {
        @Override
        public Optional<Reply> act(FakeSession session, Wire wire) {
            session.ration(new Ration.Rate(octetsPerSecond, session::pause));
            return Optional.empty();
        }
    }

    /** Hangs up. */
    record Close(boolean byReset) implements Effect {
        @Override
        public Optional<Reply> act(FakeSession session, Wire wire) throws IOException {
            if (byReset) {
                wire.reset();
            } else {
                wire.close();
            }
            throw over();
        }
    }

    /** Hangs up once the client has sent so much more. */
    record CloseAfter(long octets) implements Effect {
        @Override
        public Optional<Reply> act(FakeSession session, Wire wire) {
            session.ration(new Ration.Limit(octets, wire));
            return Optional.empty();
        }
    }

    /** Says what is no reply. */
    record Garbage() implements Effect {
        private static final byte[] OCTETS =
                "\0\u00ff<html>no such thing\r\n25 OK\r\n".getBytes(StandardCharsets.ISO_8859_1);

        @Override
        public Optional<Reply> act(FakeSession session, Wire wire) throws IOException {
            wire.write(OCTETS);
            wire.awaitEnd();
            throw over();
        }
    }

    /** Says line after line of a reply that has no last one. */
    record Endless(int code) implements Effect {
        private static final Duration BETWEEN = Duration.ofMillis(20);

        @Override
        public Optional<Reply> act(FakeSession session, Wire wire) throws IOException {
            byte[] line = (code + "-and so on\r\n").getBytes(StandardCharsets.US_ASCII);
            while (!session.isClosing()) {
                wire.write(line);
                session.pause(BETWEEN);
            }
            throw over();
        }
    }

    /** Keeps extensions back from EHLO. */
    record Without(List<String> extensions) implements Effect {
        @Override
        public Optional<Reply> act(FakeSession session, Wire wire) {
            session.hide(extensions);
            return Optional.empty();
        }
    }

    /** Shows another certificate in the handshake. */
    record Show(Tls identity) implements Effect {
        @Override
        public Optional<Reply> act(FakeSession session, Wire wire) {
            session.show(identity);
            return Optional.empty();
        }
    }

    private static EOFException over() {
        return new EOFException("A rule ended the session.");
    }
}
