package io.embedmta.store.journal;

import io.embedmta.message.Destination;
import io.embedmta.message.QueueId;
import io.embedmta.message.ReversePath;
import io.embedmta.queue.Order;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.QueuedMail;
import io.embedmta.queue.QueuedRecipient;
import io.embedmta.queue.QueuedRecipient.State;
import io.embedmta.queue.Selection;
import io.embedmta.store.journal.JournalWork.Sighting;
import io.embedmta.store.journal.StateRecord.RecipientState;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator does with the messages of a {@link JournalQueue}. A change is recorded first, a
 * good many messages in one frame, and then done. Thread-safe; one change at a time.
 */
final class JournalControl {
    private static final Logger LOG = LoggerFactory.getLogger(JournalControl.class);

    private static final int STATES_IN_A_FRAME = 4096;

    private final MailIndex index;
    private final MailReader reader;
    private final Spool spool;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    JournalControl(MailIndex index, MailReader reader, Spool spool) {
        this.index = index;
        this.reader = reader;
        this.spool = spool;
    }

    /** What becomes of a piece of work. */
    record Plan(Instant due, boolean held, @Nullable Order order) {
        void applyTo(Piece piece) {
            piece.due = due;
            piece.held = held;
            piece.order = order;
        }
    }

    void list(Selection which, Consumer<QueuedMail> each) throws IOException {
        List<Sighting> seen = index.sightings(one -> mayBe(which, one));
        seen.sort(Comparator.comparingLong(one -> one.piece().mail.number));
        for (int from = 0, to = 0; from < seen.size(); from = to) {
            JournalMail mail = seen.get(from).piece().mail;
            while (to < seen.size() && seen.get(to).piece().mail == mail) {
                to++;
            }
            show(which, mail, seen.subList(from, to), each);
        }
    }

    private void show(
            Selection which, JournalMail mail, List<Sighting> seen, Consumer<QueuedMail> each) {
        if (index.isOver(mail)) {
            return;
        }
        MessageRecord record;
        try {
            record = reader.record(mail);
        } catch (IOException e) {
            LOG.warn("Message {} is not shown, as it cannot be read", mail.number, e);
            return;
        }
        List<QueuedRecipient> recipients = new ArrayList<>();
        for (Sighting one : seen) {
            if (isMeant(which, record, one.destination())) {
                reader.pending(one.piece(), record)
                        .forEach(pending -> recipients.add(show(one, pending)));
            }
        }
        if (!recipients.isEmpty()) {
            each.accept(
                    new QueuedMail(
                            record.id(),
                            record.mail().arrival(),
                            size(mail, record),
                            record.mail().envelope().from(),
                            recipients));
        }
    }

    private long size(JournalMail mail, MessageRecord record) {
        try {
            return reader.content(mail, record).size();
        } catch (IOException e) {
            // Damaged content is no reason not to show the message.
            return record.content().length();
        }
    }

    private static QueuedRecipient show(Sighting seen, PendingRecipient pending) {
        Destination destination = seen.destination();
        State state = seen.piece().order == null ? seen.state() : State.ENDING;
        return switch (state) {
            case WAITING -> QueuedRecipient.waiting(pending, destination, seen.due());
            case ACTIVE -> QueuedRecipient.active(pending, destination);
            case HELD -> QueuedRecipient.held(pending, destination);
            case ENDING -> QueuedRecipient.ending(pending, destination);
        };
    }

    int hold(Selection which) throws IOException {
        return change(
                which,
                one -> one.piece().order == null && !one.piece().held,
                one -> new Plan(one.piece().due, true, null));
    }

    int release(Selection which) throws IOException {
        return change(
                which,
                one -> one.piece().held,
                one -> new Plan(one.piece().due, false, one.piece().order));
    }

    int retry(Selection which, Instant now) throws IOException {
        return change(
                which,
                one -> one.state() == State.WAITING && one.due().isAfter(now),
                one -> new Plan(now, false, one.piece().order));
    }

    int order(Selection which, Order order) throws IOException {
        return change(
                which,
                one -> one.piece().order != order,
                one -> new Plan(Instant.EPOCH, false, order));
    }

    private int change(
            Selection which, Predicate<Sighting> needed, Function<Sighting, Plan> planFor)
            throws IOException {
        oneAtATime.lock();
        try {
            List<Sighting> seen =
                    onlyMeant(which, index.sightings(one -> mayBe(which, one) && needed.test(one)));
            if (seen.isEmpty()) {
                return 0;
            }
            return record(seen, needed, planFor);
        } finally {
            oneAtATime.unlock();
        }
    }

    private int record(
            List<Sighting> seen, Predicate<Sighting> needed, Function<Sighting, Plan> planFor)
            throws IOException {
        Map<Piece, Plan> durable = new HashMap<>();
        List<Sighting> still = index.seizeAll(seen);
        try {
            Map<Piece, Plan> plans = new LinkedHashMap<>();
            for (Sighting one : still) {
                if (needed.test(one)) {
                    plans.put(one.piece(), planFor.apply(one));
                }
                if (plans.size() == STATES_IN_A_FRAME) {
                    append(plans, durable);
                }
            }
            append(plans, durable);
        } finally {
            index.change(seen, durable);
        }
        Set<JournalMail> mails = new HashSet<>();
        durable.keySet().forEach(piece -> mails.add(piece.mail));
        return mails.size();
    }

    private void append(Map<Piece, Plan> plans, Map<Piece, Plan> durable) throws IOException {
        if (plans.isEmpty()) {
            return;
        }
        Frame frame = new Frame();
        plans.forEach((piece, plan) -> frame.add(state(piece, plan)));
        spool.journal().append(frame).counted();
        durable.putAll(plans);
        plans.clear();
    }

    private static StateRecord state(Piece piece, Plan plan) {
        List<RecipientState> states = new ArrayList<>(piece.size());
        for (int i = 0; i < piece.size(); i++) {
            states.add(piece.state(i, plan));
        }
        return new StateRecord(piece.mail.number, states);
    }

    /** What the heap alone can say. */
    private static boolean mayBe(Selection which, Sighting one) {
        JournalMail mail = one.piece().mail;
        if (which instanceof Selection.ById byId) {
            return mail.idHash == byId.id().hashCode();
        }
        if (which instanceof Selection.BySender bySender) {
            return mail.fromHash == bySender.from().hashCode();
        }
        return !(which instanceof Selection.ByDestination byDestination)
                || byDestination.name().equals(one.destination().name());
    }

    /** Asks the disk where the heap is not sure. */
    private List<Sighting> onlyMeant(Selection which, List<Sighting> seen) throws IOException {
        if (which instanceof Selection.All || which instanceof Selection.ByDestination) {
            return seen;
        }
        List<Sighting> meant = new ArrayList<>();
        for (Sighting one : seen) {
            try {
                if (isMeant(which, reader.record(one.piece().mail), one.destination())) {
                    meant.add(one);
                }
            } catch (IOException e) {
                spool.journal().refuseIfOver();
                // One damaged record must not keep the operator from the others.
                LOG.warn("Message {} cannot be read", one.piece().mail.number, e);
            }
        }
        return meant;
    }

    private static boolean isMeant(Selection which, MessageRecord record, Destination line) {
        QueueId id = record.id();
        ReversePath from = record.mail().envelope().from();
        return which.includes(id, from, line);
    }
}
