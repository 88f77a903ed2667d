package io.embedmta.internal.intake;

import io.embedmta.auth.Identity;
import io.embedmta.event.Accepted;
import io.embedmta.event.MtaEvent;
import io.embedmta.filter.SessionView;
import io.embedmta.internal.intake.Addressing.Expansion;
import io.embedmta.message.Envelope;
import io.embedmta.message.HeaderEdits;
import io.embedmta.message.QueueId;
import io.embedmta.queue.MailQueue;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.NewMail;
import java.io.IOException;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts messages into the queue: those of clients, of the application, and our own. Thread-safe. */
public final class Enqueuer {
    private static final Logger LOG = LoggerFactory.getLogger(Enqueuer.class);

    /** In the log, in place of the session of a message that came by none. */
    private static final String OWN = "own";

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
     * Opens a message; {@link #release} closes it.
     *
     * @throws IOException if the queue cannot take one now
     */
    public MailWriter begin(QueueId id) throws IOException {
        return queue.begin(id);
    }

    /**
     * A message that may be committed.
     *
     * @param mail as the queue is told of it
     * @param expansion what became of each recipient by way of aliases
     * @param size of the content with its edits, in octets
     */
    public record Addressed(QueueId id, NewMail mail, Expansion expansion, long size) {}

    /**
     * Finds where a message goes. It is not promised before it is committed.
     *
     * @param size of the content with its edits, in octets, for the log and for observers
     * @throws IOException if that cannot be told now
     */
    public Addressed address(QueueId id, Envelope envelope, HeaderEdits edits, long size)
            throws IOException {
        Expansion expansion = addressing.expand(envelope.recipients());
        Envelope queued = envelope.withRecipients(expansion.recipients());
        NewMail mail = new NewMail(queued, expansion.destinations(), edits, clock.instant());
        return new Addressed(id, mail, expansion, size);
    }

    /** Tells the log and the observers of a message of ours that has been committed. */
    public void tellAccepted(Addressed message) {
        tellAccepted(message, OWN, "");
    }

    private void tellAccepted(Addressed message, String session, String user) {
        Envelope queued = message.mail().envelope();
        LOG.info(
                "{}: accepted from=<{}> to={} size={} session={} user=<{}>",
                message.id(),
                queued.from(),
                queued.recipients(),
                message.size(),
                session,
                user);
        events.accept(new Accepted(message.mail().arrival(), message.id(), queued, message.size()));
    }

    /**
     * Makes a message durable: on return it is promised.
     *
     * @param session it came by, for the log
     * @param size of the content with its edits, in octets, for the log and for observers
     * @return what became of each recipient by way of aliases
     * @throws IOException if nothing was promised
     */
    public Expansion commit(
            MailWriter writer,
            QueueId id,
            SessionView session,
            Envelope envelope,
            HeaderEdits edits,
            long size)
            throws IOException {
        Addressed message = address(id, envelope, edits, size);
        writer.commit(message.mail());
        tellAccepted(message, session.id(), session.user().map(Identity::name).orElse(""));
        return message.expansion();
    }

    /**
     * Lets go of a message, committed or not. Never throws: if it is promised, it stays so, and
     * must not be sent or written again because the queue failed afterwards (I8).
     */
    public void release(MailWriter writer, QueueId id) {
        try {
            writer.close();
        } catch (RuntimeException | Error e) {
            LOG.error("{}: the queue failed to let go of the message", id, e);
        }
    }
}
