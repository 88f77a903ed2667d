package io.embedmta.internal.intake;

import io.embedmta.event.Accepted;
import io.embedmta.event.MtaEvent;
import io.embedmta.internal.intake.Addressing.Expansion;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.QueueId;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.NewMail;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts messages into the queue: those of clients, of the application, and our own. Thread-safe. */
public final class Enqueuer {
    private static final Logger LOG = LoggerFactory.getLogger(Enqueuer.class);

    private final MailQueue queue;
    private final Addressing addressing;
    private final Clock clock;
    private final RandomGenerator random;
    private final Consumer<MtaEvent> events;

    /**
     * @param random thread-safe
     * @param events returns at once and never throws
     */
    public Enqueuer(
            MailQueue queue,
            Addressing addressing,
            Clock clock,
            RandomGenerator random,
            Consumer<MtaEvent> events) {
        this.queue = queue;
        this.addressing = addressing;
        this.clock = clock;
        this.random = random;
        this.events = events;
    }

    /** A name for a message to come. */
    public QueueId nextId() {
        return QueueId.next(clock.instant(), random);
    }

    /**
     * Opens a message.
     *
     * @throws IOException if the queue cannot take one now
     */
    public MailWriter begin(QueueId id) throws IOException {
        return queue.begin(id);
    }

    /**
     * Makes a message durable: on return it is promised.
     *
     * @param size of the content with its edits, in octets, for the log and for observers
     * @return what became of each recipient by way of aliases
     * @throws IOException if nothing was promised
     */
    public Expansion commit(
            MailWriter writer, QueueId id, Envelope envelope, HeaderEdits edits, long size)
            throws IOException {
        Expansion expansion = addressing.expand(envelope.recipients());
        Instant now = clock.instant();
        Envelope queued = envelope.withRecipients(expansion.recipients());
        writer.commit(new NewMail(queued, expansion.destinations(), edits, now));
        LOG.info(
                "{}: accepted from=<{}> to={} size={}",
                id,
                queued.from(),
                queued.recipients(),
                size);
        events.accept(new Accepted(now, id, queued, size));
        return expansion;
    }
}
