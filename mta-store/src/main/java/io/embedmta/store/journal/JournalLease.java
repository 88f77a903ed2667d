package io.embedmta.store.journal;

import io.embedmta.message.Content;
import io.embedmta.message.Destination;
import io.embedmta.message.Envelope;
import io.embedmta.message.MailAddress;
import io.embedmta.message.QueueId;
import io.embedmta.queue.Lease;
import io.embedmta.queue.LeaseLostException;
import io.embedmta.queue.MailWriter;
import io.embedmta.queue.Notice;
import io.embedmta.queue.Order;
import io.embedmta.queue.PendingRecipient;
import io.embedmta.queue.Settlement;
import io.embedmta.queue.WorkIndex;
import io.embedmta.store.journal.StateRecord.Waiting;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A lease of a {@link JournalQueue}; the queue's lock guards what is not its thread's alone. */
final class JournalLease implements Lease {
    final WorkIndex.Claim<Piece> claim;
    final JournalMail mail;

    /** Set once, under the queue's lock: nothing is left to settle, or it was closed. */
    volatile boolean over;

    /** When it runs out, once what is being recorded is. */
    Instant until;

    /** Whether a settlement is being recorded, so that it cannot run out. */
    boolean settling;

    private final JournalQueue queue;
    private final MailReader reader;
    private final MessageRecord record;
    private final @Nullable Order order;
    private final List<Slot> work;
    private List<Slot> unsettled;

    /** A recipient, with its place in the whole envelope. */
    record Slot(int index, PendingRecipient pending) {
        /** As a record says it. */
        Waiting state(Piece piece, Instant due) {
            return new Waiting(
                    index,
                    due,
                    pending.attempts(),
                    pending.delayTold(),
                    piece.held,
                    piece.order,
                    pending.lastReply().orElse(null));
        }
    }

    /**
     * What a settlement comes to.
     *
     * @param ended places of recipients that have their outcome
     * @param again those to be tried again, by when
     * @param rest those still to be settled under the lease
     */
    record Settled(List<Integer> ended, Map<Instant, List<Slot>> again, List<Slot> rest) {}

    JournalLease(
            JournalQueue queue,
            MailReader reader,
            WorkIndex.Claim<Piece> claim,
            Instant until,
            MessageRecord record,
            List<PendingRecipient> pending) {
        this.queue = queue;
        this.reader = reader;
        this.claim = claim;
        this.mail = claim.work().mail;
        this.until = until;
        this.record = record;
        this.order = claim.work().order;
        this.work = slots(claim.work(), pending);
        this.unsettled = work;
    }

    private static List<Slot> slots(Piece piece, List<PendingRecipient> pending) {
        List<Slot> slots = new ArrayList<>(pending.size());
        for (int i = 0; i < pending.size(); i++) {
            slots.add(new Slot(piece.index(i), pending.get(i)));
        }
        return slots;
    }

    /**
     * When a recipient comes back that is to be tried again: by an order that came during this
     * lease, at once.
     */
    Instant dueAgain(Instant at) {
        return wasOrderedMeanwhile() ? Instant.EPOCH : at;
    }

    /** By the queue's lock, or while the message is busy. */
    boolean wasOrderedMeanwhile() {
        return claim.work().order != order;
    }

    @Override
    public QueueId id() {
        return record.id();
    }

    @Override
    public Destination destination() {
        return claim.destination();
    }

    @Override
    public Instant arrival() {
        return record.mail().arrival();
    }

    @Override
    public Envelope envelope() {
        Envelope whole = record.mail().envelope();
        if (work.size() == whole.recipients().size()) {
            return whole;
        }
        return whole.withRecipients(work.stream().map(slot -> slot.pending().recipient()).toList());
    }

    @Override
    public List<PendingRecipient> work() {
        return work.stream().map(Slot::pending).toList();
    }

    @Override
    public Optional<Order> order() {
        return Optional.ofNullable(order);
    }

    @Override
    public Content content() throws IOException {
        refuseIfOver();
        return reader.content(mail, record);
    }

    @Override
    public void extend(Instant newEnd) throws LeaseLostException {
        queue.extend(this, newEnd);
    }

    @Override
    public MailWriter notice(QueueId id) throws IOException {
        refuseIfOver();
        return queue.beginNotice(this, id);
    }

    private void refuseIfOver() {
        if (over) {
            throw new IllegalStateException("The lease is over; use it before it is settled.");
        }
    }

    @Override
    public void settle(List<Settlement> settlements, List<Notice> notices) throws IOException {
        if (settlements.isEmpty()) {
            if (!notices.isEmpty()) {
                throw new IllegalArgumentException("Give the settlement that the notices tell of.");
            }
            return;
        }
        Map<JournalWriter, Notice> told = open(notices);
        Settled settled = settled(Settlement.byRecipient(settlements));
        queue.settle(this, settled, told);
        unsettled = settled.rest();
    }

    private Settled settled(Map<MailAddress, Settlement> given) {
        Settled settled = new Settled(new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
        for (Slot slot : unsettled) {
            Settlement settlement = given.remove(slot.pending().recipient().address());
            if (settlement == null) {
                settled.rest().add(slot);
            } else if (settlement instanceof Settlement.Retry retry) {
                settled.again()
                        .computeIfAbsent(retry.at(), at -> new ArrayList<>())
                        .add(triedOnceMore(slot, retry));
            } else {
                settled.ended().add(slot.index());
            }
        }
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(
                    "Settle unsettled recipients of this lease only, not " + given.keySet() + ".");
        }
        return settled;
    }

    private static Slot triedOnceMore(Slot slot, Settlement.Retry retry) {
        return new Slot(slot.index(), slot.pending().after(retry));
    }

    private Map<JournalWriter, Notice> open(List<Notice> notices) {
        Map<JournalWriter, Notice> writers = new LinkedHashMap<>();
        for (Notice notice : notices) {
            if (!(notice.writer() instanceof JournalWriter writer)
                    || !writer.isOpenFor(this)
                    || writers.put(writer, notice) != null) {
                throw new IllegalArgumentException(
                        "Settle with open notices of this lease only, and with each once.");
            }
        }
        return writers;
    }

    @Override
    public void close() {
        queue.giveBack(this);
    }
}
