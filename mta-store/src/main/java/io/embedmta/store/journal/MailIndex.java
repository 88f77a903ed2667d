package io.embedmta.store.journal;

import io.embedmta.message.Destination;
import io.embedmta.queue.LeaseLostException;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.WorkIndex;
import io.embedmta.store.journal.JournalLease.Settled;
import io.embedmta.store.journal.JournalWork.Sighting;
import io.embedmta.store.journal.StateRecord.Ended;
import io.embedmta.store.journal.StateRecord.RecipientState;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the heap knows of the messages in the queue: which there are, where they lie, what is due
 * when. It changes only after the journal has made the change durable. Thread-safe; no method does
 * I/O.
 *
 * <p>About one message only one record is written at a time: who wants to write one makes it busy
 * first. So the last record about a recipient is the one that counts, in the heap as on the disk.
 */
final class MailIndex {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();

    // All guarded by the lock, as is what changes in mails, pieces, segments and leases.
    private JournalWork work = new JournalWork();
    private long messages;
    private boolean closed;

    /** Where a message lies; the segment stays open until it is released. */
    record Found(Segment segment, int offset, int contentAt) {}

    /**
     * Takes in a message that has just become durable.
     *
     * @param recordsEnd where the contents of its frame begin
     */
    void enter(MessageRecord record, Journal.Place place, int recordsEnd) {
        int contentPart = place.offset() + recordsEnd;
        JournalMail mail = new JournalMail(record, place.segment(), place.offset(), contentPart);
        lock.lock();
        try {
            if (!closed) {
                messages++;
                mail.enterSegment();
                Piece.untried(mail, record.mail()).forEach(this::add);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes in a message that was found when the spool was opened. */
    void restore(JournalMail mail, Map<Piece, Destination> pieces) {
        lock.lock();
        try {
            messages++;
            mail.enterSegment();
            pieces.forEach((piece, line) -> add(line, piece));
        } finally {
            lock.unlock();
        }
    }

    private void add(Destination line, Piece piece) {
        piece.mail.add(piece);
        work.add(line, piece);
    }

    Optional<WorkIndex.Claim<Piece>> lease(LeaseRequest request) throws IOException {
        lock.lock();
        try {
            refuseIfClosed();
            Optional<WorkIndex.Claim<Piece>> claim = work.lease(request);
            claim.ifPresent(handedOut -> handedOut.work().mail.openLeases++);
            return claim;
        } finally {
            lock.unlock();
        }
    }

    /** Puts work back in its line of which no lease was made. */
    void putBack(WorkIndex.Claim<Piece> claim) {
        lock.lock();
        try {
            claim.work().mail.openLeases--;
            if (!closed && work.holds(claim)) {
                work.release(claim);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes work out of the line whose record cannot be read; it stays on the disk. */
    void setAside(WorkIndex.Claim<Piece> claim) {
        lock.lock();
        try {
            claim.work().mail.openLeases--;
            if (!closed && work.holds(claim)) {
                work.setAside(claim);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Finds a message, and keeps its segment open for the caller, who releases it. */
    Found find(JournalMail mail) throws IOException {
        lock.lock();
        try {
            // A segment is closed only after its last message has left it.
            if (!mail.segment.retain()) {
                throw new IOException("The queue is closed.");
            }
            return new Found(mail.segment, mail.offset, mail.contentAt);
        } finally {
            lock.unlock();
        }
    }

    /** Finds the frame with the last replies, in the same way; empty if there were none. */
    Optional<Found> findReplies(Piece piece) throws IOException {
        lock.lock();
        try {
            Segment segment = piece.replySegment;
            if (segment == null) {
                return Optional.empty();
            }
            if (!segment.retain()) {
                throw new IOException("The queue is closed.");
            }
            return Optional.of(new Found(segment, piece.replyOffset, 0));
        } finally {
            lock.unlock();
        }
    }

    void extend(JournalLease lease, Instant until) throws LeaseLostException {
        lock.lock();
        try {
            if (!lease.over) {
                refuseIfLost(lease);
                lease.until = until;
                if (!lease.settling) {
                    work.extend(lease.claim, until);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes the message of a lease busy, and keeps the lease from running out meanwhile. */
    void seize(JournalLease lease) throws LeaseLostException {
        lock.lock();
        try {
            while (lease.mail.busy) {
                idle.awaitUninterruptibly();
            }
            refuseIfLost(lease);
            lease.mail.busy = true;
            lease.settling = true;
            work.extend(lease.claim, Instant.MAX);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing was written about the message of a lease. */
    void letGo(JournalLease lease) {
        lock.lock();
        try {
            endOfWriting(lease);
            if (!closed) {
                work.extend(lease.claim, lease.until);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * What a lease has settled is durable now.
     *
     * @return whether the message is over with it
     */
    boolean settled(JournalLease lease, Settled settled, Journal.Place place) {
        JournalMail mail = lease.mail;
        Piece piece = lease.claim.work();
        lock.lock();
        try {
            endOfWriting(lease);
            if (closed) {
                lease.over = lease.over || settled.rest().isEmpty();
                return false;
            }
            settled.again()
                    .forEach(
                            (due, slots) ->
                                    add(
                                            lease.destination(),
                                            Piece.again(lease, due, slots, place)));
            mail.pending -= settled.ended().size();
            if (settled.rest().isEmpty()) {
                mail.remove(piece);
                work.finish(lease.claim);
                end(lease);
            } else {
                piece.recipients = Piece.packed(settled.rest());
                work.extend(lease.claim, lease.until);
            }
            if (mail.pending == 0) {
                messages--;
            }
            return leaveIfOver(mail);
        } finally {
            lock.unlock();
        }
    }

    private void endOfWriting(JournalLease lease) {
        lease.settling = false;
        lease.mail.busy = false;
        idle.signalAll();
    }

    /**
     * What came of giving back a lease.
     *
     * @param waits whether there is work that was not there before
     * @param over whether the message is over with it
     */
    record GivenBack(boolean waits, boolean over) {}

    /** Ends a lease; what it has not settled waits again, unless somebody else has it now. */
    GivenBack giveBack(JournalLease lease) {
        lock.lock();
        try {
            if (lease.over) {
                return new GivenBack(false, false);
            }
            end(lease);
            boolean waits = !closed && work.holds(lease.claim);
            if (waits) {
                work.putBack(lease);
            }
            return new GivenBack(waits, !closed && leaveIfOver(lease.mail));
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of what nobody waits for and nobody reads. */
    private static boolean leaveIfOver(JournalMail mail) {
        boolean over = mail.pending == 0 && mail.openLeases == 0;
        if (over) {
            mail.leaveSegment();
        }
        return over;
    }

    private static void end(JournalLease lease) {
        lease.over = true;
        lease.mail.openLeases--;
    }

    /** A message that is being moved, its work, and what all its recipients have come to. */
    record Moving(JournalMail mail, List<Piece> pieces, List<RecipientState> states) {
        static Moving of(JournalMail mail) {
            List<Piece> pieces = new ArrayList<>();
            RecipientState[] states = new RecipientState[mail.recipients];
            Arrays.setAll(states, Ended::new);
            for (Piece piece = mail.pieces; piece != null; piece = piece.next) {
                pieces.add(piece);
                for (int i = 0; i < piece.size(); i++) {
                    states[piece.index(i)] = piece.state(i);
                }
            }
            return new Moving(mail, pieces, List.of(states));
        }
    }

    /**
     * Makes some messages of a segment busy.
     *
     * @param octets about how many to take
     * @return none if there are none left
     */
    List<Moving> seizeSome(Segment segment, int octets) {
        lock.lock();
        try {
            List<Moving> some = new ArrayList<>();
            while (!closed && some.isEmpty() && segment.first != null) {
                int sum = 0;
                JournalMail mail = segment.first;
                while (mail != null && sum < octets) {
                    if (!mail.busy) {
                        mail.busy = true;
                        sum += mail.octets;
                        some.add(Moving.of(mail));
                    }
                    mail = mail.next;
                }
                if (some.isEmpty()) {
                    idle.awaitUninterruptibly();
                }
            }
            return some;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What was made busy to be moved is idle again.
     *
     * @param some all of it
     * @param moved what was written
     * @param lost what cannot be read, and is aside
     * @param place of the frame, or null if it was not written
     */
    void moved(
            List<Moving> some,
            Map<Moving, MessageRecord> moved,
            Set<JournalMail> lost,
            Journal.@Nullable Place place,
            int recordsEnd) {
        lock.lock();
        try {
            some.forEach(moving -> moving.mail.busy = false);
            idle.signalAll();
            if (!closed && place != null) {
                moved.forEach(
                        (moving, record) ->
                                moving.mail.moveTo(place, recordsEnd, record.content()));
            }
            if (!closed && !lost.isEmpty()) {
                lose(lost);
            }
        } finally {
            lock.unlock();
        }
    }

    private void lose(Set<JournalMail> mails) {
        for (Piece piece : work.forget(mails)) {
            piece.mail.remove(piece);
            piece.mail.pending -= piece.size();
            if (piece.mail.pending == 0) {
                messages--;
                leaveIfOver(piece.mail);
            }
        }
    }

    /** All work that matches. */
    List<Sighting> sightings(Predicate<Sighting> which) throws IOException {
        lock.lock();
        try {
            refuseIfClosed();
            return work.sightings(which);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes the messages of some work busy, one after the other. For one thread at a time: others
     * that wait for a message hold none meanwhile.
     *
     * @return what has not changed since it was seen
     */
    List<Sighting> seizeAll(List<Sighting> seen) throws IOException {
        lock.lock();
        try {
            Set<JournalMail> seized = new HashSet<>();
            for (Sighting one : seen) {
                while (one.piece().mail.busy && !seized.contains(one.piece().mail)) {
                    idle.awaitUninterruptibly();
                }
                one.piece().mail.busy = true;
                seized.add(one.piece().mail);
            }
            Set<Piece> meant = new HashSet<>();
            seen.forEach(one -> meant.add(one.piece()));
            return work.sightings(one -> meant.contains(one.piece()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does what was recorded, and lets go of the messages.
     *
     * @param seized what was made busy
     * @param changes what is durable
     */
    void change(List<Sighting> seized, Map<Piece, JournalControl.Plan> changes) {
        lock.lock();
        try {
            seized.forEach(one -> one.piece().mail.busy = false);
            idle.signalAll();
            if (!closed) {
                changes.forEach((piece, plan) -> plan.applyTo(piece));
                work.replace(changes.keySet());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether all recipients of a message have ended. */
    boolean isOver(JournalMail mail) {
        lock.lock();
        try {
            return mail.pending == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing in a segment is needed. */
    boolean isOver(Segment segment) {
        lock.lock();
        try {
            return segment.isOver();
        } finally {
            lock.unlock();
        }
    }

    /** About what is needed of some segments. */
    long liveOctets(List<Segment> segments) {
        lock.lock();
        try {
            return segments.stream().mapToLong(segment -> segment.liveOctets).sum();
        } finally {
            lock.unlock();
        }
    }

    Optional<Instant> nextDue() {
        lock.lock();
        try {
            return work.nextDue();
        } finally {
            lock.unlock();
        }
    }

    long size() {
        lock.lock();
        try {
            return closed ? 0 : messages;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all. Returns false if it was closed before. */
    boolean close() {
        lock.lock();
        try {
            boolean first = !closed;
            closed = true;
            work = new JournalWork();
            idle.signalAll();
            return first;
        } finally {
            lock.unlock();
        }
    }

    private void refuseIfClosed() throws IOException {
        if (closed) {
            throw new IOException("The queue is closed.");
        }
    }

    private void refuseIfLost(JournalLease lease) throws LeaseLostException {
        if (closed || !work.holds(lease.claim)) {
            throw new LeaseLostException(
                    "The lease of " + lease.id() + " ran out and was handed out again.");
        }
    }
}
