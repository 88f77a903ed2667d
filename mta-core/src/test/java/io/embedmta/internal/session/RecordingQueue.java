package io.embedmta.internal.session;

import io.embedmta.message.Content;
import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.NewMail;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A queue that keeps what is committed and hands out no work: when a test has read a reply, it sees
 * here what the reply has promised. Fails where a test wants it to.
 */
final class RecordingQueue implements MailQueue {
    /** Where a queue may fail. */
    enum Step {
        BEGIN,
        OPEN_BODY,
        BODY,
        CONTENT,
        COMMIT,
        CLOSE
    }

    /** Throws at a step, or does not. */
    @FunctionalInterface
    interface Fault {
        void at(Step step) throws IOException;
    }

    /** A committed message; its octets without the trace field. */
    record Message(QueueId id, NewMail mail, Content content) {
        String text() throws IOException {
            return textOf(content);
        }

        /** As the next hop would see it. */
        String traced() throws IOException {
            return textOf(mail.edits().applyTo(content));
        }

        private static String textOf(Content content) throws IOException {
            try (InputStream in = content.open()) {
                return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            }
        }
    }

    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final Fault fault;

    RecordingQueue() {
        this(step -> {});
    }

    RecordingQueue(Fault fault) {
        this.fault = fault;
    }

    List<Message> messages() {
        return messages;
    }

    Message only() {
        if (messages.size() != 1) {
            throw new AssertionError("Expected one message, not " + messages.size());
        }
        return messages.get(0);
    }

    /** How many writers are neither committed nor closed. */
    int open() {
        return open.get();
    }

    @Override
    public MailWriter begin(QueueId id) throws IOException {
        fault.at(Step.BEGIN);
        open.incrementAndGet();
        return new Writer(id);
    }

    private final class Writer implements MailWriter {
        private final QueueId id;
        private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
        private boolean over;

        Writer(QueueId id) {
            this.id = id;
        }

        @Override
        public OutputStream body() {
            try {
                fault.at(Step.OPEN_BODY);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new OutputStream() {
                @Override
                public void write(int octet) throws IOException {
                    fault.at(Step.BODY);
                    octets.write(octet);
                }

                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    fault.at(Step.BODY);
                    octets.write(from, offset, length);
                }
            };
        }

        @Override
        public Content content() throws IOException {
            fault.at(Step.CONTENT);
            return Content.of(octets.toByteArray());
        }

        @Override
        public void commit(NewMail mail) throws IOException {
            fault.at(Step.COMMIT);
            end();
            messages.add(new Message(id, mail, Content.of(octets.toByteArray())));
        }

        @Override
        public void close() {
            end();
            try {
                fault.at(Step.CLOSE);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private void end() {
            if (!over) {
                over = true;
                open.decrementAndGet();
            }
        }
    }

    @Override
    public void start(Runnable workAdded) {}

    @Override
    public Optional<Lease> lease(LeaseRequest request) {
        return Optional.empty();
    }

    @Override
    public Optional<Instant> nextDue() {
        return Optional.empty();
    }

    @Override
    public long size() {
        return messages.size();
    }

    @Override
    public void close() {}
}
