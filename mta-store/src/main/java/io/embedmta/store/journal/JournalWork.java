package io.embedmta.store.journal;

import io.embedmta.message.Destination;
import io.embedmta.queue.LeaseRequest;
import io.embedmta.queue.QueuedRecipient.State;
import io.embedmta.queue.WorkIndex;
import io.embedmta.queue.WorkIndex.Claim;
import io.embedmta.queue.WorkIndex.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where each piece of work is: it waits in its line, is under a lease, is held, or cannot be read.
 * Guarded by the lock of the {@link MailIndex}.
 */
final class JournalWork {
    private final WorkIndex<Piece> index = new WorkIndex<>();
    private final Map<Piece, Destination> held = new LinkedHashMap<>();

    /** What could not be read since the spool was opened; it stays on the disk. */
    private final Set<Piece> unreadable = new HashSet<>();

    /** A piece as it was seen under the lock. */
    record Sighting(Piece piece, Destination destination, State state, Instant due) {}

    void add(Destination line, Piece piece) {
        if (piece.held) {
            held.put(piece, line);
        } else {
            index.add(line, piece.due, piece);
        }
    }

    Optional<Claim<Piece>> lease(LeaseRequest request) {
        Optional<Claim<Piece>> claim = index.lease(request);
        while (claim.isPresent() && claim.get().work().held) {
            // Its lease ran out, so it has come back without a word.
            index.finish(claim.get());
            add(claim.get().destination(), claim.get().work());
            claim = index.lease(request);
        }
        return claim;
    }

    boolean holds(Claim<Piece> claim) {
        return index.holds(claim);
    }

    void extend(Claim<Piece> claim, Instant until) {
        index.extend(claim, until);
    }

    void finish(Claim<Piece> claim) {
        index.finish(claim);
    }

    void release(Claim<Piece> claim) {
        index.release(claim);
    }

    /** Takes back what a lease did not settle. */
    void putBack(JournalLease lease) {
        Piece piece = lease.claim.work();
        if (piece.held || lease.wasOrderedMeanwhile()) {
            Destination line = lease.destination();
            index.finish(lease.claim);
            add(line, piece);
        } else {
            index.release(lease.claim);
        }
    }

    /** Takes out of the line what cannot be read. */
    void setAside(Claim<Piece> claim) {
        index.finish(claim);
        unreadable.add(claim.work());
    }

    Optional<Instant> nextDue() {
        return index.nextDue();
    }

    /** All work that matches; what cannot be read is not shown. */
    List<Sighting> sightings(Predicate<Sighting> which) {
        List<Sighting> seen = new ArrayList<>();
        index.forEach(
                (piece, line, at, leased) ->
                        see(piece, line, leased ? State.ACTIVE : State.WAITING, at, which, seen));
        held.forEach((piece, line) -> see(piece, line, State.HELD, piece.due, which, seen));
        return seen;
    }

    private static void see(
            Piece piece,
            Destination line,
            State state,
            Instant due,
            Predicate<Sighting> which,
            List<Sighting> seen) {
        Sighting sighting = new Sighting(piece, line, state, due);
        if (which.test(sighting)) {
            seen.add(sighting);
        }
    }

    /**
     * Puts pieces that an operator has changed where they belong now; those under a lease go there
     * when it ends.
     */
    void replace(Set<Piece> changed) {
        List<Waiting<Piece>> waiting = index.withdraw(changed::contains);
        Map<Piece, Destination> taken = new LinkedHashMap<>();
        held.entrySet()
                .removeIf(
                        entry -> {
                            boolean found = changed.contains(entry.getKey());
                            if (found) {
                                taken.put(entry.getKey(), entry.getValue());
                            }
                            return found;
                        });
        waiting.forEach(work -> add(work.destination(), work.work()));
        taken.forEach((piece, line) -> add(line, piece));
    }

    /**
     * Forgets all work of some messages but what is under a lease.
     *
     * @return what was forgotten
     */
    Set<Piece> forget(Set<JournalMail> mails) {
        Set<Piece> forgotten = new HashSet<>();
        index.withdraw(piece -> mails.contains(piece.mail))
                .forEach(work -> forgotten.add(work.work()));
        Predicate<Piece> take = piece -> mails.contains(piece.mail) && forgotten.add(piece);
        held.keySet().removeIf(take);
        unreadable.removeIf(take);
        return forgotten;
    }
}
